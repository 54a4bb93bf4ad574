#include "collectors/database_collector.hpp"
#include "collectors/maintenance_collector.hpp"
#include "collectors/pg/blocking_connection.hpp"
#include "collectors/relations_collector.hpp"
#include "collectors/snapshot_collector.hpp"
#include "collectors/statements_collector.hpp"
#include "collectors/table_details.hpp"
#include "daemon/cycle.hpp"
#include "daemon/hotspot_watch.hpp"
#include "tests/support/cluster.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/run_coroutine.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>

namespace pgadvisor::daemon {
namespace {

using model::HotspotState;
using model::Timestamp;
using testing::Cluster;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::run;
using ::testing::SizeIs;
using namespace std::chrono_literals;

class TestClock final : public model::Clock {
 public:
  Timestamp now() const override { return Timestamp(1704067200s); }
  std::chrono::steady_clock::time_point monotonic() const override { return {}; }
};

/// A real server whose counters are polled as the daemon does it, but at times of the test's own: every ten
/// seconds, so that a single scan of a table of 20 MB matters. Two quiet weeks are already in the history.
class HotspotsOnAServer : public ::testing::Test {
 protected:
  static constexpr std::chrono::seconds kPoll{10};

  HotspotsOnAServer()
      : database_(copy_of_shop()),
        relations_(connect(database_)),
        statements_(connect("postgres")),
        history_(history::History::open({.file = folder_.path() / "history.sqlite"}, clock_).value()),
        watch_(history_, publication_, 1000, model::Seconds(24h * 7)) {
    collectors::DatabaseFilter only{{database_}, {}};
    properties_ = run(collectors::collect_databases(statements_, only)).value().front();
    EXPECT_TRUE(history_.record_databases({properties_}));
    watch_.watch(properties_);
    quiet_until(now_ + 24h * 14);
    poll();
  }

  /// Filled once, copied for each test.
  static std::string copy_of_shop() {
    auto& cluster = Cluster::shared();
    static const auto shop = [&] {
      auto made = cluster.create_database();
      cluster.execute(
          "CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, total int, note text);"
          "INSERT INTO orders SELECT i, i % 20000, i % 977, repeat('x', 60) FROM generate_series(1, 200000) "
          "i;"
          "CREATE INDEX orders_customer ON orders (customer_id)",
          made);
      cluster.execute("VACUUM ANALYZE", made);
      return made;
    }();
    static int copies = 0;
    const auto copy = fmt::format("{}_copy_{}", shop, ++copies);
    cluster.execute(fmt::format("CREATE DATABASE {} TEMPLATE {}", copy, shop));
    return copy;
  }

  /// One planner sandbox for all tests.
  static Cycle& cycle() {
    static const testing::TemporaryFolder folder;
    static const TestClock clock;
    static Cycle cycle({.folder = folder.path() / "sandbox",
                        .user = {},
                        .modules = std::filesystem::path(PGADVISOR_BINARY_DIR) / "lib"},
                       {}, clock);
    return cycle;
  }

  pg::Connection connect(const std::string& database) {
    return run(pg::Connection::connect(cluster_.dsn(database), {})).value();
  }

  void execute(const std::string& sql) { cluster_.execute(sql, database_); }
  /// Over one connection, so that all are counted when it ends.
  void execute_times(int times, const std::string& sql) {
    std::string all;
    for (int i = 0; i < times; ++i) all += sql + ";";
    execute(all);
  }

  /// Backends report what they counted when they end, which is a moment after their clients went.
  void wait_for_counters() {
    const auto others = "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + database_ +
                        "' AND application_name <> 'pgadvisor'";
    ASSERT_TRUE(testing::eventually([&] { return cluster_.value(others) == "0"; }));
  }

  /// Nobody reads anything until then, and the history knows it.
  void quiet_until(Timestamp until) {
    model::HotspotChanges changes;
    for (auto hour = std::chrono::floor<std::chrono::hours>(now_); hour < until; hour += 1h) {
      changes.watched.push_back({hour, model::Seconds(1h)});
    }
    ASSERT_TRUE(history_.record_hotspots(database_, changes));
    now_ = until;
  }

  /// One round of polls, ten seconds after the last.
  void poll() {
    wait_for_counters();
    now_ += kPoll;
    const auto extension = run(collectors::find_statements_extension(statements_)).value();
    auto statements = run(collectors::collect_statements(statements_, extension)).value();
    statements.taken_at = now_;
    watch_.saw(history_.record_statements(statements).value());
    const auto unknown = history_.keys_without_text().value();
    ASSERT_TRUE(history_.record_texts(
        run(collectors::collect_statement_texts(statements_, extension, unknown)).value()));
    watch_.saw(run(collectors::collect_maintenance(statements_, std::nullopt)).value());
    auto relations = run(collectors::collect_relations(relations_)).value();
    relations.taken_at = now_;
    const auto window = history_.record_relations(database_, relations).value();
    const auto details =
        run(collectors::collect_table_details(relations_, watch_.to_look_at(window, snapshot_))).value();
    ASSERT_TRUE(watch_.judge(database_, window, details, snapshot_, model::Seconds(2h)));
  }

