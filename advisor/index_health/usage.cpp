#include "advisor/index_health/usage.hpp"

#include "advisor/index_health/wording.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgadvisor::index_health {

using model::SpanStart;
using model::Timestamp;

namespace {

/// "db1:5432 was polled for the first time then"
std::string why_not_longer(const std::string& member, SpanStart start) {
  switch (start) {
    case SpanStart::kFirst:
      return member + " was polled for the first time then";
    case SpanStart::kGap:
      return member + " was not polled for too long before";
    case SpanStart::kLost:
      return member + " lost its counters: a crash, or another server in its place";
    case SpanStart::kReset:
      return "counters of " + member + " were reset";
  }
  return member;
}

std::string why_known_since(const model::MemberUsage& member, Timestamp since) {
  for (const auto& span : member.spans) {
    if (span.from == since) return why_not_longer(member.name, span.start);
  }
  return member.name + " was not polled for too long before";
}

void add_part(advisor::MemberUse& sum, const model::RelationUsage& part) {
  sum.scans += part.uses;
  sum.since = std::min(sum.since, part.first_seen);
  if (part.last_used) sum.last_scan = std::max(sum.last_scan.value_or(Timestamp{}), *part.last_used);
}

}  // namespace

Timestamp known_since(const std::vector<model::CoveredSpan>& spans, Timestamp end,
                      const UsagePolicy& policy) {
  const auto allowed = policy.window * (1 - policy.least_coverage);
  std::chrono::duration<double> missing{0};
  Timestamp known = end;
  for (auto span = spans.rbegin(); span != spans.rend(); ++span) {
    missing += known - span->to;
    if (missing > allowed) return known;
    known = span->from;
    if (span->start != SpanStart::kGap || end - known >= policy.window) break;
  }
  return known;
}

UsageJudge::UsageJudge(const model::ClusterUsage& usage, const UsagePolicy& policy)
    : usage_(usage), policy_(policy), window_{usage.as_of, usage.as_of} {
  for (const auto& member : usage.members) add(member);
  // A single look speaks of all the time since the counters began.
  Timestamp since = usage.sampled ? usage.as_of - policy.window : Timestamp{};
  bool polled = false;
  for (const auto& member : members_) {
    if (!member.usage->current || member.usage->spans.empty()) continue;
    since = std::max(since, member.since);
    polled = true;
  }
  if (polled) window_.from = since;
}

void UsageJudge::add(const model::MemberUsage& member) {
  Member known{&member, {}, {}, usage_.as_of, {}};
  for (const auto& index : member.indexes) known.indexes.emplace(index.relation, &index);
  for (const auto& table : member.tables) known.tables.emplace(table.relation, &table);
  // Seen from its last poll: one that is away is said to be, and one that has left is asked for no later
  // time.
  if (!member.spans.empty()) known.since = known_since(member.spans, member.spans.back().to, policy_);
  if (member.current) known.away = why_away(member);
  members_.push_back(std::move(known));
}

std::string UsageJudge::why_away(const model::MemberUsage& member) const {
  const auto because = member.trouble.empty() ? std::string() : ": " + member.trouble;
  if (member.spans.empty()) return fmt::format("{} has not been reached yet{}", member.name, because);
  const auto last = member.spans.back().to;
  if (usage_.as_of - last <= policy_.away_after) return {};
  return fmt::format("{} has been away since {}{}", member.name, moment(last), because);
}

double UsageJudge::coverage(const Member& member) const {
  const std::chrono::duration<double> length = window_.to - window_.from;
  if (length.count() <= 0) return member.away.empty() ? 1 : 0;
  std::chrono::duration<double> covered{0};
  for (const auto& span : member.usage->spans) {
    covered += std::max(std::min(span.to, window_.to) - std::max(span.from, window_.from),
                        std::chrono::microseconds(0));
  }
  return std::clamp(covered / length, 0.0, 1.0);
}

double UsageJudge::coverage() const {
  double least = members_.empty() ? 0 : 1;
  for (const auto& member : members_)
    if (member.usage->current) least = std::min(least, coverage(member));
  return least;
}

std::vector<advisor::MemberReport> UsageJudge::members() const {
  std::vector<advisor::MemberReport> reports;
  for (const auto& member : members_) {
    const auto& known = *member.usage;
    if (!known.current) continue;
    auto& report = reports.emplace_back();
    report.name = known.name;
    report.watched = member.away.empty();
    if (!known.spans.empty()) report.last_poll = known.spans.back().to;
    report.coverage = coverage(member);
    report.trouble = member.away;
  }
  return reports;
}

/// Scans on all members, those that have left included.
Usage UsageJudge::seen(const Subject& subject) const {
  Usage usage;
  usage.since = usage_.as_of;
  for (const auto& member : members_) {
    advisor::MemberUse use{member.usage->name, 0, usage_.as_of, {}};
    bool known = false;
    for (const auto* part : subject.parts) {
      const auto* counted = member.find(*part);
      if (counted == nullptr) continue;
      add_part(use, *counted);
      known = true;
    }
    if (!known) continue;
    usage.scans += use.scans;
    usage.since = std::min(usage.since, use.since);
    if (use.last_scan) usage.last_scan = std::max(usage.last_scan.value_or(Timestamp{}), *use.last_scan);
    usage.members.push_back(std::move(use));
  }
  return usage;
}

