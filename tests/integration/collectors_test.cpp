#include "collectors/database_collector.hpp"
#include "collectors/identity_collector.hpp"
#include "collectors/pg/blocking_connection.hpp"
#include "collectors/relations_collector.hpp"
#include "collectors/snapshot_collector.hpp"
#include "collectors/sql/statement_text.hpp"
#include "collectors/statements_collector.hpp"
#include "tests/support/cluster.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/run_coroutine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace pgadvisor::collectors {
namespace {

using model::NextStep;
using testing::Cluster;
using ::testing::HasSubstr;
using testing::run;

pg::Connection connect(const std::string& database = "postgres", const std::string& user = "postgres",
                       pg::ConnectionOptions options = {}) {
  return run(pg::Connection::connect(Cluster::shared().dsn(database, user), std::move(options))).value();
}

/// Servers before 15 show counters with a delay that nothing shortens.
bool shows_counters_at_once() {
  return testing::tested_major() >= 15;
}

/// A role without any privilege of its own.
std::string plain_role(const std::string& name) {
  Cluster::shared().execute("DROP ROLE IF EXISTS " + name + "; CREATE ROLE " + name + " LOGIN");
  return name;
}

const model::Table& table_named(const model::DatabaseSnapshot& snapshot, const std::string& name) {
  return *std::find_if(snapshot.tables.begin(), snapshot.tables.end(),
                       [&](const model::Table& table) { return table.name.name == name; });
}

const model::Index& index_named(const model::DatabaseSnapshot& snapshot, const std::string& name) {
  return *std::find_if(snapshot.indexes.begin(), snapshot.indexes.end(),
                       [&](const model::Index& index) { return index.name.name == name; });
}

model::DatabaseSnapshot snapshot_of(const std::string& database, const std::string& user = "postgres") {
  auto connection = connect(database, user);
  model::DatabaseProperties properties;
  properties.name = database;
  return run(collect_snapshot(connection, properties)).value();
}

std::string setting(const model::DatabaseSnapshot& snapshot, const std::string& name) {
  const auto found = std::find_if(snapshot.settings.begin(), snapshot.settings.end(),
                                  [&](const model::Setting& candidate) { return candidate.name == name; });
  return found == snapshot.settings.end() ? "none" : found->value;
}

TEST(Databases, ListsConnectableOnesThatTheFilterLetsThrough) {
  auto& cluster = Cluster::shared();
  cluster.execute("CREATE DATABASE \"shop eu\"");
  cluster.execute("CREATE DATABASE closed");
  cluster.execute("ALTER DATABASE closed ALLOW_CONNECTIONS false");
  auto connection = connect();
  const auto databases = run(collect_databases(connection, {{}, {"p*"}})).value();
  const auto has = [&](const std::string& name) {
    return std::any_of(databases.begin(), databases.end(),
                       [&](const auto& each) { return each.name == name; });
  };
  EXPECT_TRUE(has("shop eu"));
  EXPECT_FALSE(has("closed"));
  EXPECT_FALSE(has("template1"));
  EXPECT_FALSE(has("postgres"));
  EXPECT_EQ(databases.front().encoding, "UTF8");
}

TEST(Identity, TellsWhoTheServerIs) {
  auto connection = connect();
  const auto identity = run(collect_identity(connection)).value();
  EXPECT_EQ(identity.system_identifier,
            Cluster::shared().value("SELECT system_identifier FROM pg_control_system()"));
  EXPECT_EQ(identity.timeline, 1);
  EXPECT_FALSE(identity.in_recovery);
  EXPECT_EQ(identity.version / 10000, testing::tested_major());
  EXPECT_GT(identity.postmaster_start, model::Timestamp{});
}

TEST(Identity, LeavesOutWhatTheRoleMayNotCall) {
  auto& cluster = Cluster::shared();
  const auto database = cluster.create_database();
  cluster.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC", database);
  auto connection = connect(database, plain_role("nobody_identity"));
  const auto identity = run(collect_identity(connection));
  ASSERT_TRUE(identity) << to_string(identity.error());
  EXPECT_EQ(identity->system_identifier, "");
  EXPECT_EQ(identity->timeline, 1);
}

TEST(Relations, CountsAsPgStatUserTablesDoes) {
  if (!shows_counters_at_once()) GTEST_SKIP();
  auto& cluster = Cluster::shared();
  const auto database = cluster.create_database();
  cluster.execute(
      "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE INDEX t_a ON t (a);"
      "INSERT INTO t SELECT g, g % 10 FROM generate_series(1, 2000) g; UPDATE t SET a = 11 WHERE id < 5;"
      "DELETE FROM t WHERE id = 7; ANALYZE t",
      database);
  cluster.execute(
      "SET enable_seqscan = off; SET enable_bitmapscan = off; SELECT a FROM t WHERE id = 3; SELECT * FROM t "
      "WHERE a = "
      "11",
      database);
  cluster.query("SELECT count(*) FROM t", database);
  const auto real = [&] {
    const auto row = cluster.query(
        "SELECT seq_scan, seq_tup_read, idx_scan, idx_tup_fetch, n_tup_ins, n_tup_upd, n_tup_del, "
        "n_tup_hot_upd "
        "FROM pg_stat_user_tables WHERE relname = 't'",
        database);
    return model::TableCounters{row.integer(0, 0), row.integer(0, 1), row.integer(0, 2), row.integer(0, 3),
                                row.integer(0, 4), row.integer(0, 5), row.integer(0, 6), row.integer(0, 7)};
  };
  auto connection = connect(database);
  model::RelationPoll poll;
  // A session reports what it counted when it ends, which is after its client left.
  EXPECT_TRUE(testing::eventually([&] {
    poll = run(collect_relations(connection)).value();
    return real().seq_tup_read >= 1999 && poll.tables.at(0).counters == real();
  }));
  ASSERT_EQ(poll.tables.size(), 1U);
  ASSERT_EQ(poll.indexes.size(), 2U);
  const auto& counters = poll.tables[0].counters;
  EXPECT_EQ(counters, real());
  EXPECT_EQ(counters.inserted, 2000);
  EXPECT_GE(counters.idx_scan, 2);
  EXPECT_EQ(poll.tables[0].table, (model::ObjectName{"public", "t"}));
  EXPECT_EQ(poll.indexes[0].table, (model::ObjectName{"public", "t"}));
  EXPECT_GT(poll.taken_at, poll.postmaster_start);
}

TEST(Statements, CountCallsAndGiveTextsOfTheKeysAskedForOnly) {
  auto& cluster = Cluster::shared();
  cluster.execute("SELECT pg_stat_statements_reset()");
  for (int i = 0; i < 3; ++i) cluster.query("SELECT 'needle', generate_series(1, 5)");
  cluster.query("SELECT 'other' || 'thing'");
  auto connection = connect();
  const auto extension = run(find_statements_extension(connection)).value();
  EXPECT_EQ(extension.schema, "public");
  static const std::map<int, int> kMinor{{13, 8}, {14, 9}, {15, 10}, {16, 10}, {17, 11}, {18, 12}};
  EXPECT_EQ(extension.minor, kMinor.at(testing::tested_major()));
  const auto poll = run(collect_statements(connection, extension)).value();
  EXPECT_EQ(poll.stats_reset.has_value(), extension.minor >= 9);
  EXPECT_EQ(poll.evictions.value_or(0), 0);
  EXPECT_EQ(poll.statements.front().stats_since.has_value(), extension.minor >= 11);
  const auto three = std::find_if(poll.statements.begin(), poll.statements.end(),
                                  [](const auto& statement) { return statement.counters.calls == 3; });
  ASSERT_NE(three, poll.statements.end());
  EXPECT_EQ(three->counters.rows, 15);
  EXPECT_GT(three->counters.total_time.count(), 0);
  EXPECT_TRUE(three->key.toplevel);
  const auto texts = run(collect_statement_texts(connection, extension, {three->key})).value();
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_EQ(texts[0].text, "SELECT $1, generate_series($2, $3)");
}

/// The columns are those of the extension's version, whatever the server's; its schema and database may be
/// any.
TEST(Statements, AreReadFromEveryVersionOfTheExtensionInAnySchema) {
  auto& cluster = Cluster::shared();
  for (const auto& [version, minor] :
       std::map<std::string, int>{{"1.8", 8}, {"1.9", 9}, {"1.10", 10}, {"1.11", 11}, {"1.12", 12}}) {
    const auto available = cluster.value(
        "SELECT count(*) FROM pg_available_extension_versions WHERE name = 'pg_stat_statements' AND version "
        "= '" +
        version + "'");
    if (available == "0") continue;
    const auto database = cluster.create_database();
    cluster.execute(
        "CREATE SCHEMA \"Some stats\"; CREATE EXTENSION pg_stat_statements SCHEMA \"Some stats\" "
        "VERSION '" +
            version + "'",
        database);
    auto connection = connect(database);
    const auto extension = run(find_statements_extension(connection)).value();
    EXPECT_EQ(extension.minor, minor);
    const auto poll = run(collect_statements(connection, extension)).value();
    EXPECT_FALSE(poll.statements.empty()) << version;
    EXPECT_EQ(poll.evictions.has_value(), minor >= 9) << version;
    EXPECT_EQ(poll.stats_reset.has_value(), minor >= 9) << version;
    EXPECT_EQ(poll.statements.front().stats_since.has_value(), minor >= 11) << version;
    const auto texts =
        run(collect_statement_texts(connection, extension, {poll.statements.front().key})).value();
    EXPECT_EQ(texts.size(), 1U) << version;
  }
}

/// Before 18 a list of each length is an entry of its own.
TEST(Statements, WithListsOfAnyLengthAreOneToUs) {
  auto& cluster = Cluster::shared();
  const auto database = cluster.create_database();
  cluster.execute("CREATE EXTENSION pg_stat_statements; CREATE TABLE listed (a int)", database);
  for (const char* list : {"1, 2", "1, 2, 3", "4, 5, 6, 7"})
    cluster.execute(std::string("SELECT * FROM listed WHERE a IN (") + list + ")", database);
  const auto texts = cluster.query(
      "SELECT query FROM pg_stat_statements WHERE query LIKE 'SELECT * FROM listed%'", database);
  EXPECT_EQ(texts.size(), testing::tested_major() < 18 ? 3 : 1);
  std::set<std::string> fingerprints;
  for (int row = 0; row < texts.size(); ++row)
    fingerprints.insert(sql::redact(texts.text(row, 0)).value().fingerprint);
  EXPECT_EQ(fingerprints.size(), 1U);
}

/// What pg_stat_statements makes of constants with a type in front cannot be parsed until it is rewritten.
TEST(Statements, BecomePlannableAsTheServerNormalisedThem) {
  auto& cluster = Cluster::shared();
  const auto database = cluster.create_database();
  cluster.execute("CREATE EXTENSION pg_stat_statements; CREATE TABLE o (d timestamptz, n numeric, j jsonb)",
                  database);
  const std::vector<std::string> originals{
      "SELECT * FROM o WHERE d > now() - interval '1 day'",
      "SELECT * FROM o WHERE d > date '2020-01-01' + interval '3' day",
      "SELECT * FROM o WHERE d > timestamp with time zone '2020-01-01'",
      "SELECT * FROM o WHERE d > timestamp(3) with time zone '2020-01-02' AND extract(year FROM d) = 2020",
      "SELECT extract('month' from d), count(*) FROM o GROUP BY 1 ORDER BY 1 LIMIT 3",
      "SELECT * FROM o WHERE j @> jsonb '{}' AND n > numeric '5' AND n < double precision '7'",
      "SELECT substring('abc' from 2 for 1), position('a' in 'b'), d AT TIME ZONE 'UTC' FROM o"};
  cluster.execute("SELECT pg_stat_statements_reset()", database);
  for (const auto& original : originals) cluster.query(original, database);
  const auto texts = cluster.query(
      "SELECT s.query FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid "
      "WHERE d.datname = current_database() AND s.query LIKE '%$1%' AND s.query ~ ' o\\M'",
      database);
  EXPECT_EQ(texts.size(), static_cast<int>(originals.size()));
  for (int row = 0; row < texts.size(); ++row) {
    auto connection = pg::BlockingConnection::connect(cluster.dsn(database), "planner").value();
    const auto redacted = sql::redact(texts.text(row, 0));
    ASSERT_TRUE(redacted) << texts.text(row, 0);
    const auto prepared = connection.execute("PREPARE p AS " + sql::make_plannable(redacted->text));
    EXPECT_TRUE(prepared) << sql::make_plannable(redacted->text) << ": " << to_string(prepared.error());
  }
}

TEST(Statements, NameTheExactFixForAMissingExtension) {
  const auto database = Cluster::shared().create_database();
  auto connection = connect(database);
  const auto extension = run(find_statements_extension(connection));
  ASSERT_FALSE(extension);
  EXPECT_EQ(extension.error().next, NextStep::kGiveUp);
  EXPECT_EQ(extension.error().hint, "CREATE EXTENSION pg_stat_statements in database " + database);
}

TEST(Statements, NameTheExactFixForAMissingPrivilege) {
  plain_role("\"Plain\"");
  auto connection = connect("postgres", "Plain");
  const auto extension = run(find_statements_extension(connection));
  ASSERT_FALSE(extension);
  EXPECT_EQ(extension.error().hint, "GRANT pg_read_all_stats TO \"Plain\"");
}

TEST(Statements, NameTheExactFixWhenTheLibraryIsNotLoaded) {
  testing::ClusterOptions options;
  options.preload_statements = false;
  Cluster cluster(options);
  auto connection = run(pg::Connection::connect(cluster.dsn(), {})).value();
  const auto missing = run(find_statements_extension(connection));
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().hint, HasSubstr("shared_preload_libraries = 'pg_stat_statements'"));
  EXPECT_THAT(missing.error().hint, HasSubstr("CREATE EXTENSION"));
  cluster.execute("CREATE EXTENSION pg_stat_statements");
  const auto unloaded = run(find_statements_extension(connection));
  ASSERT_FALSE(unloaded);
  EXPECT_THAT(unloaded.error().hint, HasSubstr("restart"));
}

