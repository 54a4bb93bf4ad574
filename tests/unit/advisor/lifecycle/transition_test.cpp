#include "advisor/lifecycle/transition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>

namespace pgadvisor::lifecycle {
namespace {

using ::testing::HasSubstr;
using enum State;

constexpr std::array kAll{kOpen,     kSnoozed,       kDismissed, kApplied,
                          kVerified, kWithoutEffect, kRegressed, kObsolete};

model::Timestamp at(int hours) {
  return model::Timestamp(std::chrono::hours(480000 + hours));
}

/// As it is when it got there by the plainest way.
Standing standing_in(State state) {
  Standing standing{.state = state, .since = at(0), .by = "x", .why = "y"};
  if (is_carried_out(state)) standing.applied_at = at(0);
  if (state == kSnoozed) standing.snoozed_until = at(24);
  if (state == kObsolete) standing.missed = kMissesUntilObsolete;
  return standing;
}

State after(const Standing& standing, const Event& event, int hour = 1) {
  const auto result = next(Action::kCreateIndex, standing, event, at(hour));
  EXPECT_TRUE(result) << to_string(standing.state);
  if (!result) return standing.state;
  EXPECT_EQ(result->change.has_value(),
            result->standing.state != standing.state || std::holds_alternative<Snooze>(event));
  if (result->change) {
    EXPECT_EQ(result->change->from, standing.state);
    EXPECT_EQ(result->change->to, result->standing.state);
    EXPECT_EQ(result->change->at, at(hour));
    EXPECT_EQ(result->standing.since, at(hour));
    EXPECT_EQ(result->change->why, result->standing.why);
  } else {
    EXPECT_EQ(result->standing.since, standing.since);
  }
  return result->standing.state;
}

using Outcomes = std::map<State, State>;

/// `differs`: the states that the event moves; all others stay.
void expect_outcomes(const Event& event, const Outcomes& differs) {
  for (const State state : kAll) {
    const auto expected = differs.contains(state) ? differs.at(state) : state;
    EXPECT_EQ(after(standing_in(state), event), expected) << "from " << to_string(state);
  }
}

TEST(Transition, KeepsEveryStateWhileItIsProposed) {
  expect_outcomes(Advised{true}, {{kObsolete, kOpen}});
}

TEST(Transition, KeepsEveryStateWhenOneAdviceLeavesItOut) {
  expect_outcomes(Advised{false}, {});
}

TEST(Transition, CallsObsoleteWhatTwoAdvicesInARowLeaveOut) {
  Standing open = standing_in(kOpen);
  open = next(Action::kCreateIndex, open, Advised{false}, at(1))->standing;
  EXPECT_EQ(open.state, kOpen);
  EXPECT_EQ(next(Action::kCreateIndex, open, Advised{true}, at(2))->standing.missed, 0);
  const auto gone = next(Action::kCreateIndex, open, Advised{false}, at(2));
  EXPECT_EQ(gone->standing.state, kObsolete);
  EXPECT_EQ(gone->change->by, kOurselves);
  EXPECT_EQ(gone->change->why, "not proposed any more");
  for (const State state : kAll) {
    if (state == kOpen) continue;
    auto standing = standing_in(state);
    standing.missed = 5;
    EXPECT_EQ(after(standing, Advised{false}), state);
  }
}

TEST(Transition, SeesWhatIsInTheCatalog) {
  expect_outcomes(Looked{true, true, at(1), at(0)},
                  {{kOpen, kApplied}, {kSnoozed, kApplied}, {kDismissed, kApplied}, {kObsolete, kApplied}});
}

TEST(Transition, RemembersBetweenWhichLooksAChangeWasMade) {
  const auto applied =
      next(Action::kCreateIndex, standing_in(kOpen), Looked{true, true, at(5), at(4)}, at(6));
  EXPECT_EQ(applied->standing.applied_at, at(5));
  EXPECT_EQ(applied->standing.absent_at, at(4));
  const auto again = next(Action::kCreateIndex, applied->standing, Looked{true, true, at(7), at(5)}, at(8));
  EXPECT_EQ(again->standing, applied->standing);
}

TEST(Transition, SeesWhatIsTakenBack) {
  expect_outcomes(
      Looked{false, true, at(1), at(0)},
      {{kApplied, kObsolete}, {kVerified, kObsolete}, {kWithoutEffect, kObsolete}, {kRegressed, kObsolete}});
  const auto back =
      next(Action::kDropIndex, standing_in(kRegressed), Looked{false, true, at(1), at(0)}, at(1));
  EXPECT_EQ(back->standing.why, "taken back: the index is in the catalog again");
  EXPECT_FALSE(back->standing.applied_at);
}

TEST(Transition, CallsObsoleteWhatHasLostItsTable) {
  Outcomes outcomes;
  for (const State state : kAll) outcomes[state] = kObsolete;
  expect_outcomes(Looked{false, false, at(1), at(0)}, outcomes);
}

TEST(Transition, TakesAVerdictOnlyOfWhatIsCarriedOut) {
  for (const auto& [verdict, state] : {std::pair{Verdict::kVerified, kVerified},
                                       {Verdict::kWithoutEffect, kWithoutEffect},
                                       {Verdict::kRegressed, kRegressed}}) {
    expect_outcomes(Measured{verdict, "why"},
                    {{kApplied, state}, {kVerified, state}, {kWithoutEffect, state}, {kRegressed, state}});
  }
  expect_outcomes(Measured{Verdict::kUnknown, "too little"}, {});
}

TEST(Transition, KeepsADismissalOfWhatWasMeasuredInPlaceOfMeasuringAgain) {
  const auto dismissed = next(Action::kCreateIndex, standing_in(kRegressed), Dismiss{"ann", "known"}, at(1));
  ASSERT_TRUE(dismissed);
  EXPECT_EQ(after(dismissed->standing, Looked{true, true, at(2), at(1)}, 2), kDismissed);
  EXPECT_EQ(after(dismissed->standing, Measured{Verdict::kVerified, ""}, 2), kDismissed);
  // Once it was taken back and made again it is a change like any other.
  const auto gone = next(Action::kCreateIndex, dismissed->standing, Looked{false, true, at(3), at(2)}, at(3));
  EXPECT_EQ(gone->standing.state, kDismissed);
  EXPECT_EQ(after(gone->standing, Looked{true, true, at(4), at(3)}, 4), kApplied);
}

TEST(Transition, EndsASnoozeInTime) {
  const auto snoozed = standing_in(kSnoozed);
  EXPECT_EQ(after(snoozed, Tick{}, 23), kSnoozed);
  EXPECT_EQ(after(snoozed, Tick{}, 24), kOpen);
  auto missed = snoozed;
  missed.missed = kMissesUntilObsolete;
  EXPECT_EQ(after(missed, Tick{}, 24), kObsolete);
  auto carried_out = snoozed;
  carried_out.applied_at = at(0);
  EXPECT_EQ(after(carried_out, Tick{}, 24), kApplied);
  for (const State state : kAll) {
    if (state == kSnoozed) continue;
    EXPECT_EQ(after(standing_in(state), Tick{}, 1000), state);
  }
}

TEST(Transition, SaysThatASnoozedChangeWasTakenBack) {
  auto snoozed = standing_in(kSnoozed);
  snoozed.applied_at = at(0);
  EXPECT_EQ(after(snoozed, Looked{false, true, at(1), at(0)}), kObsolete);
}

TEST(Transition, ForgetsWithTheDatabase) {
  Outcomes outcomes;
  for (const State state : kAll) outcomes[state] = kObsolete;
  expect_outcomes(Forgotten{}, outcomes);
}

/// A decision: to where from which states; refused in all others.
void expect_decisions(const Event& event, const Outcomes& allowed) {
  for (const State state : kAll) {
    const auto before = standing_in(state);
    const auto result = next(Action::kCreateIndex, before, event, at(1));
    ASSERT_EQ(result.has_value(), allowed.contains(state)) << to_string(state);
    if (!result) {
      EXPECT_THAT(result.error().message, HasSubstr(std::string(to_string(state))));
      continue;
    }
    EXPECT_EQ(result->standing.state, allowed.at(state));
    EXPECT_EQ(result->change->by, "ann");
    EXPECT_EQ(result->change->why, "because");
  }
}

TEST(Decision, SnoozesWhatIsOpenOrOfNoUse) {
  expect_decisions(
      Snooze{at(9), "ann", "because"},
      {{kOpen, kSnoozed}, {kSnoozed, kSnoozed}, {kWithoutEffect, kSnoozed}, {kRegressed, kSnoozed}});
  const auto longer = next(Action::kCreateIndex, standing_in(kSnoozed), Snooze{at(99), "ann", ""}, at(1));
  EXPECT_EQ(longer->standing.snoozed_until, at(99));
}

TEST(Decision, DismissesWhatIsOpenOrOfNoUse) {
  expect_decisions(
      Dismiss{"ann", "because"},
      {{kOpen, kDismissed}, {kSnoozed, kDismissed}, {kWithoutEffect, kDismissed}, {kRegressed, kDismissed}});
}

TEST(Decision, ReopensWhatWasPutAside) {
  expect_decisions(Reopen{"ann", "because"}, {{kSnoozed, kOpen}, {kDismissed, kOpen}});
  auto measured = standing_in(kDismissed);
  measured.applied_at = at(0);
  EXPECT_EQ(after(measured, Reopen{"ann", ""}), kApplied);
  auto gone = standing_in(kDismissed);
  gone.missed = kMissesUntilObsolete;
  EXPECT_EQ(after(gone, Reopen{"ann", ""}), kObsolete);
}

Event any_event(std::mt19937& random, int hour) {
  const auto one_of = [&](int n) { return std::uniform_int_distribution<>(0, n - 1)(random); };
  switch (one_of(8)) {
    case 0:
      return Advised{one_of(2) == 0};
    case 1:
      return Looked{one_of(2) == 0, true, at(hour), at(hour - 1)};
    case 2:
      return Looked{false, false, at(hour), at(hour - 1)};
    case 3:
      return Measured{static_cast<Verdict>(one_of(4)), "m"};
    case 4:
      return Tick{};
    case 5:
      return Snooze{at(hour + 1 + one_of(3)), "ann", "s"};
    case 6:
      return Dismiss{"ann", "d"};
    default:
      return Reopen{"ann", "r"};
  }
}

TEST(Transition, KeepsItsInvariantsWhateverHappens) {
  std::mt19937 random(7);
  for (int run = 0; run < 500; ++run) {
    Standing standing{.since = at(0)};
    for (int hour = 1; hour < 60; ++hour) {
      const auto result = next(Action::kDropIndex, standing, any_event(random, hour), at(hour));
      if (!result) continue;
      standing = result->standing;
      EXPECT_EQ(standing.snoozed_until.has_value(), standing.state == kSnoozed);
      EXPECT_TRUE(standing.applied_at || !is_carried_out(standing.state));
      EXPECT_TRUE(!standing.applied_at || standing.state != kOpen);
      EXPECT_TRUE(!result->change || result->change->to == standing.state);
      EXPECT_GE(standing.missed, 0);
    }
  }
}

TEST(State, HasANameThatLeadsBack) {
  for (const State state : kAll) EXPECT_EQ(state_of(to_string(state)), state);
  EXPECT_FALSE(state_of("closed"));
  for (const auto verdict :
       {Verdict::kUnknown, Verdict::kVerified, Verdict::kWithoutEffect, Verdict::kRegressed}) {
    EXPECT_EQ(verdict_of(to_string(verdict)), verdict);
  }
}

}  // namespace
}  // namespace pgadvisor::lifecycle