Usage UsageJudge::judge(const Subject& subject, const Catalog& catalog) const {
  Usage usage = seen(subject);
  if (usage.last_scan && usage_.as_of - *usage.last_scan <= policy_.window) {
    usage.state = UsageState::kUsed;
    usage.reasons.push_back(
        usage_.sampled ? fmt::format("It was scanned {} times since {}; a poll found the last scan at {}.",
                                     usage.scans, moment(usage.since), moment(*usage.last_scan))
                       : fmt::format("It was scanned {} times since {}.", usage.scans, moment(usage.since)));
    return usage;
  }
  judge_absence(usage, subject, catalog);
  return usage;
}

const model::RelationUsage* UsageJudge::Member::find(const model::Index& index) const {
  const auto found = indexes.find(index.name);
  if (found == indexes.end()) return nullptr;
  const auto& identity = found->second->identity;
  return identity.empty() || identity == index.identity ? found->second : nullptr;
}

/// Partitions come and go: the oldest part tells how old it is.
std::optional<Timestamp> UsageJudge::Member::first_seen(const Subject& subject) const {
  std::optional<Timestamp> first;
  for (const auto* part : subject.parts) {
    const auto* known = find(*part);
    if (known != nullptr) first = std::min(first.value_or(known->first_seen), known->first_seen);
  }
  return first;
}

void UsageJudge::Absence::no_earlier_than(Timestamp time, const std::string& why) {
  if (time <= since) return;
  since = time;
  limit = why;
}

void UsageJudge::look_at(const Member& member, const Subject& subject, Absence& absence) const {
  const auto& known = *member.usage;
  if (!member.away.empty())
    absence.unknown.push_back(member.away + ", so that nobody can tell what it used.");
  if (known.spans.empty()) return;
  // One that has left could have used it without being seen, as long as it was a member within the window.
  if (!known.current && known.spans.back().to <= usage_.as_of - policy_.window) return;
  absence.no_earlier_than(member.since, why_known_since(known, member.since));
  if (const auto first = member.first_seen(subject)) {
    absence.no_earlier_than(*first, "it was created, or defined otherwise, then");
  } else if (known.current) {
    absence.unknown.push_back(fmt::format("Its use on {} was not counted yet.", known.name));
  }
}

UsageJudge::Absence UsageJudge::absence(const Subject& subject) const {
  Absence absence;
  if (members_.empty()) absence.unknown.emplace_back("Its use was not counted yet.");
  if (subject.parts.empty()) {
    absence.unknown.emplace_back("No partition has it, so that nothing was counted.");
    return absence;
  }
  for (const auto& member : members_) look_at(member, subject, absence);
  return absence;
}

/// No scan within the window, as far as anybody looked.
void UsageJudge::judge_absence(Usage& usage, const Subject& subject, const Catalog& catalog) const {
  auto [since, limit, unknown] = absence(subject);
  usage.scans = 0;
  usage.since = since;
  usage.reasons = std::move(unknown);
  const auto conclude = [&](UsageState state, std::string reason) {
    usage.state = state;
    usage.reasons.push_back(std::move(reason));
  };
  if (!usage.reasons.empty()) {
    usage.state = UsageState::kUnknown;
  } else if (!usage_.sampled) {
    conclude(UsageState::kObserving,
             fmt::format("No scan was counted since {} ({}).", moment(since), days(since, usage_.as_of)));
    usage.reasons.emplace_back(
        "One look cannot tell since when the index exists: only the daemon, which keeps a history, calls an "
        "index "
        "unused.");
  } else if (usage_.as_of - since < policy_.window) {
    conclude(UsageState::kObserving,
             fmt::format("No scan since {} ({} of {}); not longer because {}.", moment(since),
                         days(since, usage_.as_of), days({}, Timestamp{policy_.window}), limit));
  } else if (!is_active(*subject.table, catalog)) {
    conclude(UsageState::kUnknown,
             "Its table was neither read nor written in the window: what uses it may just not have run.");
  } else {
    if (usage.last_scan) usage.since = *usage.last_scan;
    conclude(UsageState::kCandidate, fmt::format("No scan on any of {} member{} since {} ({}).",
                                                 members_.size(), members_.size() == 1 ? "" : "s",
                                                 moment(usage.since), days(usage.since, usage_.as_of)));
  }
}

bool UsageJudge::is_active(const model::Table& table, const Catalog& catalog) const {
  for (const auto* leaf : catalog.leaves(table)) {
    for (const auto& member : members_) {
      const auto found = member.tables.find(leaf->name);
      if (found != member.tables.end() && found->second->last_used &&
          usage_.as_of - *found->second->last_used <= policy_.window)
        return true;
    }
  }
  return false;
}

}  // namespace pgadvisor::index_health