TEST(Statements, CountEvictionsOfASmallTable) {
  testing::ClusterOptions options;
  options.settings["pg_stat_statements.max"] = "100";
  Cluster cluster(options);
  auto connection = run(pg::Connection::connect(cluster.dsn(), {})).value();
  const auto extension = run(find_statements_extension(connection)).value();
  std::string script;
  std::string statement = "SELECT 1";
  for (int i = 0; i < 150; ++i) script += (statement += ", 1") + ";";
  cluster.execute(script);
  const auto evictions = run(collect_statements(connection, extension)).value().evictions;
  EXPECT_EQ(evictions.has_value(), extension.minor >= 9);
  EXPECT_EQ(evictions.value_or(0) > 0, extension.minor >= 9);
}

TEST(Snapshot, HoldsTheWholeCatalogOfUserTables) {
  auto& cluster = Cluster::shared();
  const auto database = cluster.create_database();
  cluster.execute(
      "CREATE EXTENSION pageinspect; CREATE SCHEMA \"Sales\";"
      "CREATE TABLE customers (id int PRIMARY KEY, gone text, email text NOT NULL, joined date);"
      "ALTER TABLE customers DROP COLUMN gone;"
      "CREATE TABLE \"Sales\".orders (id int, customer int REFERENCES customers (id), at timestamptz) "
      "PARTITION BY RANGE (id);"
      "CREATE TABLE \"Sales\".orders_1 PARTITION OF \"Sales\".orders FOR VALUES FROM (0) TO (1000000);"
      "CREATE INDEX special ON customers (lower(email) DESC, email text_pattern_ops, joined) INCLUDE (id) "
      "WHERE joined IS NOT NULL;"
      "CREATE INDEX plain ON customers (joined DESC, email);"
      "CREATE INDEX on_orders ON \"Sales\".orders (customer);"
      "INSERT INTO customers SELECT g, 'mail' || g, '2020-01-01'::date + g % 100 FROM generate_series(1, "
      "20000) g;"
      "CREATE TEMP TABLE temporary (a int); ANALYZE",
      database);
  const auto snapshot = snapshot_of(database);
  EXPECT_EQ(snapshot.tables.size(), 3U);
  EXPECT_TRUE(snapshot.limitations.empty()) << snapshot.limitations.front();

  const auto& customers = table_named(snapshot, "customers");
  EXPECT_EQ(customers.pages,
            std::stoll(cluster.value("SELECT pg_relation_size('customers') / 8192", database)));
  EXPECT_EQ(customers.reltuples, 20000);
  ASSERT_EQ(customers.columns.size(), 3U);
  EXPECT_EQ(customers.columns[1].name, "email");
  EXPECT_EQ(customers.columns[1].number, 3);
  EXPECT_TRUE(customers.columns[1].not_null);
  EXPECT_EQ(customers.columns[1].length, -1);
  EXPECT_EQ(table_named(snapshot, "orders").kind, 'p');
  EXPECT_TRUE(table_named(snapshot, "orders").has_children);
  EXPECT_EQ(table_named(snapshot, "orders_1").parent, table_named(snapshot, "orders").oid);

  const auto& special = index_named(snapshot, "special");
  EXPECT_EQ(special.columns, (std::vector<std::int16_t>{0, 3, 4, 1}));
  EXPECT_EQ(special.key_count, 3);
  EXPECT_EQ(special.options, (std::vector<std::int16_t>{3, 0, 0}));
  EXPECT_TRUE(special.is_partial && special.has_expressions && special.has_special_keys);
  const auto& plain = index_named(snapshot, "plain");
  EXPECT_FALSE(plain.has_special_keys || plain.is_unique || plain.backs_constraint);
  EXPECT_EQ(plain.tree_height, std::stoi(cluster.value("SELECT fastlevel FROM bt_metap('plain')", database)));
  EXPECT_TRUE(index_named(snapshot, "customers_pkey").backs_constraint);
  EXPECT_EQ(index_named(snapshot, "orders_1_customer_idx").parent, index_named(snapshot, "on_orders").oid);

  ASSERT_EQ(snapshot.foreign_keys.size(), 1U);
  EXPECT_EQ(snapshot.foreign_keys[0].columns, std::vector<std::string>{"customer"});
  EXPECT_EQ(snapshot.foreign_keys[0].referenced_columns, std::vector<std::string>{"id"});

  const auto on_email = std::find_if(
      snapshot.column_statistics.begin(), snapshot.column_statistics.end(),
      [](const auto& each) { return each.relation.name == "customers" && each.column == "joined"; });
  ASSERT_NE(on_email, snapshot.column_statistics.end());
  EXPECT_TRUE(on_email->most_common_values->starts_with("{20")) << *on_email->most_common_values;
  EXPECT_TRUE(std::any_of(
      snapshot.column_statistics.begin(), snapshot.column_statistics.end(),
      [](const auto& each) { return each.relation.name == "special" && each.column == "lower"; }));
}

