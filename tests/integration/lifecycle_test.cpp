#include "daemon/lifecycle.hpp"

#include "advisor/lifecycle/catalog.hpp"
#include "collectors/database_collector.hpp"
#include "collectors/relations_collector.hpp"
#include "collectors/snapshot_collector.hpp"
#include "collectors/sql/quote.hpp"
#include "collectors/statements_collector.hpp"
#include "tests/support/cluster.hpp"
#include "tests/support/run_coroutine.hpp"
#include "tests/support/shop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

namespace pgadvisor::daemon {
namespace {

namespace fs = std::filesystem;
using lifecycle::State;
using testing::Cluster;
using ::testing::HasSubstr;
using testing::run;
using namespace std::chrono_literals;

class TestClock final : public model::Clock {
 public:
  model::Timestamp time = model::SystemClock{}.now();
  model::Timestamp now() const override { return time; }
  std::chrono::steady_clock::time_point monotonic() const override { return {}; }
};

/// A shop whose statements, counters and catalog are real, and whose time passes by slices.
class LifecycleTest : public ::testing::Test {
 protected:
  LifecycleTest() {
    std::string name = "/tmp/pgadvisor-lifecycle-XXXXXX";
    folder_ = mkdtemp(name.data());
    reopen();
    EXPECT_TRUE(history_->record_databases({properties_}));
    poll();
    look();
  }
  ~LifecycleTest() override { fs::remove_all(folder_); }

  static Cluster& cluster() { return Cluster::shared(); }
  void execute(const std::string& sql) { cluster().execute(sql, database_); }

  /// As after a restart of the daemon.
  void reopen() {
    lifecycle_.reset();
    history_.reset();
    history_.emplace(history::History::open({.file = folder_ / "history.sqlite"}, clock_).value());
    lifecycle_.emplace(*history_, publication_, clock_, LifecycleOptions{});
    ASSERT_TRUE(lifecycle_->load());
  }

  static model::DatabaseProperties properties_of(const std::string& database) {
    auto connection = run(pg::Connection::connect(cluster().dsn(database), {})).value();
    auto databases = run(collectors::collect_databases(connection, {})).value();
    const auto found = std::find_if(databases.begin(), databases.end(),
                                    [&](const auto& each) { return each.name == database; });
    return *found;
  }

  void poll() {
    auto statements = run(collectors::collect_statements(server_, extension_)).value();
    statements.taken_at = clock_.time;
    ASSERT_TRUE(history_->record_statements(statements));
    auto relations = run(collectors::collect_relations(watcher_)).value();
    relations.taken_at = clock_.time;
    ASSERT_TRUE(history_->record_relations(database_, relations));
    ASSERT_TRUE(lifecycle_->counted(database_));
  }

  /// A check of the fingerprint that finds nothing new.
  void check() { lifecycle_->unchanged(database_); }
  void look() {
    auto snapshot = run(collectors::collect_snapshot(watcher_, properties_)).value();
    snapshot.taken_at = clock_.time;
    ASSERT_TRUE(lifecycle_->looked(snapshot));
  }

  /// So many slices in which `sql` is executed again and again.
  void run_load(const std::string& sql, int slices = 7, int times = 12) {
    std::string script;
    for (int i = 0; i < times; ++i) script += sql + ";";
    for (int i = 0; i < slices; ++i) {
      clock_.time += 300s;
      execute(script);
      poll();
      check();
    }
  }

  std::string query_id(const std::string& part) {
    return cluster().value("SELECT queryid FROM pg_stat_statements WHERE query LIKE '%" + part +
                           "%' AND dbid = " + std::to_string(static_cast<std::uint32_t>(properties_.oid)));
  }

  /// An advice that proposes an index on these columns of orders for these statements.
  std::string advise(const std::vector<std::string>& columns, const std::vector<std::string>& served) {
    advisor::Recommendation recommendation;
    recommendation.definition.table = {"public", "orders"};
    for (const auto& column : columns) recommendation.definition.keys.push_back({.column = column});
    recommendation.id = lifecycle::create_id(database_, sql::describe(recommendation.definition));
    recommendation.index_name = "ix_proposed";
    recommendation.ddl = sql::create_index(recommendation.definition, "ix_proposed", true);
    recommendation.rollback = sql::drop_index("public", "ix_proposed", true);
    recommendation.size = {2 << 20};
    for (const auto& id : served) recommendation.statements.emplace_back().query_id = id;
    report({recommendation});
    return recommendation.id;
  }
  void report(std::vector<advisor::Recommendation> recommendations) {
    advisor::DatabaseReport report;
    report.advice.database = database_;
    report.advice.recommendations = std::move(recommendations);
    report.advice.table_statements[{"public", "orders"}] = {readers_, {}};
    ASSERT_TRUE(lifecycle_->advised(report));
  }

