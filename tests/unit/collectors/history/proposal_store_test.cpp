#include "collectors/history/history.hpp"

#include "tests/unit/collectors/history/test_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdlib.h>

#include <filesystem>

namespace pgadvisor::history {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class HistoryFile : public ::testing::Test {
 protected:
  HistoryFile() {
    std::string name = "/tmp/pgadvisor-history-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~HistoryFile() override { fs::remove_all(folder_); }
  History open(std::chrono::seconds slice = std::chrono::seconds(300)) {
    return History::open({.file = folder_ / "history.sqlite", .slice = slice}, clock_).value();
  }

  TestClock clock_{at(0s)};
  fs::path folder_;
};

const std::string kHostile = "a'; DROP TABLE proposal; --\n\x01\"";

ProposalRow row(const std::string& id) {
  ProposalRow row;
  row.id = id;
  row.database = kHostile;
  row.action = "create_index";
  row.origin = "advice";
  row.table = {"public", kHostile};
  row.definition = "public.t (a)";
  row.index = {"public", "ix"};
  row.ddl = "CREATE INDEX";
  row.rollback = "DROP INDEX";
  row.size = 7;
  row.statements = "[]";
  row.baseline = 2;
  row.state = "open";
  row.since = at(1s);
  row.by = "ann";
  row.why = kHostile;
  row.snoozed_until = at(9s);
  row.applied_at = at(8s);
  row.missed = 3;
  row.first_seen = at(1s);
  row.last_seen = at(2s);
  row.effect = "{}";
  row.evidence = "{\"a\": 1}";
  return row;
}

TEST_F(HistoryFile, KeepsProposalsAndTheirChangesAcrossRestarts) {
  const ProposalChangeRow first{"1", at(1s), "", "open", "pgadvisor", ""};
  const ProposalChangeRow second{"1", at(2s), "open", "snoozed", "ann", kHostile};
  ASSERT_TRUE(open().record_proposals({row("1"), row("2")}, {first, second}));
  const auto history = open();
  EXPECT_THAT(history.proposals().value(), ElementsAre(row("1"), row("2")));
  EXPECT_THAT(history.proposal_changes().value(), ElementsAre(first, second));
}

TEST_F(HistoryFile, LeavesEvidenceAloneThatIsNotGivenAnew) {
  auto history = open();
  ASSERT_TRUE(history.record_proposals({row("1")}, {}));
  auto changed = row("1");
  changed.state = "applied";
  changed.snoozed_until.reset();
  changed.evidence.reset();
  ASSERT_TRUE(history.record_proposals({changed}, {}));
  changed.evidence = row("1").evidence;
  EXPECT_THAT(history.proposals().value(), ElementsAre(changed));
  changed.evidence = "";
  ASSERT_TRUE(history.record_proposals({changed}, {}));
  EXPECT_FALSE(history.proposals().value().front().evidence);
}

TEST_F(HistoryFile, KeepsTheLastHundredChangesOfAProposal) {
  auto history = open();
  for (int i = 0; i < 120; ++i) {
    ASSERT_TRUE(history.record_proposals({}, {{"1", at(std::chrono::seconds(i)), "", "open", "", ""},
                                              {"2", at(std::chrono::seconds(i)), "", "open", "", ""}}));
  }
  const auto changes = history.proposal_changes().value();
  EXPECT_EQ(changes.size(), 200U);
  EXPECT_EQ(changes.front().at, at(20s));
}

TEST_F(HistoryFile, ForgetsAProposalWithItsChanges) {
  auto history = open();
  ASSERT_TRUE(history.record_proposals({row("1"), row("2")}, {{"1", at(1s), "", "open", "", ""}}));
  ASSERT_TRUE(history.forget_proposals({"1", "none"}));
  EXPECT_THAT(history.proposals().value(), ElementsAre(row("2")));
  EXPECT_THAT(history.proposal_changes().value(), IsEmpty());
}

TEST_F(HistoryFile, PutsANewLookAtACatalogInThePlaceOfTheOneBefore) {
  const CatalogIndexRow a{{"public", "t"}, {"public", "a"}, "public.t (a)", "CREATE INDEX a",
                          false,           false,           false,          1};
  auto b = a;
  b.index.name = "b";
  {
    auto history = open();
    EXPECT_FALSE(history.catalog("shop").value());
    ASSERT_TRUE(history.record_catalog("shop", {at(1s), {{"public", "t"}, {"public", "old"}}, {a, b}}));
    ASSERT_TRUE(history.record_catalog("other", {at(1s), {}, {a}}));
  }
  auto history = open();
  b.is_unique = true;
  ASSERT_TRUE(history.record_catalog("shop", {at(2s), {{"public", "t"}, {"public", "new"}}, {b}}));
  const auto catalog = history.catalog("shop").value();
  ASSERT_TRUE(catalog);
  EXPECT_EQ(catalog->taken_at, at(2s));
  EXPECT_THAT(catalog->indexes, ElementsAre(b));
  EXPECT_THAT(catalog->tables,
              ElementsAre(model::ObjectName{"public", "new"}, model::ObjectName{"public", "t"}));
  EXPECT_THAT(history.catalog("other").value()->indexes, ElementsAre(a));
}

constexpr model::Oid kShop{16384};

model::StatementPoll poll(int second, std::int64_t calls, std::int64_t others) {
  model::StatementPoll poll;
  poll.taken_at = at(std::chrono::seconds(second));
  poll.stats_reset = at(-1'000'000s);
  poll.evictions = 0;
  const auto add = [&](std::uint32_t user, int id, std::int64_t count) {
    model::StatementSample sample;
    sample.key = {kShop, model::Oid{user}, model::QueryId{id}, true};
    sample.counters.calls = count;
    sample.counters.total_time = model::Milliseconds(static_cast<double>(2 * count));
    poll.statements.push_back(sample);
  };
  add(10, 1, calls);
  add(11, 1, others);
  add(10, 2, 1000 + calls);
  return poll;
}

TEST_F(HistoryFile, ReadsStatementsBySlicesOverAllUsers) {
  auto history = open();
  ASSERT_TRUE(history.record_databases({{kShop, "shop", "UTF8", "C", "C"}}));
  ASSERT_TRUE(history.record_statements(poll(0, 5, 5)));      // the baseline
  ASSERT_TRUE(history.record_statements(poll(60, 7, 5)));     // 2 calls in the first slice
  ASSERT_TRUE(history.record_statements(poll(299, 8, 6)));    // 2 more
  ASSERT_TRUE(history.record_statements(poll(900, 18, 6)));   // 10 in the fourth
  ASSERT_TRUE(history.record_statements(poll(1500, 19, 6)));  // outside of what is asked for
  const auto slices =
      history.statement_slices("shop", {model::QueryId{1}, model::QueryId{9}}, at(0s), at(1500s)).value();
  ASSERT_EQ(slices.size(), 1U);
  const auto& one = slices.at(model::QueryId{1});
  ASSERT_EQ(one.size(), 2U);
  EXPECT_EQ(one[0].from, at(0s));
  EXPECT_EQ(one[0].length, model::Seconds(300));
  EXPECT_EQ(one[0].counters.calls, 4);
  EXPECT_EQ(one[0].counters.total_time.count(), 8);
  EXPECT_EQ(one[1].from, at(900s));
  EXPECT_EQ(one[1].counters.calls, 10);
  EXPECT_TRUE(history.statement_slices("other", {model::QueryId{1}}, at(0s), at(1500s)).value().empty());
}

TEST_F(HistoryFile, KnowsThatOldSlicesAreHours) {
  auto history = open();
  ASSERT_TRUE(history.record_databases({{kShop, "shop", "UTF8", "C", "C"}}));
  ASSERT_TRUE(history.record_statements(poll(0, 5, 5)));
  ASSERT_TRUE(history.record_statements(poll(600, 7, 5)));
  ASSERT_TRUE(history.record_statements(poll(3000, 9, 5)));
  clock_.time = at(8h);
  ASSERT_TRUE(history.prune());
  const auto slices = history.statement_slices("shop", {model::QueryId{1}}, at(0s), at(3600s)).value();
  const auto& one = slices.at(model::QueryId{1});
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].length, model::Seconds(3600));
  EXPECT_EQ(one[0].counters.calls, 4);
}

