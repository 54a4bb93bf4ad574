#include "advisor/lifecycle/effect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace pgadvisor::lifecycle {
namespace {

/// A change of less is called none, however significant: load alone moves times by as much.
constexpr double kLeastChange = 0.1;
/// An interval that lies within 80 to 125 % shows that nothing changed that matters: the limits of average
/// bioequivalence, asked of both ends as in Schuirmann's two one-sided tests (1987).
constexpr double kSameLow = 0.8;
constexpr double kSameHigh = 1.25;
/// Calls after the change, and scans of the table, from which "the index was never scanned" says something.
/// Scans are counted apart from calls: without them the counters are only not read yet.
constexpr std::int64_t kTellingCalls = 10;

bool is_better(const std::optional<Shift>& shift) {
  return shift && shift->high < 1 && shift->ratio <= 1 - kLeastChange;
}
bool is_worse(const std::optional<Shift>& shift) {
  return shift && shift->low > 1 && shift->ratio >= 1 + kLeastChange;
}
bool is_not_worse(const std::optional<Shift>& shift) {
  return shift && shift->high < kSameHigh && !is_worse(shift);
}
bool is_the_same(const std::optional<Shift>& shift) {
  return is_not_worse(shift) && shift->low > kSameLow && !is_better(shift);
}

const char* statements_of(Role role) {
  switch (role) {
    case Role::kServed:
      return "the statements it is for";
    case Role::kReader:
      return "other statements that read the table";
    case Role::kWriter:
      return "statements that write the table";
  }
  return "statements";
}

std::string share(double ratio) {
  return ratio < 10 ? fmt::format("{:.3g} %", 100 * ratio) : fmt::format("{:.0f} times", ratio);
}

std::string p_value(double p) {
  return p < 0.001 ? "p < 0.001" : fmt::format("p = {:.3f}", p);
}

std::string figures(const Shift& shift) {
  const auto high = std::isfinite(shift.high) ? share(shift.high) : std::string("any");
  return fmt::format("{:.0f} % confidence: {} to {}; Mann-Whitney {} over {} slices before and {} after",
                     100 * kConfidence, share(shift.low), high, p_value(shift.p_value), shift.before,
                     shift.after);
}

std::string sentence(const char* statements, const char* verb, const char* what, const Shift& shift) {
  return fmt::format("{} {} {}{} the {} they took before ({})", statements, verb, share(shift.ratio),
                     shift.ratio < 10 ? " of" : "", what, figures(shift));
}

class Judge {
 public:
  Judge(Action action, const Effect& effect, bool is_over)
      : action_(action), effect_(effect), is_over_(is_over), main_(main_role()) {}

  Judgement run() {
    if (main_ == nullptr) return unknown("No statement is known that it could have changed.");
    if (is_slower(*main_)) return decided(Verdict::kRegressed, slower_sentence(*main_));
    if (const auto* side = worst_side()) return decided(Verdict::kRegressed, side_sentence(*side));
    return action_ == Action::kCreateIndex ? judge_created() : judge_dropped();
  }

 private:
  Judgement judge_created() {
    if (never_scanned()) {
      return decided(
          Verdict::kWithoutEffect,
          fmt::format("The index was not scanned once while {} were called {} times, and the table "
                      "scanned {} times.",
                      name(*main_), main_->calls_after, effect_.table_scans));
    }
    if (is_better(main_->time)) return decided(Verdict::kVerified, time_sentence(*main_));
    if (reads_less()) {
      return decided(Verdict::kVerified, blocks_sentence(*main_));
    }
    if (is_the_same(main_->time)) return decided(Verdict::kWithoutEffect, time_sentence(*main_));
    return undecided("no change of time was significant");
  }

  Judgement judge_dropped() {
    if (is_not_worse(main_->time)) return decided(Verdict::kVerified, time_sentence(*main_));
    if (is_not_worse(main_->blocks)) return decided(Verdict::kVerified, blocks_sentence(*main_));
    return undecided("whether they are slower is not significant");
  }

  /// Times rise with the load of the server, too. Blocks per call do not: where they stay the plan has, and
  /// the index is not to blame. An index that nobody scanned has slowed down nobody who reads.
  bool is_slower(const RoleEffect& role) const {
    if (!is_worse(role.time) || (role.blocks && !is_worse(role.blocks))) return false;
    return action_ == Action::kDropIndex || role.role == Role::kWriter || !never_scanned();
  }

  /// While time is undecided, blocks may show that the index is used for what it is for.
  bool reads_less() const { return is_better(main_->blocks) && (!main_->time || main_->time->ratio <= 1); }