  /// A pass over the catalog.
  void look() {
    snapshot_ = std::make_shared<const model::DatabaseSnapshot>(
        run(collectors::collect_snapshot(relations_, properties_)).value());
  }

  /// What a cycle with a sandbox makes of all that was recorded.
  void advise() {
    look();
    auto activity = history_.activity(database_, now_ - 5min).value();
    auto result = cycle().run({{cluster_.dsn(database_), snapshot_, std::move(activity), {}, {}, {}}}, {});
    ASSERT_THAT(result.failures, IsEmpty()) << to_string(result.failures.front().error);
    publication_.publish(std::move(result.report));
    watch_.advised();
    poll();
  }

  /// So many windows with that in each.
  void windows(int count, const std::function<void()>& work) {
    for (int i = 0; i < count; ++i) {
      work();
      poll();
    }
  }

  [[nodiscard]] std::vector<advisor::Hotspot> hotspots() const {
    const auto report = publication_.report();
    return report->hotspots.empty() ? std::vector<advisor::Hotspot>{} : report->hotspots.front().hotspots;
  }
  /// The one of this table; an empty one when there is none.
  [[nodiscard]] advisor::Hotspot hotspot(const std::string& table) const {
    const auto all = hotspots();
    const auto found =
        std::ranges::find(all, table, [](const advisor::Hotspot& one) { return one.table.name; });
    return found == all.end() ? advisor::Hotspot{} : *found;
  }
  [[nodiscard]] std::int64_t size_of(const std::string& table) {
    return std::stoll(cluster_.value("SELECT pg_relation_size('" + table + "')", database_));
  }
  [[nodiscard]] std::string query_id(const std::string& like) {
    return cluster_.value("SELECT queryid FROM pg_stat_statements WHERE query LIKE '" + like +
                          "' AND dbid = " + std::to_string(static_cast<std::uint32_t>(properties_.oid)));
  }

  Cluster& cluster_ = Cluster::shared();
  testing::TemporaryFolder folder_;
  TestClock clock_;
  Timestamp now_ = clock_.now();
  std::string database_;
  model::DatabaseProperties properties_;
  pg::Connection relations_;
  pg::Connection statements_;
  history::History history_;
  Publication publication_;
  HotspotWatch watch_;
  HotspotWatch::Snapshot snapshot_;
};

constexpr const char* kByCustomer = "SELECT id, total FROM orders WHERE customer_id = 17";

TEST_F(HotspotsOnAServer, FindADeployThatMakesFullScansWithinThreePolls) {
  windows(2, [&] { execute_times(5, kByCustomer); });
  EXPECT_THAT(hotspots(), IsEmpty());
  execute("DROP INDEX orders_customer");
  windows(2, [&] { execute_times(5, kByCustomer); });
  EXPECT_FALSE(watch_.take_news());
  windows(1, [&] { execute_times(5, kByCustomer); });
  EXPECT_TRUE(watch_.take_news());
  const auto found = hotspots();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found.front().table.name, "orders");
  EXPECT_EQ(found.front().state, HotspotState::kNew);
  EXPECT_EQ(found.front().bytes_read.value, 15 * size_of("orders"));
  ASSERT_THAT(found.front().statements, SizeIs(1));
  const auto& statement = found.front().statements.front();
  EXPECT_EQ(statement.query_id, query_id("%orders WHERE customer_id = $1"));
  EXPECT_EQ(statement.query, "SELECT id, total FROM orders WHERE customer_id = $1");
  EXPECT_DOUBLE_EQ(statement.calls, 5);
  EXPECT_DOUBLE_EQ(statement.share, 1);
}

TEST_F(HotspotsOnAServer, AreNotMadeByIndexBuilds) {
  windows(2, [&] { execute("CREATE INDEX ON orders (total)"); });
  // Gone before the next poll: only the statement tells.
  windows(2, [&] { execute("CREATE INDEX brief ON orders (total); DROP INDEX brief"); });
  windows(2, [&] { execute("REINDEX TABLE orders"); });
  windows(2, [&] {
    execute("VACUUM orders");
    execute("ANALYZE orders");
  });
  EXPECT_THAT(hotspots(), IsEmpty());
}

TEST_F(HotspotsOnAServer, AreNotMadeByDumps) {
  windows(4, [&] {
    const auto dump = testing::run_program(
        {testing::installations() / std::to_string(testing::tested_major()) / "bin/pg_dump",
         "--file=/dev/null", cluster_.dsn_text(database_)});
    ASSERT_EQ(dump.exit_code, 0) << dump.err;
  });
  EXPECT_THAT(hotspots(), IsEmpty());
  windows(3, [&] { execute("COPY (SELECT * FROM orders) TO '/dev/null'"); });
  EXPECT_THAT(hotspots(), IsEmpty());
}

TEST_F(HotspotsOnAServer, CountAParallelScanOnce) {
  windows(3, [&] {
    execute(
        "SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;"
        "SELECT count(*) FROM orders WHERE note = 'y'");
  });
  const auto found = hotspots();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found.front().seq_scans, 9);
  EXPECT_EQ(found.front().bytes_read.value, 3 * size_of("orders"));
}

