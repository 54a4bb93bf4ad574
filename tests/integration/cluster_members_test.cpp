// A primary with a streaming replica of its own: what either uses counts, and what happens to them.
#include "advisor/index_health/index_health.hpp"
#include "collectors/history/history.hpp"
#include "daemon/observe.hpp"
#include "tests/support/cluster.hpp"
#include "tests/support/daemon.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace pgadvisor::index_health {
namespace {

using testing::Cluster;
using testing::ClusterOptions;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr std::chrono::hours kDay{24};

class TestClock final : public model::Clock {
 public:
  model::Timestamp time = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
  model::Timestamp now() const override { return time; }
  std::chrono::steady_clock::time_point monotonic() const override { return {}; }
};

/// Two servers, two indexes that nobody scans, and a history of four polls a day.
class Members : public ::testing::Test {
 protected:
  Members() : history(history::History::open({folder.path() / "history.sqlite"}, clock).value()) {
    primary->execute(
        "CREATE TABLE t(a int, b int); INSERT INTO t SELECT i, i FROM generate_series(1, 100) i; "
        "CREATE INDEX ia ON t(a); CREATE INDEX ib ON t(b); CHECKPOINT");
    replica = std::make_unique<Cluster>(ClusterOptions{.replica_of = primary.get()});
  }

  void poll(Cluster& server, const std::string& name) {
    const auto seen = daemon::observe_member(server.dsn(), {}).value();
    ASSERT_TRUE(history.record_usage(name, seen.server.system_identifier, "postgres", seen.poll));
    if (seen.server.in_recovery) return;
    const auto observation = daemon::observe(server.dsn(), {}, daemon::WithActivity::kNo).value();
    ASSERT_TRUE(history.record_definitions(observation.snapshot));
  }
  void poll_both() {
    poll(*primary, "primary");
    poll(*replica, "replica");
  }
  template <class Poll>
  void watch(int days, Cluster& writer, Poll poll_all) {
    for (int quarter = 0; quarter < 4 * days; ++quarter) {
      clock.time += kDay / 4;
      if (quarter % 4 == 3) writer.execute("INSERT INTO t VALUES (0, 0)");
      poll_all();
    }
  }
  void watch(int days) {
    watch(days, *primary, [&] { poll_both(); });
  }
  static void scan(Cluster& server, const char* column) {
    server.execute(std::string("SET enable_seqscan = off; SELECT * FROM t WHERE ") + column + " = 7");
  }

  advisor::IndexHealth judged(Cluster& server, std::vector<model::ConfiguredMember> members) {
    const auto observation = daemon::observe(server.dsn(), {}, daemon::WithActivity::kIfPossible).value();
    const auto usage = history.usage("postgres", members).value();
    UsagePolicy policy;
    policy.window = 3 * kDay;
    const std::vector<model::IndexMemory> memory;
    return examine({observation.snapshot, *observation.activity, usage, memory}, {}, policy, nullptr, {})
        .value();
  }
  static const advisor::IndexReport& of(const advisor::IndexHealth& health, const std::string& index) {
    return *std::ranges::find(health.indexes, index, [](const auto& report) { return report.index.name; });
  }
  std::string verdict(const std::string& index) {
    return of(judged(*primary, {{"primary", {}}, {"replica", {}}}), index).verdict;
  }

  const testing::TemporaryFolder folder;
  TestClock clock;
  history::History history;
  std::unique_ptr<Cluster> primary = std::make_unique<Cluster>();
  std::unique_ptr<Cluster> replica;
};

TEST_F(Members, CountTogetherAndGoOnAfterAFailover) {
  poll_both();
  watch(3);
  EXPECT_EQ(verdict("ia"), "unused");
  EXPECT_EQ(verdict("ib"), "unused");

  // Used only on the replica.
  scan(*replica, "a");
  watch(1);
  EXPECT_EQ(verdict("ia"), "ok");
  EXPECT_EQ(verdict("ib"), "unused");

  // The replica is away: nobody can tell.
  watch(1, *primary, [&] { poll(*primary, "primary"); });
  auto away = judged(*primary, {{"primary", {}}, {"replica", "connection refused"}});
  EXPECT_EQ(of(away, "ia").verdict, "ok");
  EXPECT_EQ(of(away, "ib").verdict, "unknown");
  EXPECT_THAT(of(away, "ib").reasons, Contains(HasSubstr("connection refused")));
  EXPECT_LT(away.coverage, 0.8);

  // Back after a day, its counters say what happened meanwhile; but that was too long to be called watched.
  watch(1);
  EXPECT_EQ(verdict("ib"), "observing");
  watch(3);
  EXPECT_EQ(verdict("ib"), "unused");

  // Promoted, it goes on: under its own name, or under that of the primary, whose address it took over.
  replica->catch_up_with(*primary);
  primary->stop();
  replica->promote();
  watch(1, *replica, [&] { poll(*replica, "primary"); });
  const auto promoted = judged(*replica, {{"primary", {}}});
  EXPECT_EQ(of(promoted, "ib").verdict, "unused");
  EXPECT_EQ(promoted.members.size(), 1U);
  EXPECT_EQ(promoted.members.front().name, "replica");
  const auto old_one_away = judged(*replica, {{"primary", {}}, {"old primary", "connection refused"}});
  EXPECT_EQ(of(old_one_away, "ib").verdict, "unknown");

  // A crash takes its counters: it begins anew.
  replica->execute("CHECKPOINT");
  replica->crash();
  replica->start();
  watch(1, *replica, [&] { poll(*replica, "primary"); });
  const auto crashed = judged(*replica, {{"primary", {}}});
  EXPECT_EQ(of(crashed, "ib").verdict, "observing");
  EXPECT_THAT(of(crashed, "ib").reasons, Contains(HasSubstr("lost its counters")));
}

}  // namespace
}  // namespace pgadvisor::index_health
