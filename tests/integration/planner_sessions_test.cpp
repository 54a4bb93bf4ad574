#include "tests/integration/planner_twins.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

// Sessions that plan side by side: what one is told all believe.

namespace pgadvisor::sandbox {
namespace {

constexpr const char* kLookup = "SELECT * FROM orders WHERE customer_id = $1";

class PlannerSessions : public PlannerSession {
 protected:
  void SetUp() override {
    attach_to(Twins::get().twin);
    take_sizes_of(Twins::get().production);
    ASSERT_TRUE(database_->open_sessions(2));
    ASSERT_EQ(database_->sessions(), 2);
  }
  void TearDown() override { EXPECT_TRUE(database_->reset()); }

  PlanCost cost_in(int session, const std::string& text, const Configuration& configuration = {}) {
    const auto statement = database_->prepare(text, session);
    EXPECT_TRUE(statement) << to_string(statement.error());
    EXPECT_EQ(session_of(*statement), session);
    auto costs = database_->costs(*statement, std::span(&configuration, 1));
    EXPECT_TRUE(costs) << to_string(costs.error());
    return costs->at(0);
  }

  /// What both sessions answer.
  PlanCost agreed(const std::string& text, const Configuration& configuration = {}) {
    const auto first = cost_in(0, text, configuration);
    const auto second = cost_in(1, text, configuration);
    EXPECT_EQ(first.total, second.total) << text;
    EXPECT_EQ(first.used, second.used) << text;
    EXPECT_EQ(first.existing, second.existing) << text;
    return second;
  }

  CandidateId create(const std::string& sql) {
    auto created = database_->create_candidate(sql);
    EXPECT_TRUE(created) << to_string(created.error());
    return *created;
  }
};

TEST_F(PlannerSessions, BelieveTheSameOfTables) {
  EXPECT_GT(agreed("SELECT * FROM orders").total.value, 1000);
  EXPECT_FALSE(agreed("SELECT * FROM orders WHERE id = 7").existing.empty());
  ASSERT_TRUE(database_->set_sizes(std::array{RelationSize{{"public", "orders"}, 100000, 9e6, 0, -1}}));
  EXPECT_GT(agreed("SELECT * FROM orders").total.value, 100000);
}

TEST_F(PlannerSessions, BelieveTheSameOfCandidates) {
  const auto bare = agreed(kLookup);
  const auto ix = create("CREATE INDEX ON orders (customer_id)");
  EXPECT_EQ(agreed(kLookup).total, bare.total) << "hidden, sized or not";
  ASSERT_TRUE(database_->set_size(ix, {300, 60000, 1}));
  const auto small = agreed(kLookup, {ix});
  EXPECT_EQ(small.used, Configuration{ix});
  EXPECT_LT(small.total, bare.total);
  ASSERT_TRUE(database_->set_size(ix, {200000, 60000, 3}));
  EXPECT_GT(agreed(kLookup, {ix}).total, small.total);
  ASSERT_TRUE(database_->drop_candidate(ix));
  EXPECT_EQ(agreed(kLookup).total, bare.total);
}

TEST_F(PlannerSessions, BelieveTheSameOfCandidatesOnPartitions) {
  const auto ix = create("CREATE INDEX ON events (kind)");
  std::vector<PartSize> sizes;
  for (const auto& part : database_->parts(ix).value()) sizes.push_back({part.index, {50, 15000, 1}});
  ASSERT_TRUE(database_->set_part_sizes(sizes));
  EXPECT_EQ(agreed("SELECT * FROM events WHERE kind = 3", {ix}).used, Configuration{ix});
  EXPECT_TRUE(agreed("SELECT * FROM events WHERE kind = 3").used.empty());
}

TEST_F(PlannerSessions, HideTheSameIndexes) {
  const auto key = database_->find_index({"public", "orders_pkey"}).value();
  ASSERT_TRUE(key);
  const auto before = agreed("SELECT * FROM orders WHERE id = 7");
  ASSERT_TRUE(database_->hide(std::array{*key}));
  EXPECT_GT(agreed("SELECT * FROM orders WHERE id = 7").total, before.total);
  ASSERT_TRUE(database_->hide({}));
  EXPECT_EQ(agreed("SELECT * FROM orders WHERE id = 7").total, before.total);
}

TEST_F(PlannerSessions, HaveTheSameSettings) {
  auto connection = connect_to(Twins::get().twin);
  ASSERT_TRUE(
      connection.execute("SET enable_indexscan = off; SET enable_bitmapscan = off; SET work_mem = '64kB'"));
  auto database = Database::attach(std::move(connection), module_path());
  ASSERT_TRUE(database);
  database_.emplace(std::move(*database));
  take_sizes_of(Twins::get().production);
  ASSERT_TRUE(database_->open_sessions(2));
  EXPECT_TRUE(agreed("SELECT * FROM orders WHERE id = 7").existing.empty());
  agreed("SELECT note, count(*) FROM orders GROUP BY note ORDER BY 2");
}

TEST_F(PlannerSessions, PlanSideBySide) {
  const auto ix = create("CREATE INDEX ON orders (customer_id)");
  ASSERT_TRUE(database_->set_size(ix, {300, 60000, 1}));
  const auto expected = agreed(kLookup, {ix});
  std::array<std::vector<PlanCost>, 2> answers;
  const auto done = database_->side_by_side([&](int session) -> model::Result<void> {
    for (int round = 0; round < 50; ++round) {
      answers.at(static_cast<std::size_t>(session)).push_back(cost_in(session, kLookup, {ix}));
    }
    return {};
  });
  ASSERT_TRUE(done) << to_string(done.error());
  for (const auto& its : answers) {
    ASSERT_EQ(its.size(), 50U);
    for (const auto& answer : its) EXPECT_EQ(answer.total, expected.total);
  }
}

TEST_F(PlannerSessions, AllEndBeforeTheFirstErrorIsAnswered) {
  std::atomic<int> ended = 0;
  const auto done = database_->side_by_side([&](int session) -> model::Result<void> {
    if (session != 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ++ended;
    return model::skip(session == 0 ? "first" : "second");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "first");
  EXPECT_EQ(ended, 2);
}

TEST_F(PlannerSessions, AreClosedByReset) {
  const auto statement = database_->prepare(kLookup, 1);
  ASSERT_TRUE(statement);
  ASSERT_TRUE(database_->reset());
  EXPECT_EQ(database_->sessions(), 1);
  const Configuration none;
  EXPECT_FALSE(database_->costs(*statement, std::span(&none, 1)));
  EXPECT_FALSE(database_->prepare(kLookup, 1));
}

TEST_F(PlannerSessions, OneThatEndsCallsForANewTwin) {
  testing::Cluster::shared().execute(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sandbox' AND "
      "query LIKE '%set_config%'");
  EXPECT_EQ(database_->prepare(kLookup, 1).error().next, model::NextStep::kReconnect);
}

}  // namespace
}  // namespace pgadvisor::sandbox
