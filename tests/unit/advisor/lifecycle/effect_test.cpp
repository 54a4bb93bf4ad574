#include "advisor/lifecycle/effect.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace pgadvisor::lifecycle {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::chrono::seconds kSlice{300};
const model::Timestamp kAppliedAt{std::chrono::hours(480000)};

/// What one statement does in every slice.
struct Load {
  std::int64_t calls = 20;
  double milliseconds = 10;  ///< a call
  std::int64_t blocks = 100;
};

/// A little up and down, as measured times are.
double noise(std::int64_t slice) {
  return 1 + 0.1 * std::sin(static_cast<double>(slice) * 2.1);
}

class World {
 public:
  World() {
    proposal_.database = "shop";
    proposal_.size = {8192};
    standing_.state = State::kApplied;
    standing_.applied_at = kAppliedAt;
    standing_.absent_at = kAppliedAt - kSlice;
  }

  World& statement(std::int64_t id, Role role, Load before, Load after, int slices_before = 24,
                   int slices_after = 24) {
    proposal_.statements.push_back({std::to_string(id), role});
    auto& slices = observed_.statements[model::QueryId{id}];
    for (int i = -slices_before - 1; i < -1; ++i) slices.push_back(slice(i, before));
    slices.push_back(slice(-1, {1000, 1e6, 0}));  // while the index is built: counts for neither side
    for (int i = 0; i < slices_after; ++i) slices.push_back(slice(i, after));
    slices_after_ = std::max(slices_after_, slices_after);
    return *this;
  }
  World& scans(std::int64_t of_index, std::int64_t of_table) {
    observed_.index.push_back({kAppliedAt + kSlice, kSlice, {of_index}});
    observed_.table.push_back({kAppliedAt + kSlice, kSlice, {.idx_scan = of_table}});
    return *this;
  }
  World& drops() {
    proposal_.action = Action::kDropIndex;
    return *this;
  }
  Proposal& proposal() { return proposal_; }
  Observed& observed() { return observed_; }
  [[nodiscard]] Effect effect() const { return measure(proposal_, standing_, observed_, now()); }
  [[nodiscard]] Effect effect_in_the_end() const {
    return measure(proposal_, standing_, observed_, kAppliedAt + kMeasuringTime);
  }

 private:
  [[nodiscard]] model::Timestamp now() const { return kAppliedAt + slices_after_ * kSlice; }
  static model::StatementSlice slice(int number, const Load& load) {
    const auto time = static_cast<double>(load.calls) * load.milliseconds * noise(number);
    return {kAppliedAt + number * kSlice,
            kSlice,
            {.calls = load.calls,
             .total_time = model::Milliseconds(time),
             .rows = load.calls,
             .shared_blocks_hit = load.calls * load.blocks}};
  }

  Proposal proposal_;
  Standing standing_;
  Observed observed_;
  int slices_after_ = 0;
};

TEST(Effect, VerifiesWhatIsFasterAndSaysByHowMuch) {
  const auto effect =
      World().statement(1, Role::kServed, {20, 10, 100}, {20, 0.5, 3}).scans(480, 480).effect();
  EXPECT_EQ(effect.verdict, Verdict::kVerified);
  ASSERT_EQ(effect.statements.size(), 1U);
  EXPECT_NEAR(effect.statements[0].before.time, 10, 0.2);
  EXPECT_NEAR(effect.statements[0].after.time, 0.5, 0.02);
  EXPECT_EQ(effect.statements[0].before.blocks, 100);
  EXPECT_EQ(effect.statements[0].after.blocks, 3);
  EXPECT_EQ(effect.statements[0].after.rows, 1);
  EXPECT_EQ(effect.statements[0].calls_before, 24 * 20);
  EXPECT_NEAR(effect.roles[0].time->ratio, 0.05, 0.005);
  EXPECT_LT(effect.roles[0].time->p_value, 1e-6);
  EXPECT_EQ(effect.index_scans, 480);
  // 480 calls of 9.5 ms in two hours.
  EXPECT_NEAR(effect.saved_per_day->count(), 480 * 9.5 * 12, 2000);
  EXPECT_THAT(effect.reasons.front(),
              AllOf(HasSubstr("The statements it is for take"), HasSubstr("% of the time"),
                    HasSubstr("Mann-Whitney p < 0.001 over 24 slices before and 24 after")));
}