TEST(Snapshot, KeepsProductionsSettingsNotThoseOfOurConnection) {
  auto& cluster = Cluster::shared();
  const auto database = cluster.create_database();
  cluster.execute("ALTER DATABASE " + database + " SET random_page_cost = 1.25; ALTER DATABASE " + database +
                  " SET DateStyle = 'SQL, DMY'; ALTER DATABASE " + database +
                  " SET search_path = app, public");
  cluster.execute("CREATE TABLE t AS SELECT '2020-02-01'::date AS d FROM generate_series(1, 100); ANALYZE t",
                  database);
  const auto snapshot = snapshot_of(database);
  EXPECT_EQ(setting(snapshot, "random_page_cost"), "1.25");
  EXPECT_EQ(setting(snapshot, "jit"), "on");
  EXPECT_EQ(setting(snapshot, "work_mem"), "4096");
  EXPECT_EQ(setting(snapshot, "max_parallel_workers_per_gather"), "2");
  EXPECT_EQ(setting(snapshot, "search_path"), "app, public");
  EXPECT_EQ(setting(snapshot, "DateStyle"), "SQL, DMY");
  EXPECT_EQ(snapshot.column_statistics.at(0).most_common_values, "{2020-02-01}");
}

TEST(Snapshot, SaysWhichStatisticsTheRoleMayNotReadAndHowToOpenThem) {
  if (testing::tested_major() < 14) GTEST_SKIP() << "no pg_read_all_data";
  auto& cluster = Cluster::shared();
  const auto database = cluster.create_database();
  cluster.execute("CREATE TABLE hidden AS SELECT g AS a FROM generate_series(1, 100) g; ANALYZE hidden",
                  database);
  const auto role = plain_role("nobody_snapshot");
  const auto blind = snapshot_of(database, role);
  EXPECT_TRUE(blind.column_statistics.empty());
  ASSERT_EQ(blind.limitations.size(), 1U);
  EXPECT_THAT(blind.limitations[0], HasSubstr("GRANT pg_read_all_data TO nobody_snapshot"));
  EXPECT_THAT(blind.limitations[0], HasSubstr("public.hidden"));
  cluster.execute("GRANT pg_read_all_data TO " + role);
  const auto seeing = snapshot_of(database, role);
  EXPECT_TRUE(seeing.limitations.empty());
  EXPECT_EQ(seeing.column_statistics.size(), 1U);
}