  std::shared_ptr<const TrackedProposal> find(const std::string& id) {
    for (const auto& tracked : publication_.proposals()->items) {
      if (tracked->proposal.id == id) return tracked;
    }
    return std::make_shared<const TrackedProposal>();
  }
  std::shared_ptr<const TrackedProposal> find(lifecycle::Action action, const std::string& index) {
    for (const auto& tracked : publication_.proposals()->items) {
      const auto& proposal = tracked->proposal;
      if (proposal.action == action && proposal.index.name == index) return tracked;
    }
    return std::make_shared<const TrackedProposal>();
  }
  static std::vector<std::string> states(const TrackedProposal& tracked) {
    std::vector<std::string> states;
    for (const auto& change : tracked.changes) states.emplace_back(to_string(change.to));
    return states;
  }

  const std::string slow_ = "SELECT id, total FROM orders WHERE customer_id = 17";
  fs::path folder_;
  TestClock clock_;
  std::string database_ = testing::make_shop(cluster());
  model::DatabaseProperties properties_ = properties_of(database_);
  pg::Connection watcher_ = run(pg::Connection::connect(cluster().dsn(database_), {})).value();
  pg::Connection server_ = run(pg::Connection::connect(cluster().dsn(), {})).value();
  collectors::StatementsExtension extension_ = run(collectors::find_statements_extension(server_)).value();
  Publication publication_;
  std::optional<history::History> history_;
  std::optional<Lifecycle> lifecycle_;
  std::vector<std::string> readers_;
};

TEST_F(LifecycleTest, VerifiesAnIndexThatWasCreatedForReal) {
  run_load(slow_);
  const auto id = advise({"customer_id"}, {query_id("WHERE customer_id = $1")});
  EXPECT_EQ(find(id)->standing.state, State::kOpen);
  execute("CREATE INDEX made_by_hand ON orders (customer_id)");
  clock_.time += 300s;
  look();
  const auto applied = find(id);
  EXPECT_EQ(applied->standing.state, State::kApplied);
  EXPECT_EQ(applied->proposal.index.name, "made_by_hand");
  EXPECT_EQ(applied->proposal.rollback, "DROP INDEX CONCURRENTLY public.made_by_hand");
  run_load(slow_);
  const auto verified = find(id);
  ASSERT_TRUE(verified->effect);
  EXPECT_EQ(verified->standing.state, State::kVerified) << verified->effect->reasons.front();
  EXPECT_THAT(states(*verified), ::testing::ElementsAre("open", "applied", "verified"));
  const auto& effect = *verified->effect;
  ASSERT_EQ(effect.statements.size(), 1U);
  EXPECT_LT(effect.statements[0].after.time, effect.statements[0].before.time / 5);
  EXPECT_LT(effect.statements[0].after.blocks, effect.statements[0].before.blocks / 50);
  EXPECT_EQ(effect.statements[0].after.rows, 10);
  EXPECT_GE(effect.index_scans, 60);
  EXPECT_GT(effect.saved_per_day->count(), 0);
  EXPECT_EQ(effect.predicted_size, model::Bytes{2 << 20});
  EXPECT_EQ(effect.real_size->value,
            std::stoll(cluster().value("SELECT pg_relation_size('made_by_hand')", database_)));
}

TEST_F(LifecycleTest, CallsAUselessIndexWithoutEffectWhoeverMadeIt) {
  run_load(slow_);
  readers_ = {query_id("WHERE customer_id = $1")};
  report({});
  execute("CREATE INDEX useless ON orders (note)");
  clock_.time += 300s;
  look();
  const auto made = find(lifecycle::Action::kCreateIndex, "useless");
  EXPECT_EQ(made->standing.state, State::kApplied);
  EXPECT_EQ(made->proposal.origin, lifecycle::Origin::kCatalog);
  run_load(slow_);
  const auto judged = find(made->proposal.id);
  ASSERT_TRUE(judged->effect);
  EXPECT_EQ(judged->standing.state, State::kWithoutEffect) << judged->effect->reasons.front();
  EXPECT_THAT(judged->standing.why, HasSubstr("not scanned once"));
  EXPECT_EQ(proposed_sql(*judged), "DROP INDEX CONCURRENTLY public.useless");
}

TEST_F(LifecycleTest, SeesTheRegressionOfADroppedIndexThatWasNeededAndItsRollback) {
  execute("CREATE INDEX needed ON orders (customer_id)");
  look();
  run_load(slow_);
  readers_ = {query_id("WHERE customer_id = $1")};
  report({});
  execute("DROP INDEX needed");
  clock_.time += 300s;
  look();
  const auto dropped = find(lifecycle::Action::kDropIndex, "needed");
  EXPECT_EQ(dropped->standing.state, State::kApplied);
  run_load(slow_);
  const auto judged = find(dropped->proposal.id);
  ASSERT_TRUE(judged->effect);
  EXPECT_EQ(judged->standing.state, State::kRegressed) << judged->effect->reasons.front();
  EXPECT_EQ(proposed_sql(*judged), "CREATE INDEX CONCURRENTLY needed ON public.orders (customer_id)");
  EXPECT_GE(judged->effect->index_scans, 60);
  execute(proposed_sql(*judged));
  look();
  EXPECT_EQ(find(dropped->proposal.id)->standing.state, State::kObsolete);
  EXPECT_EQ(find(lifecycle::Action::kCreateIndex, "needed")->standing.state, State::kApplied);
}

TEST_F(LifecycleTest, SurvivesARestartAndSeesWhatHappenedMeanwhile) {
  run_load(slow_);
  const auto id = advise({"customer_id"}, {query_id("WHERE customer_id = $1")});
  ASSERT_TRUE(lifecycle_->decide(id, lifecycle::Snooze{clock_.time + 1h, "ann", "not today"}));
  const auto before = *find(id);
  execute("CREATE INDEX proposed_one ON orders (customer_id)");
  execute("CREATE INDEX made_meanwhile ON orders (status)");
  reopen();
  const auto after = *find(id);
  EXPECT_EQ(after.standing, before.standing);
  EXPECT_EQ(after.changes, before.changes);
  EXPECT_EQ(after.evidence, before.evidence);
  EXPECT_EQ(after.proposal.statements, before.proposal.statements);
  clock_.time += 300s;
  look();
  EXPECT_EQ(find(id)->standing.state, State::kApplied);
  EXPECT_EQ(find(lifecycle::Action::kCreateIndex, "made_meanwhile")->standing.state, State::kApplied);
}

TEST_F(LifecycleTest, KnowsAnIndexByDefinitionWithExpressionsAndPredicates) {
  execute(
      "CREATE FUNCTION cut(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT left($1, 3)';"
      "CREATE INDEX shapes ON orders (cut(status), lower(note) text_pattern_ops DESC, total) INCLUDE (id) "
      "WHERE status <> 'done' AND total IS NOT NULL");
  look();
  const auto made = find(lifecycle::Action::kCreateIndex, "shapes");
  EXPECT_EQ(made->proposal.definition,
            "public.orders ((cut(status)), (lower(note)) text_pattern_ops DESC, total) INCLUDE (id) "
            "WHERE (status <> 'done'::text) AND (total IS NOT NULL)");
  // Renamed and rebuilt it is still the same, and no change.
  const auto changes = made->changes.size();
  execute("ALTER INDEX shapes RENAME TO renamed");
  execute("REINDEX INDEX CONCURRENTLY renamed");
  look();
  EXPECT_EQ(find(made->proposal.id)->changes.size(), changes);
  EXPECT_EQ(find(made->proposal.id)->proposal.index.name, "renamed");
  EXPECT_EQ(publication_.proposals()->items.size(), 1U);
}

TEST_F(LifecycleTest, DoesNotTakeAnInvalidIndexForTheProposedOne) {
  const auto id = advise({"customer_id"}, {});
  execute("CREATE INDEX ix_proposed ON orders (customer_id)");
  execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_proposed'::regclass");
  look();
  EXPECT_EQ(find(id)->standing.state, State::kOpen);
}

TEST_F(LifecycleTest, ForgetsWhatNobodySawForTheRetention) {
  const auto id = advise({"customer_id"}, {});
  report({});
  report({});
  EXPECT_EQ(find(id)->standing.state, State::kObsolete);
  clock_.time += LifecycleOptions{}.retention + 1h;
  report({});
  EXPECT_TRUE(publication_.proposals()->items.empty());
  EXPECT_TRUE(history_->proposals().value().empty());
  EXPECT_TRUE(history_->proposal_changes().value().empty());
}

}  // namespace
}  // namespace pgadvisor::daemon