TEST(Effect, CallsARegressionWhatIsSlower) {
  const auto effect =
      World().statement(1, Role::kServed, {20, 10, 100}, {20, 14, 150}).scans(480, 480).effect();
  EXPECT_EQ(effect.verdict, Verdict::kRegressed);
  EXPECT_LT(effect.saved_per_day->count(), 0);
  EXPECT_THAT(effect.reasons,
              ElementsAre(HasSubstr("139 % of the time"), "Statement 1 takes 14 ms a call, 10 ms before."));
}

TEST(Effect, DoesNotBlameTheIndexForTheLoadOfTheServer) {
  // Everything takes longer, but reads what it read before.
  const auto used =
      World().statement(1, Role::kServed, {20, 10, 100}, {20, 17, 100}).scans(480, 480).effect();
  EXPECT_EQ(used.verdict, Verdict::kUnknown);
  EXPECT_THAT(used.reasons, Contains(HasSubstr("It is not the index")));
  const auto dropped = World().drops().statement(1, Role::kReader, {20, 10, 100}, {20, 17, 100}).effect();
  EXPECT_EQ(dropped.verdict, Verdict::kVerified);
  EXPECT_THAT(dropped.reasons.front(), HasSubstr("read 100 % of the blocks"));
  const auto unused =
      World().statement(1, Role::kReader, {20, 10, 100}, {20, 17, 150}).scans(0, 480).effect();
  EXPECT_EQ(unused.verdict, Verdict::kWithoutEffect);
}

TEST(Effect, DoesNotPraiseAnIndexThatNobodyScanned) {
  const auto effect = World().statement(1, Role::kServed, {20, 10, 100}, {20, 2, 100}).scans(0, 480).effect();
  EXPECT_EQ(effect.verdict, Verdict::kWithoutEffect);
}

TEST(Effect, CallsWithoutEffectWhatStaysTheSame) {
  const auto effect = World().statement(1, Role::kServed, {}, {}).scans(5, 480).effect();
  EXPECT_EQ(effect.verdict, Verdict::kWithoutEffect);
}

TEST(Effect, CallsWithoutEffectWhatIsNeverScanned) {
  World world;
  world.statement(1, Role::kReader, {20, 10, 100}, {20, 10, 100}, 24, 2);
  EXPECT_EQ(world.effect().verdict, Verdict::kUnknown);  // the table's counters are not read yet
  const auto effect = world.scans(0, 40).effect();
  EXPECT_EQ(effect.verdict, Verdict::kWithoutEffect);
  EXPECT_THAT(effect.reasons.front(),
              HasSubstr("not scanned once while the statements that read the table were "
                        "called 40 times"));
}

TEST(Effect, IsUnknownWithFewSlices) {
  const auto few =
      World().statement(1, Role::kServed, {20, 10, 100}, {20, 0.5, 100}, 24, 4).scans(80, 80).effect();
  EXPECT_EQ(few.verdict, Verdict::kUnknown);
  EXPECT_THAT(few.reasons.front(), HasSubstr("Too little was seen to compare"));
  const auto enough =
      World().statement(1, Role::kServed, {20, 10, 100}, {20, 0.5, 100}, 5, 5).scans(80, 80).effect();
  EXPECT_EQ(enough.verdict, Verdict::kVerified);
}

TEST(Effect, IsUnknownWithoutStatements) {
  const auto effect = World().effect();
  EXPECT_EQ(effect.verdict, Verdict::kUnknown);
  EXPECT_FALSE(effect.saved_per_day);
  EXPECT_THAT(effect.reasons.front(), HasSubstr("No statement is known"));
}