TEST_F(HotspotsOnAServer, AreNotMadeByLimitNorByLookupTables) {
  execute(
      "CREATE TABLE kinds (id int, name text); INSERT INTO kinds SELECT i, 'kind' || i FROM "
      "generate_series(1, 500) i;"
      "ANALYZE kinds");
  windows(4, [&] {
    execute_times(200, "SELECT * FROM orders LIMIT 1");
    execute(
        "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off; SET "
        "enable_memoize = off; SET max_parallel_workers_per_gather = 0;"
        "SELECT count(*) FROM (SELECT * FROM orders WHERE id < 1000) o JOIN kinds k ON k.id = o.total");
  });
  EXPECT_GT(std::stoi(cluster_.value("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'kinds'",
                                     database_)),
            3000);
  EXPECT_THAT(hotspots(), IsEmpty());
}

TEST_F(HotspotsOnAServer, AreFoundAmongScansThatLimitEnds) {
  execute("DROP INDEX orders_customer");
  windows(3, [&] {
    execute_times(200, "SELECT * FROM orders LIMIT 1");
    execute_times(5, kByCustomer);
  });
  const auto found = hotspots();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_NEAR(static_cast<double>(found.front().bytes_read.value),
              15.0 * static_cast<double>(size_of("orders")), 1e6);
}

TEST_F(HotspotsOnAServer, OfANightlyJobAreKnownAndNeverNew) {
  const auto job = [&] { execute_times(5, "SELECT sum(total) FROM orders WHERE note <> 'y'"); };
  const auto first_night = now_;
  for (int night = 0; night < 9; ++night) {
    windows(3, job);
    if (night == 0) {
      // The first night of all is new: two quiet weeks came before.
      ASSERT_THAT(hotspots(), SizeIs(1));
      EXPECT_EQ(hotspots().front().state, HotspotState::kNew);
    }
    quiet_until(first_night + 24h * (night + 1));
    poll();  // a gap: nobody watched the day's counters
  }
  windows(3, job);
  ASSERT_THAT(hotspots(), SizeIs(1));
  EXPECT_EQ(hotspots().front().state, HotspotState::kKnown);
  EXPECT_TRUE(watch_.take_news());  // of the first night
  quiet_until(now_ + 10h);
  poll();
  windows(2, job);
  EXPECT_FALSE(watch_.take_news());
  windows(1, job);
  EXPECT_TRUE(watch_.take_news());
  EXPECT_EQ(hotspots().front().state, HotspotState::kNew);
}

TEST_F(HotspotsOnAServer, OfAForeignKeyWithoutIndexNameItAndTheStatementThatFiresItsCheck) {
  execute(
      "CREATE TABLE customers (id int PRIMARY KEY); INSERT INTO customers SELECT generate_series(0, 30000);"
      "ALTER TABLE orders ADD CONSTRAINT orders_customer_fkey FOREIGN KEY (customer_id) REFERENCES customers;"
      "DROP INDEX orders_customer");
  execute("VACUUM ANALYZE");
  look();
  poll();
  now_ += 1h;  // long ago
  poll();
  int id = 20000;  // nobody's
  windows(3, [&] {
    std::string all;
    for (int i = 0; i < 5; ++i) all += "DELETE FROM customers WHERE id = " + std::to_string(++id) + ";";
    execute(all);
  });
  EXPECT_TRUE(watch_.take_news());
  ASSERT_THAT(hotspots(), SizeIs(1));
  auto orders = hotspot("orders");
  EXPECT_EQ(orders.state, HotspotState::kNew);
  EXPECT_EQ(orders.cause, advisor::HotspotCause::kMissingForeignKeyIndex);
  EXPECT_THAT(orders.foreign_keys, ElementsAre("orders_customer_fkey"));
  ASSERT_THAT(orders.statements, SizeIs(1));
  EXPECT_EQ(orders.statements.front().query_id, query_id("DELETE FROM customers%"));
  EXPECT_EQ(orders.statements.front().foreign_key, "orders_customer_fkey");
  advise();
  orders = hotspot("orders");
  EXPECT_EQ(orders.cause, advisor::HotspotCause::kMissingForeignKeyIndex);
  EXPECT_TRUE(orders.statements.front().planned);
  ASSERT_THAT(orders.recommendations, SizeIs(1));
  EXPECT_EQ(publication_.report()->databases.front().advice.recommendations.front().id,
            orders.recommendations.front());
}

