#include "advisor/lifecycle/transition.hpp"

#include <fmt/format.h>

#include <utility>

namespace pgadvisor::lifecycle {
namespace {

/// One event applied to one standing.
class Step {
 public:
  Step(Action action, const Standing& standing, model::Timestamp now)
      : action_(action), now_(now), result_{standing, std::nullopt} {}

  Step& operator()(const Advised& event) {
    auto& standing = result_.standing;
    standing.missed = event.proposed ? 0 : standing.missed + 1;
    if (event.proposed && standing.state == State::kObsolete) become(State::kOpen, "proposed again");
    if (standing.state == State::kOpen && standing.missed >= kMissesUntilObsolete) give_up_proposing();
    return *this;
  }

  Step& operator()(const Looked& event) {
    if (event.in_effect) {
      seen_in_effect(event);
    } else {
      seen_absent(event);
    }
    return *this;
  }

  Step& operator()(const Measured& event) {
    if (!is_carried_out(result_.standing.state) || event.verdict == Verdict::kUnknown) return *this;
    const auto state = event.verdict == Verdict::kVerified        ? State::kVerified
                       : event.verdict == Verdict::kWithoutEffect ? State::kWithoutEffect
                                                                  : State::kRegressed;
    if (state != result_.standing.state) become(state, event.why);
    return *this;
  }

  Step& operator()(const Tick&) {
    const auto& standing = result_.standing;
    if (standing.state == State::kSnoozed && standing.snoozed_until <= now_)
      wake(kOurselves, "the snooze is over");
    return *this;
  }

  Step& operator()(const Forgotten&) {
    if (result_.standing.state != State::kObsolete) {
      become(State::kObsolete, "its database is not watched any more");
    }
    return *this;
  }

  Step& operator()(const Snooze& event) {
    if (!may_be_put_aside("snoozed")) return *this;
    become(State::kSnoozed, event.why, event.by);
    result_.standing.snoozed_until = event.until;
    return *this;
  }

  Step& operator()(const Dismiss& event) {
    if (may_be_put_aside("dismissed")) become(State::kDismissed, event.why, event.by);
    return *this;
  }

  Step& operator()(const Reopen& event) {
    const auto state = result_.standing.state;
    if (state == State::kSnoozed || state == State::kDismissed) {
      wake(event.by, event.why);
    } else {
      refuse("only what was snoozed or dismissed can be reopened");
    }
    return *this;
  }

  [[nodiscard]] model::Result<Transition> result() && {
    if (!refused_.empty()) return model::give_up(refused_);
    return std::move(result_);
  }

 private:
  void become(State state, std::string why, std::string by = kOurselves) {
    auto& standing = result_.standing;
    result_.change = Change{now_, standing.state, state, by, why};
    standing.state = state;
    standing.since = now_;
    standing.by = std::move(by);
    standing.why = std::move(why);
    standing.snoozed_until.reset();
  }

  void refuse(const std::string& what) {
    refused_ = fmt::format("the proposal is {}: {}", to_string(result_.standing.state), what);
  }

  void give_up_proposing() { become(State::kObsolete, "not proposed any more"); }

  /// Out of a snooze or a dismissal: what was carried out before, or since, is measured again.
  void wake(std::string by, std::string why) {
    const auto& standing = result_.standing;
    const auto state = standing.applied_at                       ? State::kApplied
                       : standing.missed >= kMissesUntilObsolete ? State::kObsolete
                                                                 : State::kOpen;
    become(state, std::move(why), std::move(by));
  }

  /// A person may leave open what is open, and what was measured to be of no use; the rest is no question.
  bool may_be_put_aside(const char* how) {
    switch (result_.standing.state) {
      case State::kOpen:
      case State::kSnoozed:
      case State::kWithoutEffect:
      case State::kRegressed:
        return true;
      case State::kDismissed:
        refuse("reopen it first");
        return false;
      case State::kApplied:
      case State::kVerified:
      case State::kObsolete:
        refuse(fmt::format("there is nothing to decide that could be {}", how));
        return false;
    }
    return false;
  }

  void seen_in_effect(const Looked& event) {
    auto& standing = result_.standing;
    // What was put aside after it had been carried out stays where a person put it.
    if (standing.applied_at && !is_carried_out(standing.state) && standing.state != State::kObsolete) return;
    if (is_carried_out(standing.state)) return;
    standing.absent_at = event.previous;
    standing.applied_at = event.taken_at;
    become(State::kApplied, action_ == Action::kCreateIndex ? "an index of this definition is in the catalog"
                                                            : "the index is gone from the catalog");
  }

  void seen_absent(const Looked& event) {
    auto& standing = result_.standing;
    const bool was_there = standing.applied_at.has_value();
    standing.absent_at.reset();
    standing.applied_at.reset();
    if (standing.state == State::kObsolete) return;
    if (!event.possible) {
      become(State::kObsolete, action_ == Action::kCreateIndex ? "its table is gone" : "its index is gone");
    } else if (is_carried_out(standing.state)) {
      become(State::kObsolete, "taken back: " + std::string(action_ == Action::kCreateIndex
                                                                ? "the index is gone from the catalog"
                                                                : "the index is in the catalog again"));
    } else if (was_there && standing.state == State::kSnoozed) {
      become(State::kObsolete, "taken back while it was snoozed");
    }
  }

  Action action_;
  model::Timestamp now_;
  Transition result_;
  std::string refused_;
};

}  // namespace

model::Result<Transition> next(Action action, const Standing& standing, const Event& event,
                               model::Timestamp now) {
  Step step(action, standing, now);
  std::visit([&](const auto& one) { step(one); }, event);
  return std::move(step).result();
}

}  // namespace pgadvisor::lifecycle