TEST(Effect, IsUnknownForStatementsThatWereNotCalledBefore) {
  const auto effect = World().statement(1, Role::kServed, {0, 0, 0}, {20, 1, 1}).effect();
  EXPECT_EQ(effect.verdict, Verdict::kUnknown);
}

TEST(Effect, DoesNotTakeOtherCallsForAnEffect) {
  // After the change the slow statement is called ten times as often: neither has become slower.
  const auto effect = World()
                          .statement(1, Role::kServed, {100, 1, 10}, {10, 1, 10})
                          .statement(2, Role::kServed, {1, 100, 1000}, {10, 100, 1000})
                          .scans(1, 480)
                          .effect();
  EXPECT_EQ(effect.verdict, Verdict::kWithoutEffect);
  EXPECT_NEAR(effect.roles[0].time->ratio, 1, 0.1);
}

TEST(Effect, CallsARegressionWhatCostsOthersMoreThanItGains) {
  const auto effect = World()
                          .statement(1, Role::kServed, {20, 10, 100}, {20, 5, 50})
                          .statement(2, Role::kWriter, {100, 5, 10}, {100, 8, 12})
                          .scans(480, 480)
                          .effect();
  EXPECT_EQ(effect.verdict, Verdict::kRegressed);
  EXPECT_THAT(effect.reasons.front(), AllOf(HasSubstr("Statements that write the table take"),
                                            HasSubstr("They lose more than the change gains")));
}

TEST(Effect, VerifiesWhatGainsMoreThanItCostsOthersAndNamesThem) {
  const auto effect = World()
                          .statement(1, Role::kServed, {20, 100, 100}, {20, 5, 50})
                          .statement(2, Role::kReader, {10, 1, 10}, {10, 6, 12})
                          .scans(480, 480)
                          .effect();
  EXPECT_EQ(effect.verdict, Verdict::kVerified);
  EXPECT_THAT(effect.reasons,
              ElementsAre(HasSubstr("The statements it is for"), HasSubstr("Statement 2 takes"),
                          HasSubstr("Other statements that read the table take")));
}

TEST(Effect, VerifiesByBlocksWhileTimesAreTooNoisy) {
  World world;
  world.statement(1, Role::kServed, {20, 10, 1000}, {20, 8, 10}, 6, 6).scans(100, 100);
  auto& slices = world.observed().statements.at(model::QueryId{1});
  for (std::size_t i = 0; i < slices.size(); ++i) slices[i].counters.total_time *= i % 3 == 0 ? 6 : 1;
  const auto effect = world.effect();
  EXPECT_EQ(effect.verdict, Verdict::kVerified);
  EXPECT_THAT(effect.reasons.front(), HasSubstr("read 1 % of the blocks"));
}

TEST(Effect, GivesUpOnWhatIsNotSignificantInTheEnd) {
  World world;
  world.statement(1, Role::kServed, {20, 10, 100}, {20, 9, 100}, 6, 6).scans(100, 100);
  auto& slices = world.observed().statements.at(model::QueryId{1});
  for (std::size_t i = 0; i < slices.size(); ++i) slices[i].counters.total_time *= i % 3 == 0 ? 3 : 1;
  EXPECT_EQ(world.effect().verdict, Verdict::kUnknown);
  EXPECT_EQ(world.effect_in_the_end().verdict, Verdict::kWithoutEffect);
}

TEST(Effect, VerifiesADropThatSlowsNothingDown) {
  EXPECT_EQ(World().drops().statement(1, Role::kReader, {}, {}).effect().verdict, Verdict::kVerified);
  EXPECT_EQ(World().drops().statement(1, Role::kReader, {20, 10, 10}, {20, 5, 10}).effect().verdict,
            Verdict::kVerified);
}

