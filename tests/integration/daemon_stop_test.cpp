#include "tests/support/daemon.hpp"
#include "tests/support/shop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>

#include <fstream>
#include <thread>

namespace pgadvisor::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kMissing = "ON public.orders (customer_id)";

Variables watching(const std::string& database) {
  return {{"PGADVISOR_TARGET_DSN", Cluster::shared().dsn_text()},
          {"PGADVISOR_TARGET_INCLUDE_DATABASES", database}};
}

void expect_clean_end(Daemon& daemon, const TemporaryFolder& folder) {
  const auto end = daemon.stop();
  EXPECT_EQ(end.exit_code, 0) << daemon.log();
  EXPECT_LT(end.took, 5s);
  EXPECT_THAT(processes_of(folder.path()), IsEmpty());
  EXPECT_THAT(entries(daemon.sandbox()), IsEmpty());
}

/// Stops every process of a server, as a machine that no longer answers would.
class Frozen {
 public:
  explicit Frozen(const Cluster& cluster) {
    pid_t postmaster = 0;
    std::ifstream(cluster.folder() / "data" / "postmaster.pid") >> postmaster;
    processes_ = family(postmaster);
    for (const pid_t process : processes_) kill(process, SIGSTOP);
  }
  Frozen(const Frozen&) = delete;
  Frozen& operator=(const Frozen&) = delete;
  ~Frozen() {
    for (const pid_t process : processes_) kill(process, SIGCONT);
  }

 private:
  std::vector<pid_t> processes_;
};

TEST(Stop, LeavesNothingBehind) {
  const auto shop = make_shop(Cluster::shared());
  const TemporaryFolder folder;
  Daemon daemon(folder, watching(shop));
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  ASSERT_TRUE(eventually([&] { return daemon.recommends(kMissing); })) << daemon.log();
  EXPECT_EQ(mode(daemon.history()), 0700);
  EXPECT_EQ(mode(daemon.sandbox()), 0700);
  ASSERT_EQ(entries(daemon.sandbox()).size(), 1U);
  EXPECT_EQ(mode(entries(daemon.sandbox()).front()), 0700);
  expect_clean_end(daemon, folder);
}

TEST(Stop, InterruptsACycleAtAnyMoment) {
  auto& cluster = Cluster::shared();
  const auto database = cluster.create_database();
  cluster.execute(
      "DO $$ BEGIN FOR i IN 1..800 LOOP EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, a text, b "
      "int)', i);"
      " END LOOP; END $$",
      database);
  bool in_cycle = false;
  // Starting the server, copying the schema, asking the planner.
  for (const auto moment : {100ms, 700ms, 1500ms, 2500ms, 4000ms}) {
    const TemporaryFolder folder;
    Daemon daemon(folder, watching(database));
    ASSERT_TRUE(daemon.listens()) << daemon.log();
    std::this_thread::sleep_for(moment);
    in_cycle = in_cycle || !entries(daemon.sandbox()).empty();
    expect_clean_end(daemon, folder);
  }
  EXPECT_TRUE(in_cycle);
}

TEST(Stop, DoesNotWaitForAServerThatDoesNotAnswer) {
  auto& cluster = Cluster::shared();
  const auto shop = make_shop(cluster);
  const TemporaryFolder folder;
  Daemon daemon(folder, watching(shop));
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  ASSERT_TRUE(eventually([&] { return daemon.recommends(kMissing); })) << daemon.log();
  const Frozen frozen(cluster);
  std::this_thread::sleep_for(2s);
  expect_clean_end(daemon, folder);
}

TEST(Stop, DoesNotWaitForAServerThatNeverAnswered) {
  const Frozen frozen(Cluster::shared());
  const TemporaryFolder folder;
  Daemon daemon(folder, watching("postgres"));
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  std::this_thread::sleep_for(1s);
  expect_clean_end(daemon, folder);
}

TEST(SecondInstance, IsRefusedOnTheSameHistory) {
  const TemporaryFolder folder;
  Daemon first(folder, watching("postgres"));
  ASSERT_TRUE(first.listens()) << first.log();
  Daemon second(folder, watching("postgres"));
  EXPECT_FALSE(second.listens());
  EXPECT_EQ(second.process().join(kPatience), 1);
  EXPECT_THAT(second.log(), HasSubstr("history"));
  EXPECT_THAT(second.log(), HasSubstr("fix: "));
  EXPECT_TRUE(first.get("/healthz").status == 200);
}

TEST(SecondInstance, IsRefusedOnTheSamePort) {
  const TemporaryFolder folder;
  Daemon first(folder, watching("postgres"));
  ASSERT_TRUE(first.listens()) << first.log();
  auto variables = watching("postgres");
  variables["PGADVISOR_HTTP_PORT"] = std::to_string(first.port());
  const TemporaryFolder another;
  Daemon second(another, variables);
  EXPECT_FALSE(second.listens());
  EXPECT_EQ(second.process().join(kPatience), 1);
  EXPECT_THAT(second.log(), HasSubstr(std::to_string(first.port())));
  EXPECT_THAT(second.log(), HasSubstr("http.port"));
}

}  // namespace
}  // namespace pgadvisor::testing