TEST_F(HotspotsOnAServer, OfATableThatIsMadeAnewGoOn) {
  execute("DROP INDEX orders_customer");
  windows(3, [&] { execute_times(5, kByCustomer); });
  ASSERT_THAT(hotspots(), SizeIs(1));
  const auto since = hotspots().front().since;
  execute(
      "CREATE TABLE fresh AS SELECT * FROM orders; DROP TABLE orders; ALTER TABLE fresh RENAME TO orders; "
      "ANALYZE orders");
  windows(3, [&] { execute_times(5, kByCustomer); });
  ASSERT_THAT(hotspots(), SizeIs(1));
  EXPECT_EQ(hotspots().front().state, HotspotState::kNew);
  EXPECT_EQ(hotspots().front().since, since);
}

TEST_F(HotspotsOnAServer, SayWhyAndWhatCuresThem) {
  execute(
      "CREATE TABLE lines AS SELECT *, id % 5000 AS kind FROM orders;"
      "CREATE TABLE items AS SELECT * FROM orders; CREATE TABLE notes AS SELECT * FROM orders");
  execute("ANALYZE");  // not in their transaction, whose rows would count as changed since
  execute(
      "CREATE TABLE events AS SELECT * FROM orders; CREATE INDEX events_customer ON events (customer_id)");
  execute(
      "CREATE ROLE app LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO app;"
      "ALTER ROLE app SET enable_indexscan = off; ALTER ROLE app SET enable_bitmapscan = off");
  poll();
  now_ += 1h;  // long ago
  poll();
  std::string list = "1";
  for (int i = 2; i <= 150; ++i) list += "," + std::to_string(i);
  windows(3, [&] {
    auto app = pg::BlockingConnection::connect(cluster_.dsn(database_, "app"), "app").value();
    ASSERT_TRUE(app.execute(kByCustomer));
    execute("SELECT sum(total) FROM events WHERE customer_id IN (" + list + ")");
    execute("SELECT sum(total) FROM items WHERE id IS NOT NULL");
    execute("SELECT sum(total) FROM notes WHERE note <> 'y'");
    execute_times(3, "SELECT id FROM lines WHERE kind = 7");
  });
  ASSERT_THAT(hotspots(), SizeIs(5));
  EXPECT_EQ(hotspot("orders").cause, advisor::HotspotCause::kUnknown);
  advise();

  EXPECT_EQ(hotspot("orders").cause, advisor::HotspotCause::kPlannerSetting);
  EXPECT_THAT(hotspot("orders").reasons,
              ElementsAre(HasSubstr(
                  "would use index public.orders_customer, but enable_indexscan is off for role app")));
  EXPECT_FALSE(hotspot("orders").statements.front().planned);
  EXPECT_EQ(hotspot("events").cause, advisor::HotspotCause::kMissingStatistics);
  EXPECT_THAT(hotspot("events").reasons, ElementsAre(HasSubstr("never analysed (ANALYZE public.events)")));
  const auto lines = hotspot("lines");
  EXPECT_EQ(lines.cause, advisor::HotspotCause::kMissingIndex);
  ASSERT_THAT(lines.recommendations, SizeIs(1));
  EXPECT_TRUE(lines.statements.front().planned);
  const auto& advice = publication_.report()->databases.front().advice;
  const auto cure =
      std::ranges::find(advice.recommendations, lines.recommendations.front(), &advisor::Recommendation::id);
  ASSERT_NE(cure, advice.recommendations.end());
  EXPECT_THAT(cure->ddl, HasSubstr("ON public.lines (kind)"));
  // Their statements need all rows: nothing is wrong with that.
  EXPECT_EQ(hotspot("items").table.name, "");
  EXPECT_EQ(hotspot("notes").table.name, "") << "all but the only value";
  cluster_.execute("DROP OWNED BY app; DROP ROLE app", database_);
}

}  // namespace
}  // namespace pgadvisor::daemon