TEST(Effect, CallsTheDropOfANeededIndexARegression) {
  const auto effect = World().drops().statement(1, Role::kReader, {20, 0.1, 4}, {20, 30, 2000}).effect();
  EXPECT_EQ(effect.verdict, Verdict::kRegressed);
  EXPECT_FALSE(effect.real_size);
  EXPECT_THAT(effect.reasons.front(),
              ::testing::ContainsRegex("take [0-9]+ times the time they took before"));
}

TEST(Effect, ComparesHotUpdatesAndSizes) {
  World world;
  world.statement(1, Role::kServed, {20, 10, 100}, {20, 1, 10}).scans(480, 480);
  world.proposal().size = {10 << 20};
  world.observed().size = model::Bytes{12 << 20};
  for (int i = -3; i < 0; ++i) {
    world.observed().table.push_back(
        {kAppliedAt - kSlice + i * kSlice, kSlice, {.updated = 100, .hot_updated = 90}});
  }
  for (int i = 0; i < 3; ++i) {
    world.observed().table.push_back({kAppliedAt + i * kSlice, kSlice, {.updated = 100, .hot_updated = 10}});
  }
  const auto effect = world.effect();
  EXPECT_DOUBLE_EQ(*effect.hot_before, 0.9);
  EXPECT_DOUBLE_EQ(*effect.hot_after, 0.1);
  EXPECT_EQ(effect.real_size, model::Bytes{12 << 20});
  EXPECT_EQ(effect.predicted_size, model::Bytes{10 << 20});
  EXPECT_THAT(effect.reasons.back(), HasSubstr("10 % of the table's updates are HOT, 90 % before"));
}

TEST(Effect, ComparesWithNothingBeforeAnotherChangeOfTheTable) {
  World world;
  // The index was made ten slices before it is dropped: what was slow until then is no comparison.
  world.drops().statement(1, Role::kReader, {20, 30, 2000}, {20, 30, 2000});
  auto& slices = world.observed().statements.at(model::QueryId{1});
  for (std::size_t i = 14; i < 24; ++i) {
    slices[i].counters.total_time = model::Milliseconds(2);
    slices[i].counters.shared_blocks_hit = 20 * 4;
  }
  EXPECT_NE(world.effect().verdict, Verdict::kRegressed);
  world.observed().other_changes = {kAppliedAt - 11 * kSlice};
  const auto effect = world.effect();
  EXPECT_EQ(effect.verdict, Verdict::kRegressed);
  EXPECT_EQ(effect.before.from, kAppliedAt - 11 * kSlice);
  EXPECT_FALSE(effect.others_meanwhile);
}

TEST(Effect, SaysThatOtherIndexesWereChangedMeanwhile) {
  World world;
  world.statement(1, Role::kServed, {20, 10, 100}, {20, 0.5, 3}).scans(480, 480);
  world.observed().other_changes = {kAppliedAt};
  const auto effect = world.effect();
  EXPECT_TRUE(effect.others_meanwhile);
  EXPECT_THAT(effect.reasons.back(), HasSubstr("cannot be told apart"));
}

TEST(Effect, ReadsADayBeforeAndAsLongAsWasMeasuredAfter) {
  Standing standing;
  standing.applied_at = kAppliedAt;
  standing.absent_at = kAppliedAt - kSlice;
  const auto soon = window_to_read(standing, kAppliedAt + std::chrono::hours(2));
  EXPECT_EQ(soon.from, kAppliedAt - kSlice - std::chrono::hours(24));
  EXPECT_EQ(soon.to, kAppliedAt + std::chrono::hours(2));
  const auto late = window_to_read(standing, kAppliedAt + std::chrono::hours(24 * 30));
  EXPECT_EQ(late.from, kAppliedAt - kSlice - kMeasuringTime);
  EXPECT_EQ(late.to, kAppliedAt + kMeasuringTime);
}

}  // namespace
}  // namespace pgadvisor::lifecycle