TEST_F(HistoryFile, SumsUpOverSlicesAsLongAsItIsTold) {
  auto history = open(std::chrono::seconds(10));
  ASSERT_TRUE(history.record_databases({{kShop, "shop", "UTF8", "C", "C"}}));
  ASSERT_TRUE(history.record_statements(poll(0, 5, 5)));
  ASSERT_TRUE(history.record_statements(poll(9, 6, 5)));
  ASSERT_TRUE(history.record_statements(poll(10, 7, 5)));
  const auto slices = history.statement_slices("shop", {model::QueryId{1}}, at(0s), at(100s)).value();
  EXPECT_EQ(slices.at(model::QueryId{1}).size(), 2U);
  EXPECT_EQ(history.activity("shop", at(0s)).value().window.to, at(10s));
}

TEST_F(HistoryFile, ReadsTablesAndIndexesBySlices) {
  auto history = open();
  for (const int second : {0, 60, 400}) {
    model::RelationPoll relations;
    relations.taken_at = at(std::chrono::seconds(second));
    relations.stats_reset = relations.postmaster_start = at(-1'000'000s);
    relations.tables.push_back(
        {{"public", "t"}, model::Oid{100}, {.seq_scan = second, .updated = 2 * second}});
    relations.indexes.push_back({{"public", "a"}, {"public", "t"}, model::Oid{101}, {3 * second, 0, 0}});
    ASSERT_TRUE(history.record_relations("shop", relations));
  }
  const auto table = history.table_slices("shop", {"public", "t"}, at(0s), at(1000s)).value();
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(table[0].counters.updated, 120);
  EXPECT_EQ(table[1].from, at(300s));
  EXPECT_EQ(table[1].counters.seq_scan, 340);
  const auto index = history.index_slices("shop", {"public", "a"}, at(300s), at(1000s)).value();
  ASSERT_EQ(index.size(), 1U);
  EXPECT_EQ(index[0].counters.scans, 3 * 340);
  EXPECT_TRUE(history.table_slices("shop", {"public", "a"}, at(0s), at(1000s)).value().empty());
}

}  // namespace
}  // namespace pgadvisor::history
