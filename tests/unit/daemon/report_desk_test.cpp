#include "daemon/report_desk.hpp"

#include "tests/support/sample_publication.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <stdlib.h>

#include <filesystem>

namespace pgadvisor::daemon {
namespace {

namespace fs = std::filesystem;
using namespace pgadvisor::testing;
using namespace std::chrono_literals;
using notify::Attempt;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TestClock final : public model::Clock {
 public:
  model::Timestamp time = sample_time();
  model::Timestamp now() const override { return time; }
  std::chrono::steady_clock::time_point monotonic() const override { return {}; }
};

/// A desk whose reports are due at every full hour and go by mail and webhook; the test carries them.
class Desk : public ::testing::Test {
 protected:
  Desk() {
    std::string name = "/tmp/pgadvisor-desk-XXXXXX";
    folder_ = mkdtemp(name.data());
    history_.emplace(history::History::open({.file = folder_ / "history.sqlite"}, clock_).value());
    publication_.publish(sample_status());
    publish_advice();
    desk_ = make_desk();
  }
  ~Desk() override { fs::remove_all(folder_); }

  void publish_advice() {
    auto report = sample_report();
    report.as_of = clock_.time;
    publication_.publish(std::move(report));
  }

  std::unique_ptr<ReportDesk> make_desk() {
    ReportDeskOptions options{
        {.schedule = "0 * * * *", .keep = keep_, .page_url = ""}, channels_, {60s, 1h, 24h}};
    auto desk = std::make_unique<ReportDesk>(*history_, publication_, clock_, options,
                                             [this](const auto& report, const std::string& channel) {
                                               if (carried_.size() >= 100) return false;
                                               carried_.push_back(report->id + " by " + channel);
                                               return !busy_;
                                             });
    EXPECT_TRUE(desk->load());
    return desk;
  }

  /// As many seconds later.
  void tick_after(std::chrono::seconds wait) {
    clock_.time += wait;
    EXPECT_TRUE(desk_->tick());
  }
  /// What was given to the courier since the last call.
  std::vector<std::string> carried() { return std::exchange(carried_, {}); }
  std::shared_ptr<const KeptReports> kept() { return publication_.reports(); }
  Delivery delivery(const std::string& channel) {
    for (const auto& delivery : kept()->items.front()->deliveries)
      if (delivery.channel == channel) return delivery;
    return {};
  }

