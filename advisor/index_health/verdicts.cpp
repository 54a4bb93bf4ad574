#include "advisor/index_health/verdicts.hpp"

#include "advisor/index_health/invalid.hpp"
#include "advisor/index_health/protection.hpp"
#include "advisor/index_health/wording.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pgadvisor::index_health {

namespace {

using advisor::IndexReport;

void drop(Judged& judged) {
  judged.action = Action::kDrop;
  judged.report.reclaimable = judged.report.size;
}

std::string sentence(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 32);
  return text + ".";
}

class Judge {
 public:
  Judge(const Catalog& catalog, const UsageJudge& usage, const ForeignKeys& foreign_keys)
      : catalog_(catalog), usage_(usage), foreign_keys_(foreign_keys), redundancy_(find_redundant(catalog)) {}

  [[nodiscard]] Judged judge(const Subject& subject) const {
    Judged judged{&subject, outline(subject), Action::kNone};
    const Usage usage = usage_.judge(subject, catalog_);
    judged.report.scans = usage.scans;
    judged.report.last_scan = usage.last_scan;
    judged.report.use = usage.members;
    if (judge_validity(judged)) return judged;
    if (judge_redundancy(judged, usage)) return judged;
    judge_use(judged, usage);
    return judged;
  }

 private:
  static IndexReport outline(const Subject& subject) {
    IndexReport report;
    report.index = subject.index->name;
    report.table_schema = subject.table->name.schema;
    report.table = subject.table->name.name;
    report.size = subject.bytes();
    report.identity = subject.index->identity;
    return report;
  }

  /// True when it is not valid: then that is the verdict.
  bool judge_validity(Judged& judged) const {
    using Kind = Invalid::Kind;
    const auto invalid = index_health::judge_validity(*judged.subject, catalog_);
    if (invalid.kind == Kind::kValid) return false;
    constexpr std::array kWords{"", "building", "failed", "incomplete", "untold"};
    judged.report.verdict = "invalid";
    judged.report.detail = kWords.at(static_cast<std::size_t>(invalid.kind));
    judged.report.reasons.push_back(invalid.reason);
    if (invalid.kind == Kind::kFailed) drop(judged);
    return true;
  }

  /// True when another index does its work.
  bool judge_redundancy(Judged& judged, const Usage& usage) const {
    const auto found = redundancy_.redundant.find(judged.subject->index->oid);
    if (found == redundancy_.redundant.end()) return false;
    const auto& [keeper, by_keeper] = found->second;
    auto& report = judged.report;
    report.keeper_schema = keeper->name.schema;
    report.keeper = keeper->name.name;
    const auto name = sql::quote_name(keeper->name);
    drop(judged);
    if (by_keeper.replaces == Replaces::kReview) {
      report.verdict = "review";
      report.detail = "replaceable";
      report.reasons.push_back(fmt::format("{} nearly does its work. Look before you drop it:", name));
      if (!judged.subject->index->constraint.empty()) judged.action = Action::kDropConstraint;
    } else if (by_keeper.same_definition) {
      report.verdict = "duplicate";
      report.reasons.push_back(fmt::format("It is defined as {} is, which stays.", name));
    } else {
      report.verdict = "redundant";
      report.reasons.push_back(
          fmt::format("{} finds, orders and enforces all that it does, and stays.", name));
    }
    for (const auto& reason : by_keeper.reasons) report.reasons.push_back(sentence(reason));
    if (usage.state == UsageState::kUsed) {
      report.reasons.push_back(fmt::format("It was scanned {} times since {}: {} takes such scans over.",
                                           usage.scans, moment(usage.since), name));
    }
    return true;
  }

  void judge_use(Judged& judged, const Usage& usage) const {
    auto& report = judged.report;
    report.since = usage.since;
    report.reasons = usage.reasons;
    switch (usage.state) {
      case UsageState::kUsed:
        report.verdict = "ok";
        return;
      case UsageState::kObserving:
        report.verdict = "observing";
        break;
      case UsageState::kUnknown:
        report.verdict = "unknown";
        break;
      case UsageState::kCandidate:
        judge_unused(judged);
        break;
    }
    if (auto reason = why_it_stays(*judged.subject); !reason.empty()) {
      report.verdict = "protected";
      report.detail.clear();
      report.reasons.insert(report.reasons.begin(), std::move(reason));
      report.reclaimable = {};
      judged.action = Action::kNone;
    }
  }

  [[nodiscard]] std::string why_it_stays(const Subject& subject) const {
    if (auto reason = protection(subject, foreign_keys_); !reason.empty()) return reason;
    if (redundancy_.keepers.contains(subject.index->oid))
      return "It stays for an index whose work it does, which is to go first.";
    return {};
  }

  static void judge_unused(Judged& judged) {
    auto& report = judged.report;
    drop(judged);
    report.verdict = "unused";
    if (!judged.subject->index->has_expressions) return;
    report.verdict = "review";
    report.detail = "expression";
    report.reasons.emplace_back(
        "It has expressions: ANALYZE keeps statistics of them, which the planner uses without scanning the "
        "index.");
  }

  const Catalog& catalog_;
  const UsageJudge& usage_;
  const ForeignKeys& foreign_keys_;
  Redundancy redundancy_;
};

}  // namespace

std::vector<Judged> judge_indexes(const Catalog& catalog, const UsageJudge& usage,
                                  const ForeignKeys& foreign_keys) {
  const Judge judge(catalog, usage, foreign_keys);
  std::vector<Judged> judged;
  for (const auto& subject : catalog.subjects()) judged.push_back(judge.judge(subject));
  return judged;
}

}  // namespace pgadvisor::index_health
