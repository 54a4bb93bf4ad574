#include "collectors/model/clock.hpp"
#include "daemon/wire.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/shop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <signal.h>

#include <chrono>
#include <map>

namespace pgadvisor::testing {
namespace {

namespace json = boost::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A daemon that watches a shop of whose orders three indexes are defined alike: two can go.
class DropProposals : public ::testing::Test {
 protected:
  DropProposals() {
    for (const auto* name : {"first_twin", "second_twin", "third_twin"})
      Cluster::shared().execute(std::string("CREATE INDEX ") + name + " ON orders (total)", shop_);
  }

  [[nodiscard]] Variables variables() const {
    return {{"PGADVISOR_TARGET_DSN", Cluster::shared().dsn_text()},
            {"PGADVISOR_TARGET_INCLUDE_DATABASES", shop_},
            {"PGADVISOR_HISTORY_SLICE", "1s"}};
  }

  /// All drops that were ever proposed, by the index.
  static std::map<std::string, json::value> drops(const Daemon& daemon) {
    std::map<std::string, json::value> found;
    const auto answer = daemon.get("/api/v1/recommendations?state=all&action=drop_index").json();
    for (const auto& item : answer.at("items").as_array())
      found.emplace(item.at("index_name").as_string(), item);
    return found;
  }
  static std::string state(const Daemon& daemon, const std::string& index) {
    const auto all = drops(daemon);
    const auto item = all.find(index);
    return item == all.end() ? "" : std::string(item->second.at("lifecycle").at("state").as_string());
  }
  static std::vector<std::string> states(const json::value& item) {
    std::vector<std::string> states;
    for (const auto& change : item.at("lifecycle").at("changes").as_array())
      states.emplace_back(change.at("to").as_string());
    return states;
  }
  static std::int64_t runs(const Daemon& daemon, const char* name) {
    const auto status = daemon.status();
    for (const auto& task : status.at("tasks").as_array())
      if (task.at("name") == name) return task.at("runs").as_int64();
    return 0;
  }

  /// Under load, one round at each look.
  bool under_load(const std::function<bool()>& condition) const {
    return eventually(
        [&] {
          std::string script;
          for (int i = 0; i < 6; ++i) script += "SELECT id, total FROM orders WHERE customer_id = 17;";
          Cluster::shared().execute(script, shop_);
          return condition();
        },
        kPatience + kPatience);
  }

  [[nodiscard]] bool exists(const std::string& index) const {
    return Cluster::shared().value("SELECT to_regclass('" + index + "') IS NOT NULL", shop_) == "t";
  }

  const std::string shop_ = make_shop(Cluster::shared());
  const TemporaryFolder folder_;
};

TEST_F(DropProposals, HaveAStableIdAndTakeDecisionsThatOutliveTheDaemon) {
  std::string first;
  std::string second;
  std::string id;
  {
    Daemon daemon(folder_, variables());
    ASSERT_TRUE(daemon.listens()) << daemon.log();
    ASSERT_TRUE(eventually([&] { return drops(daemon).size() == 2; })) << daemon.log();
    const auto proposed = drops(daemon);
    first = proposed.begin()->first;
    second = proposed.rbegin()->first;
    const auto& item = proposed.begin()->second;
    id = item.at("id").as_string();
    EXPECT_NE(id, proposed.rbegin()->second.at("id").as_string()) << "each of several alike has its own";
    EXPECT_EQ(item.at("lifecycle").at("state"), "open");
    EXPECT_EQ(item.at("lifecycle").at("origin"), "verdict");
    EXPECT_EQ(item.at("lifecycle").at("proposes").as_string(), "DROP INDEX CONCURRENTLY public." + first);
    EXPECT_EQ(item.at("kind"), json::value(json::array{"duplicate"}));
    EXPECT_EQ(item.at("definition_sql"), "public.orders (total)");
    EXPECT_GT(item.at("size_bytes").as_int64(), 0);
    EXPECT_THAT(json::serialize(item.at("reasons")), HasSubstr("which stays"));
    const auto path = "/api/v1/recommendations/" + id;
    const auto next_week = daemon::to_json_time(model::SystemClock{}.now() + std::chrono::hours(168));
    EXPECT_EQ(daemon.post(path + "/snooze", {{"by", "ann"}, {"until", next_week}}).status, 200);
    const auto other =
        "/api/v1/recommendations/" + std::string(proposed.rbegin()->second.at("id").as_string());
    EXPECT_EQ(daemon.post(other + "/dismiss", {{"by", "bob"}, {"why", "its owner wants it"}}).status, 200);
    daemon.process().send(SIGKILL);
    ASSERT_EQ(daemon.process().join(kPatience), 128 + SIGKILL);
  }
  Daemon daemon(folder_, variables());
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  ASSERT_TRUE(eventually([&] { return runs(daemon, "advise") >= 2; })) << daemon.log();
  EXPECT_EQ(drops(daemon).at(first).at("id").as_string(), id);
  EXPECT_EQ(state(daemon, first), "snoozed");
  EXPECT_EQ(state(daemon, second), "dismissed");
  EXPECT_EQ(drops(daemon).at(second).at("lifecycle").at("why"), "its owner wants it");
  EXPECT_EQ(daemon.post("/api/v1/recommendations/" + id + "/reopen", {{"by", "ann"}}).status, 200);
  EXPECT_EQ(state(daemon, first), "open");
}

TEST_F(DropProposals, AreAppliedOnceTheIndexIsGoneMeasuredAndOpenAgainOnceItIsBack) {
  Daemon daemon(folder_, variables());
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  ASSERT_TRUE(under_load([&] { return drops(daemon).size() == 2; })) << daemon.log();
  const auto dropped = drops(daemon).begin()->first;
  const auto other = drops(daemon).rbegin()->first;
  const auto item = drops(daemon).at(dropped);
  const auto polled = runs(daemon, "statements") + 7;
  ASSERT_TRUE(under_load([&] { return runs(daemon, "statements") >= polled; }));
  const auto applied = run_pgadvisor(
      {"apply", std::string(item.at("id").as_string()), "--dsn", Cluster::shared().dsn_text(shop_), "--url",
       "http://127.0.0.1:" + std::to_string(daemon.port())},
      folder_);
  EXPECT_EQ(applied.exit_code, 0) << applied.err;
  EXPECT_FALSE(exists(dropped));
  ASSERT_TRUE(under_load([&] { return state(daemon, dropped) == "verified"; }))
      << json::serialize(drops(daemon).at(dropped)) << daemon.log();
  EXPECT_THAT(states(drops(daemon).at(dropped)), ElementsAre("open", "applied", "verified"));
  EXPECT_EQ(drops(daemon).size(), 2U) << "nobody else is said to have dropped it";
  EXPECT_EQ(state(daemon, other), "open") << "one of the two that could go went, not both";
  const auto metric = [&](const char* state) {
    return daemon.metric("pgadvisor_proposals{database=\"" + shop_ + "\",action=\"drop_index\",state=\"" +
                         state + "\"}");
  };
  EXPECT_EQ(metric("verified"), 1);
  EXPECT_EQ(metric("open"), 1);

  Cluster::shared().execute(std::string(item.at("rollback").as_string()), shop_);
  EXPECT_TRUE(exists(dropped));
  ASSERT_TRUE(eventually([&] { return state(daemon, dropped) == "open"; })) << daemon.log();
  EXPECT_THAT(states(drops(daemon).at(dropped)), Contains("obsolete")) << "taken back";
}

}  // namespace
}  // namespace pgadvisor::testing