  TestClock clock_;
  fs::path folder_;
  std::optional<history::History> history_;
  Publication publication_;
  std::vector<std::string> channels_{"mail", "webhook"};
  int keep_ = 3;
  bool busy_ = false;
  std::vector<std::string> carried_;
  std::unique_ptr<ReportDesk> desk_;
};

constexpr const char* kSix = "20260304T060000Z";

TEST_F(Desk, MakesTheReportWhenItIsDueAndGivesItToEveryChannelOnce) {
  tick_after(1s);
  EXPECT_THAT(kept()->items, IsEmpty());
  tick_after(1h);
  ASSERT_EQ(kept()->items.size(), 1U);
  EXPECT_EQ(kept()->items.front()->id, kSix);
  tick_after(1s);
  EXPECT_THAT(carried(), ElementsAre("20260304T060000Z by mail"));
  ASSERT_TRUE(desk_->carried(kSix, "mail", {}, 0));
  tick_after(1s);
  EXPECT_THAT(carried(), ElementsAre("20260304T060000Z by webhook"));
  ASSERT_TRUE(desk_->carried(kSix, "webhook", {}, 0));
  tick_after(5min);
  EXPECT_THAT(carried(), IsEmpty());
}

TEST_F(Desk, TriesAgainWhatFailedAlsoAfterARestartAndSendsNothingTwice) {
  tick_after(1h);
  tick_after(1s);
  ASSERT_TRUE(desk_->carried(kSix, "mail", {Attempt::Outcome::kTryAgain, "busy"}, 0));
  tick_after(1s);
  ASSERT_TRUE(desk_->carried(kSix, "webhook", {}, 0));
  (void)carried();
  desk_ = make_desk();
  EXPECT_EQ(delivery("mail").trouble, "busy");
  EXPECT_EQ(delivery("webhook").state, DeliveryState::kDelivered);
  tick_after(30s);
  EXPECT_THAT(carried(), IsEmpty());
  tick_after(60s);
  EXPECT_THAT(carried(), ElementsAre("20260304T060000Z by mail"));
  ASSERT_TRUE(desk_->carried(kSix, "mail", {}, 0));
  desk_ = make_desk();
  tick_after(10min);
  EXPECT_THAT(carried(), IsEmpty());
  EXPECT_EQ(kept()->items.size(), 1U);
}

TEST_F(Desk, LetsADeadLetterLieUntilSomebodyAsksForIt) {
  tick_after(1h);
  tick_after(1s);
  ASSERT_TRUE(desk_->carried(kSix, "mail", {Attempt::Outcome::kRefused, "no such user"}, 0));
  ASSERT_TRUE(desk_->carried(kSix, "webhook", {}, 0));
  (void)carried();
  tick_after(30min);
  EXPECT_THAT(carried(), IsEmpty());
  EXPECT_EQ(delivery("mail").state, DeliveryState::kDead);
  ASSERT_TRUE(desk_->deliver_again(kSix));
  tick_after(1s);
  EXPECT_THAT(carried(), ElementsAre("20260304T060000Z by mail")) << "not where it arrived";
  ASSERT_TRUE(desk_->carried(kSix, "mail", {}, 0));
  EXPECT_THAT(desk_->deliver_again(kSix).error().message, HasSubstr("delivered by every channel"));
  EXPECT_EQ(desk_->deliver_again("none").error().next, model::NextStep::kSkip);
}

TEST_F(Desk, WaitsForTheFirstAdviceButNotForEver) {
  publication_.publish(advisor::Report{});
  tick_after(1h - 1s);  // past six
  EXPECT_THAT(kept()->items, IsEmpty());
  tick_after(1s);
  ASSERT_EQ(kept()->items.size(), 1U);
  EXPECT_THAT(kept()->items.front()->markdown, HasSubstr("No database was analysed yet"));
}

TEST_F(Desk, SaysThatAReportIsOverdueAlsoAfterARestart) {
  tick_after(1h);
  const auto first = kept()->items.front()->window.to;
  EXPECT_EQ(kept()->next_at, first + 1h);
  clock_.time += 1h + 1min;
  publication_.publish(advisor::Report{});
  desk_ = make_desk();
  EXPECT_EQ(kept()->next_at, first + 1h) << "it waits for advice";
  publish_advice();
  tick_after(1s);
  EXPECT_EQ(kept()->next_at, first + 2h);
}

TEST_F(Desk, ComparesWithTheReportBeforeAndKeepsSoMany) {
  for (int i = 0; i < 5; ++i) tick_after(1h);
  ASSERT_EQ(kept()->items.size(), 3U);
  const auto latest = boost::json::parse(kept()->items.front()->json);
  EXPECT_EQ(latest.at("before").at("id").as_string(), kept()->items.at(1)->id);
  EXPECT_EQ(history_->reports().value().size(), 3U);
}

TEST_F(Desk, MakesOneOfNowThatIsNotKept) {
  tick_after(1h);
  clock_.time += 10min;
  const auto report = desk_->make(model::Seconds(3600));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->id, "now");
  EXPECT_EQ(boost::json::parse(report->json).at("before").at("id").as_string(), kSix);
  EXPECT_EQ(kept()->items.size(), 1U);
}

TEST_F(Desk, SendsNothingByAChannelThatIsGone) {
  tick_after(1h);
  channels_ = {"webhook"};
  desk_ = make_desk();
  (void)carried();
  tick_after(2s);
  EXPECT_THAT(carried(), ElementsAre("20260304T060000Z by webhook"));
}

TEST_F(Desk, OffersTheSameAgainWhileTheCourierIsBusy) {
  tick_after(1h);
  busy_ = true;
  tick_after(1s);
  EXPECT_EQ(delivery("mail").attempts, 0);
  busy_ = false;
  (void)carried();
  tick_after(1s);
  EXPECT_THAT(carried(), ElementsAre("20260304T060000Z by mail"));
}

}  // namespace
}  // namespace pgadvisor::daemon