  bool never_scanned() const {
    return effect_.index_scans == 0 && main_->calls_after >= kTellingCalls &&
           effect_.table_scans >= kTellingCalls;
  }

  /// What the change was made for; where that is not known, what reads the table.
  const RoleEffect* main_role() const {
    for (const auto& role : effect_.roles) {
      if (role.role != Role::kWriter && role.calls_before > 0) return &role;
    }
    return nullptr;
  }

  /// Statements the change was not made for, when they lost more than those it was made for gained.
  const RoleEffect* worst_side() const {
    const double gained = is_better(main_->time) ? (main_->expected - main_->actual).count() : 0;
    double lost = 0;
    const RoleEffect* worst = nullptr;
    for (const auto& role : effect_.roles) {
      if (&role == main_ || !is_slower(role)) continue;
      lost += (role.actual - role.expected).count();
      if (worst == nullptr || role.actual - role.expected > worst->actual - worst->expected) worst = &role;
    }
    return lost > gained ? worst : nullptr;
  }

  const char* name(const RoleEffect& role) const {
    return main_->role == Role::kReader && &role == main_ ? "the statements that read the table"
                                                          : statements_of(role.role);
  }

  std::string time_sentence(const RoleEffect& role) const {
    return capital(sentence(name(role), "take", "time", *role.time)) + ".";
  }

  std::string blocks_sentence(const RoleEffect& role) const {
    return capital(sentence(name(role), "read", "blocks", *role.blocks)) + ".";
  }

  std::string slower_sentence(const RoleEffect& role) const {
    return role.blocks ? time_sentence(role) + " " + blocks_sentence(role) : time_sentence(role);
  }

  std::string side_sentence(const RoleEffect& role) const {
    return slower_sentence(role) + " They lose more than the change gains.";
  }

  static std::string capital(std::string text) {
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') text.front() -= 'a' - 'A';
    return text;
  }

  Judgement decided(Verdict verdict, std::string reason) {
    Judgement judgement{verdict, {std::move(reason)}};
    add_remarks(judgement.reasons);
    return judgement;
  }

  Judgement undecided(const std::string& what) {
    if (!main_->time) {
      return unknown(
          fmt::format("Too little was seen to compare: {} calls before and {} after, in fewer than {} "
                      "slices on one side.",
                      main_->calls_before, main_->calls_after, kLeastSamples));
    }
    const auto reason = fmt::format("In {} slices before and {} after, {} ({}).", main_->time->before,
                                    main_->time->after, what, figures(*main_->time));
    if (is_over_ && action_ == Action::kCreateIndex) return decided(Verdict::kWithoutEffect, reason);
    return unknown(reason);
  }

  Judgement unknown(std::string reason) {
    Judgement judgement{Verdict::kUnknown, {std::move(reason)}};
    add_remarks(judgement.reasons);
    return judgement;
  }

  /// What a careful engineer says besides.
  void add_remarks(std::vector<std::string>& reasons) const {
    for (const auto& statement : effect_.statements) {
      const bool reads_more = statement.after.blocks >= (1 + kLeastChange) * statement.before.blocks;
      if (!is_worse(statement.time) || !reads_more) continue;
      reasons.push_back(fmt::format("Statement {} takes {:.3g} ms a call, {:.3g} ms before.",
                                    statement.query_id, statement.after.time, statement.before.time));
    }
    for (const auto& role : effect_.roles) {
      if (&role == main_ || main_ == nullptr || !is_slower(role)) continue;
      const auto remark = time_sentence(role);
      if (!reasons.front().starts_with(remark)) reasons.push_back(remark);
    }
    if (main_ != nullptr && is_worse(main_->time) && !is_slower(*main_)) {
      reasons.push_back(time_sentence(*main_) + " It is not the index: they do not read more for it.");
    }
    if (effect_.others_meanwhile) {
      reasons.emplace_back(
          "Other indexes of the table were changed meanwhile: their effect cannot be told apart.");
    }
    if (effect_.hot_before && effect_.hot_after && *effect_.hot_after < *effect_.hot_before - kLeastChange) {
      reasons.push_back(fmt::format("{} of the table's updates are HOT, {} before.",
                                    share(*effect_.hot_after), share(*effect_.hot_before)));
    }
  }

  Action action_;
  const Effect& effect_;
  bool is_over_;
  const RoleEffect* main_;
};

}  // namespace

Judgement judge(Action action, const Effect& effect, bool is_over) {
  return Judge(action, effect, is_over).run();
}

}  // namespace pgadvisor::lifecycle
