#include "tests/support/daemon.hpp"
#include "tests/support/shop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <signal.h>

namespace pgadvisor::testing {
namespace {

namespace json = boost::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A daemon that watches a shop, with slices of a second.
class DaemonLifecycle : public ::testing::Test {
 protected:
  static Variables variables(const std::string& shop) {
    return {{"PGADVISOR_TARGET_DSN", Cluster::shared().dsn_text()},
            {"PGADVISOR_TARGET_INCLUDE_DATABASES", shop},
            {"PGADVISOR_HISTORY_SLICE", "1s"}};
  }

  void run_load(int times = 6) const {
    std::string script;
    for (int i = 0; i < times; ++i) script += "SELECT id, total FROM orders WHERE customer_id = 17;";
    Cluster::shared().execute(script, shop_);
  }

  /// The one whose definition holds `text`; null when there is none.
  static json::value find(const Daemon& daemon, const std::string& text,
                          const std::string& action = "create_index") {
    const auto answer = daemon.get("/api/v1/recommendations?state=all&action=" + action).json();
    if (!answer.as_object().contains("items")) return nullptr;
    for (const auto& item : answer.at("items").as_array()) {
      if (std::string(item.at("definition_sql").as_string()).find(text) != std::string::npos) return item;
    }
    return nullptr;
  }
  static std::string state(const json::value& item) {
    return item.is_null() ? "" : std::string(item.at("lifecycle").at("state").as_string());
  }
  /// Polls of the statements so far, a slice each.
  static std::int64_t polls(const Daemon& daemon) {
    const auto status = daemon.status();
    for (const auto& task : status.at("tasks").as_array()) {
      if (task.at("name") == "statements") return task.at("runs").as_int64();
    }
    return 0;
  }
  bool load_for_slices(const Daemon& daemon, int slices) const {
    const auto until = polls(daemon) + slices;
    return eventually([&] {
      run_load();
      return polls(daemon) >= until;
    });
  }

  /// Under load, one round at each look.
  bool comes_to(const Daemon& daemon, const std::string& text, const std::string& wanted,
                const std::string& action = "create_index") const {
    return eventually(
        [&] {
          run_load();
          return state(find(daemon, text, action)) == wanted;
        },
        kPatience + kPatience);
  }

  [[nodiscard]] ProgramOutput apply(const Daemon& daemon, const std::string& id) const {
    return run_pgadvisor({"apply", id, "--dsn", Cluster::shared().dsn_text(shop_), "--url",
                          "http://127.0.0.1:" + std::to_string(daemon.port())},
                         folder_);
  }

  const std::string shop_ = make_shop(Cluster::shared());
  const TemporaryFolder folder_;
};

TEST_F(DaemonLifecycle, FollowsAnIndexFromProposalToVerdictAcrossADeathOfTheDaemon) {
  constexpr const char* kIndex = "public.orders (customer_id)";
  std::string id;
  {
    Daemon daemon(folder_, variables(shop_));
    ASSERT_TRUE(daemon.listens()) << daemon.log();
    ASSERT_TRUE(comes_to(daemon, kIndex, "open")) << daemon.log();
    ASSERT_TRUE(load_for_slices(daemon, 7));
    id = find(daemon, kIndex).at("id").as_string();
    const auto path = "/api/v1/recommendations/" + id;
    EXPECT_EQ(daemon.post(path + "/dismiss", {{"by", "ann"}, {"why", "not now"}}).status, 200);
    EXPECT_FALSE(daemon.recommends(kIndex));
    EXPECT_EQ(daemon.post(path + "/dismiss", {{"by", "ann"}, {"why", "not now"}}).status, 409);
    daemon.process().send(SIGKILL);
    ASSERT_EQ(daemon.process().join(kPatience), 128 + SIGKILL);
  }
  Daemon daemon(folder_, variables(shop_));
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  EXPECT_EQ(state(find(daemon, kIndex)), "dismissed");
  EXPECT_EQ(daemon.post("/api/v1/recommendations/" + id + "/reopen", {{"by", "bob"}}).status, 200);
  ASSERT_TRUE(eventually([&] { return daemon.ready(); })) << daemon.get("/readyz").body;
  EXPECT_EQ(apply(daemon, id).exit_code, 0);
  ASSERT_TRUE(comes_to(daemon, kIndex, "verified")) << json::serialize(find(daemon, kIndex)) << daemon.log();
  const auto verified = find(daemon, kIndex).at("lifecycle");
  std::vector<std::string> states;
  for (const auto& change : verified.at("changes").as_array())
    states.emplace_back(change.at("to").as_string());
  EXPECT_THAT(states, ElementsAre("open", "dismissed", "open", "applied", "verified"));
  EXPECT_EQ(verified.at("changes").at(1).at("by"), "ann");
  const auto& effect = verified.at("effect");
  EXPECT_GT(effect.at("saved_ms_per_day").as_double(), 0);
  EXPECT_EQ(effect.at("statements").at(0).at("role"), "served");
  EXPECT_EQ(daemon.metric("pgadvisor_proposals{database=\"" + shop_ +
                          "\",action=\"create_index\",state=\"verified\"}"),
            1);
  EXPECT_LT(daemon.metric("pgadvisor_proposal_time_ratio{id=\"" + id + "\"}").value_or(1), 0.5);

  EXPECT_THAT(apply(daemon, id).err, HasSubstr("is verified: there is nothing to do"));

  // What was before the index is no comparison for its drop.
  ASSERT_TRUE(load_for_slices(daemon, 7));
  Cluster::shared().execute("DROP INDEX ix_orders_customer_id", shop_);
  ASSERT_TRUE(comes_to(daemon, kIndex, "regressed", "drop_index")) << daemon.log();
  EXPECT_EQ(find(daemon, kIndex, "drop_index").at("lifecycle").at("proposes"),
            "CREATE INDEX CONCURRENTLY ix_orders_customer_id ON public.orders (customer_id)");
  const std::string dropped(find(daemon, kIndex, "drop_index").at("id").as_string());
  EXPECT_EQ(apply(daemon, dropped).exit_code, 0);  // what a regression proposes is its rollback
  EXPECT_TRUE(comes_to(daemon, kIndex, "obsolete", "drop_index")) << daemon.log();
  EXPECT_EQ(state(find(daemon, kIndex)), "applied");  // the same proposal, made again
}

}  // namespace
}  // namespace pgadvisor::testing