TEST(Snapshot, TakesTheLastKnownSizeOfALockedTable) {
  auto& cluster = Cluster::shared();
  const auto database = cluster.create_database();
  cluster.execute(
      "CREATE TABLE locked AS SELECT g AS a FROM generate_series(1, 1000) g;"
      "CREATE TABLE free AS SELECT g AS a FROM generate_series(1, 1000) g",
      database);
  auto blocker = pg::BlockingConnection::connect(cluster.dsn(database), "blocker").value();
  ASSERT_TRUE(blocker.execute("BEGIN; LOCK TABLE locked IN ACCESS EXCLUSIVE MODE"));
  pg::ConnectionOptions options;
  options.lock_timeout = std::chrono::milliseconds(50);
  auto connection = connect(database, "postgres", options);
  const auto snapshot = run(collect_snapshot(connection, {})).value();
  EXPECT_EQ(table_named(snapshot, "locked").pages, 0);
  EXPECT_GE(table_named(snapshot, "free").pages, 5);
  ASSERT_EQ(snapshot.limitations.size(), 1U);
  EXPECT_THAT(snapshot.limitations[0], HasSubstr("1 relations that are locked"));
}

TEST(Fingerprint, MovesWithDdlAndAnalyzeOnly) {
  if (!shows_counters_at_once()) GTEST_SKIP();
  auto& cluster = Cluster::shared();
  const auto database = cluster.create_database();
  cluster.execute("CREATE TABLE t (a int, b int); CREATE TABLE u (a int)", database);
  auto connection = connect(database);
  const auto fingerprint = [&] { return run(collect_fingerprint(connection)).value(); };
  std::string before = fingerprint();
  cluster.execute("INSERT INTO t SELECT 1, 2 FROM generate_series(1, 100); CREATE TEMP TABLE x (a int)",
                  database);
  EXPECT_EQ(fingerprint(), before);
  for (const char* change :
       {"CREATE INDEX i ON t (a)", "ALTER INDEX i RENAME TO j", "ALTER TABLE t DROP COLUMN b",
        "ALTER TABLE t RENAME COLUMN a TO c", "DROP TABLE u", "CREATE EXTENSION pg_trgm",
        "ANALYZE t; SELECT pg_stat_force_next_flush()"}) {
    cluster.execute(change, database);
    const std::string after = fingerprint();
    EXPECT_NE(after, before) << change;
    before = after;
  }
}

}  // namespace
}  // namespace pgadvisor::collectors
