// The rules on existing indexes and foreign keys, each as a situation in a real PostgreSQL. The table `t` of
// a situation gets the situation's name; all of them are in one database, looked at once.
#include "advisor/index_health/index_health.hpp"
#include "daemon/one_look.hpp"
#include "tests/integration/clone_support.hpp"
#include "tests/support/daemon.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <string>
#include <vector>

namespace pgadvisor::index_health {
namespace {

using testing::Cluster;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Situation {
  std::string name;
  std::string sql;  ///< of a table t and its indexes, whose names start with t_
  /// Index without "t_" -> verdict, and "= keeper" or "/ detail" where there is one.
  std::map<std::string, std::string> verdicts;
};

void PrintTo(const Situation& situation, std::ostream* out) {
  *out << situation.name;
}

const std::vector<Situation>& situations() {
  static const std::vector<Situation> all = {
      {"OneColumnBesideTheTwelfth",
       "CREATE TABLE t(c1 int, c2 int, c3 int, c4 int, c5 int, c6 int, c7 int, c8 int, c9 int, c10 int, c11 "
       "int, c12 "
       "int); CREATE INDEX t_1 ON t(c1); CREATE INDEX t_12 ON t(c12, c3)",
       {{"1", "observing"}, {"12", "observing"}}},
      {"Collations",
       "CREATE TABLE t(s text); CREATE INDEX t_s ON t(s); CREATE INDEX t_c ON t(s COLLATE \"C\")",
       {{"s", "observing"}, {"c", "observing"}}},
      {"MixedDirections",
       "CREATE TABLE t(a int, b int); CREATE INDEX t_1 ON t(a, b); CREATE INDEX t_2 ON t(a, b DESC)",
       {{"1", "observing"}, {"2", "observing"}}},
      {"OperatorClasses",
       "CREATE TABLE t(s text); CREATE INDEX t_s ON t(s); CREATE INDEX t_p ON t(s text_pattern_ops)",
       {{"s", "observing"}, {"p", "observing"}}},
      {"BtreeBesideHash",
       "CREATE TABLE t(a int); CREATE INDEX t_b ON t(a); CREATE INDEX t_h ON t USING hash (a)",
       {{"b", "observing"}, {"h", "observing"}}},
      {"KeyBesideInclude",
       "CREATE TABLE t(a int, b int); CREATE INDEX t_ab ON t(a, b); CREATE INDEX t_i ON t(a) INCLUDE (b)",
       {{"ab", "protected"}, {"i", "redundant = ab"}}},
      {"OtherExpressions",
       "CREATE TABLE t(a text, b text); CREATE INDEX t_1 ON t(lower(a), b); CREATE INDEX t_2 ON t(upper(b))",
       {{"1", "observing"}, {"2", "observing"}}},
      {"NullsNotDistinct",
       "CREATE TABLE t(a int); CREATE UNIQUE INDEX t_1 ON t(a); CREATE UNIQUE INDEX t_2 ON t(a) NULLS NOT "
       "DISTINCT",
       {{"1", "review = 2"}, {"2", "protected"}}},
      {"IdenticalPartialIndexes",
       "CREATE TABLE t(a int, b int); CREATE INDEX t_1 ON t(a) WHERE b > 5 AND a IS NOT NULL; "
       "CREATE INDEX t_2 ON t(a) WHERE (a IS NOT NULL) AND (b>5)",
       {{"1", "protected"}, {"2", "duplicate = 1"}}},
      {"IdenticalExpressions",
       "CREATE TABLE t(s varchar(9)); CREATE INDEX t_1 ON t(lower(s)); CREATE INDEX t_2 ON t(lower(s::text))",
       {{"1", "protected"}, {"2", "duplicate = 1"}}},
      {"OtherPredicates",
       "CREATE TABLE t(a int, b int); CREATE INDEX t_1 ON t(a) WHERE b > 5; CREATE INDEX t_2 ON t(a) WHERE b "
       "> 6",
       {{"1", "observing"}, {"2", "observing"}}},
      {"OtherFillfactor",
       "CREATE TABLE t(a int); CREATE INDEX t_1 ON t(a); CREATE INDEX t_2 ON t(a) WITH (fillfactor = 70)",
       {{"1", "protected"}, {"2", "duplicate = 1"}}},
      {"ChainWithOneKeeper",
       "CREATE TABLE t(a int, b int); CREATE INDEX t_1 ON t(a); CREATE INDEX t_2 ON t(a); CREATE INDEX t_ab "
       "ON t(a, b)",
       {{"1", "redundant = ab"}, {"2", "redundant = ab"}, {"ab", "protected"}}},
      {"BackwardsOnOneColumn",
       "CREATE TABLE t(a int); CREATE INDEX t_1 ON t(a); CREATE INDEX t_2 ON t(a DESC)",
       {{"1", "protected"}, {"2", "redundant = 1"}}},
      {"BackwardsOnTwoColumns",
       "CREATE TABLE t(a int, b int); CREATE INDEX t_1 ON t(a, b); CREATE INDEX t_2 ON t(a DESC, b DESC)",
       {{"1", "protected"}, {"2", "redundant = 1"}}},
      {"IncludeBesideAnotherColumn",
       "CREATE TABLE t(a int, b int, c int); CREATE INDEX t_ab ON t(a, b); CREATE INDEX t_i ON t(a) INCLUDE "
       "(c)",
       {{"ab", "protected"}, {"i", "review = ab"}}},
      {"UniqueBesideWider",
       "CREATE TABLE t(id int, code int); CREATE UNIQUE INDEX t_u ON t(id); CREATE INDEX t_w ON t(id, code)",
       {{"u", "protected"}, {"w", "observing"}}},
      {"ReplicaIdentityBesideItsTwin",
       "CREATE TABLE t(a int NOT NULL); CREATE UNIQUE INDEX t_1 ON t(a); CREATE UNIQUE INDEX t_2 ON t(a); "
       "ALTER TABLE t REPLICA IDENTITY USING INDEX t_2",
       {{"1", "duplicate = 2"}, {"2", "protected"}}},
      {"TwoConstraintsAndAForeignKey",
       "CREATE TABLE t(a int); ALTER TABLE t ADD CONSTRAINT t_1 UNIQUE (a); ALTER TABLE t ADD CONSTRAINT t_2 "
       "UNIQUE "
       "(a); CREATE TABLE t_child(x int REFERENCES t(a)); CREATE INDEX ON t_child(x)",
       {{"1", "protected"}, {"2", "review = 1"}}},
      {"InvalidTwin",
       "CREATE TABLE t(a int); CREATE INDEX t_1 ON t(a); CREATE INDEX t_2 ON t(a); "
       "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 't_2'::regclass",
       {{"1", "observing"}, {"2", "invalid / failed"}}},
      {"PartitionsAndTheirParents",
       "CREATE TABLE t(a int, b int) PARTITION BY RANGE (a); CREATE TABLE t_p1 PARTITION OF t FOR VALUES "
       "FROM (0) TO "
       "(10); CREATE TABLE t_p2 PARTITION OF t FOR VALUES FROM (10) TO (20); CREATE INDEX t_1 ON t(a); "
       "CREATE INDEX "
       "t_2 ON t(a); CREATE INDEX t_own ON t_p1(a); CREATE INDEX t_b ON t_p1(b)",
       {{"1", "protected"}, {"2", "duplicate = 1"}, {"own", "duplicate = p1_a_idx"}, {"b", "observing"}}},
      {"GinOnMoreColumns",
       "CREATE TABLE t(a int[], b int[]); CREATE INDEX t_ab ON t USING gin (a, b); CREATE INDEX t_b ON t "
       "USING gin (b)",
       {{"ab", "protected"}, {"b", "redundant = ab"}}},
      {"BrinOnMoreColumns",
       "CREATE TABLE t(a int, b int); CREATE INDEX t_ab ON t USING brin (a, b); CREATE INDEX t_b ON t USING "
       "brin (b); "
       "CREATE INDEX t_r ON t USING brin (b) WITH (pages_per_range = 8)",
       {{"ab", "protected"}, {"b", "redundant = ab"}, {"r", "review = ab"}}},
      {"GistOnMoreColumns",
       "CREATE TABLE t(a point, b point); CREATE INDEX t_ab ON t USING gist (a, b); CREATE INDEX t_a ON t "
       "USING gist "
       "(a); CREATE INDEX t_a2 ON t USING gist (a)",
       {{"ab", "observing"}, {"a", "protected"}, {"a2", "duplicate = a"}}},
      {"PartialBesideFull",
       "CREATE TABLE t(a int, b int); CREATE INDEX t_f ON t(a); CREATE INDEX t_p ON t(a, b) WHERE b > 5",
       {{"f", "observing"}, {"p", "observing"}}},
      {"HashTwice",
       "CREATE TABLE t(a int, b int); CREATE INDEX t_1 ON t USING hash (a); CREATE INDEX t_2 ON t USING hash "
       "(a); "
       "CREATE INDEX t_b ON t USING hash (b)",
       {{"1", "protected"}, {"2", "duplicate = 1"}, {"b", "observing"}}},
      {"UniqueOfSomeRowsBesideUniqueOfAll",
       "CREATE TABLE t(a int, b int); CREATE UNIQUE INDEX t_all ON t(a); CREATE UNIQUE INDEX t_some ON t(a) "
       "WHERE "
       "b > 5; CREATE TABLE t_o(a int, b int); CREATE INDEX t_o_all ON t_o(a); CREATE UNIQUE INDEX t_o_some "
       "ON "
       "t_o(a) WHERE b > 5",
       {{"all", "protected"}, {"some", "protected"}, {"o_all", "observing"}, {"o_some", "protected"}}},
      {"UniqueTwice",
       "CREATE TABLE t(a int, b int); CREATE UNIQUE INDEX t_1 ON t(a, b); CREATE UNIQUE INDEX t_2 ON t(a, "
       "b); "
       "CREATE UNIQUE INDEX t_3 ON t(a, b DESC)",
       {{"1", "protected"}, {"2", "duplicate = 1"}, {"3", "protected"}}},
      {"IncludeWithinTheKeepers",
       "CREATE TABLE t(a int, b int, c int); CREATE INDEX t_k ON t(a, b) INCLUDE (c); CREATE INDEX t_i ON "
       "t(a) "
       "INCLUDE (c, b)",
       {{"k", "protected"}, {"i", "redundant = k"}}},
      {"FullBesidePartial",
       "CREATE TABLE t(a int, b int); CREATE INDEX t_f ON t(a); CREATE INDEX t_p ON t(a) WHERE b > 5",
       {{"f", "protected"}, {"p", "review = f"}}},
      {"PlainBesideUnique",
       "CREATE TABLE t(a int PRIMARY KEY); CREATE INDEX t_1 ON t(a)",
       {{"pkey", "protected"}, {"1", "redundant = pkey"}}},
      {"DeferredConstraint",
       "CREATE TABLE t(a int); ALTER TABLE t ADD CONSTRAINT t_d UNIQUE (a) DEFERRABLE; CREATE UNIQUE INDEX "
       "t_u ON t(a)",
       {{"d", "protected"}, {"u", "protected"}}},
      {"Clustered",
       "CREATE TABLE t(a int); CREATE INDEX t_1 ON t(a); CREATE INDEX t_2 ON t(a); ALTER TABLE t CLUSTER ON "
       "t_2",
       {{"1", "duplicate = 2"}, {"2", "protected"}}},
      {"MuchLargerKeeper",
       "CREATE TABLE t(a int, s text); INSERT INTO t SELECT i % 5, repeat(md5(i::text), 3) FROM "
       "generate_series(1, "
       "5000) i; CREATE INDEX t_a ON t(a); CREATE INDEX t_as ON t(a, s)",
       {{"a", "review = as"}, {"as", "protected"}}},
      {"Exclusion",
       "CREATE TABLE t(r int4range, EXCLUDE USING gist (r WITH &&)); ALTER INDEX t_r_excl RENAME TO t_x; "
       "CREATE INDEX "
       "t_r ON t USING gist (r)",
       {{"x", "protected"}, {"r", "redundant = x"}}},
      {"OfAnExtension",
       "CREATE TABLE t(a int); CREATE INDEX t_1 ON t(a); CREATE INDEX t_2 ON t(a); ALTER EXTENSION plpgsql "
       "ADD TABLE t",
       {{"1", "protected"}, {"2", "protected"}}},
      {"OperatorClassParameters",
       "CREATE TABLE t(s text); CREATE INDEX t_1 ON t USING gist (s gist_trgm_ops(siglen = 32)); CREATE "
       "INDEX t_2 ON t "
       "USING gist (s gist_trgm_ops)",
       {{"1", "observing"}, {"2", "observing"}}},
      {"Used",
       "CREATE TABLE t(a int); INSERT INTO t SELECT generate_series(1, 5000); CREATE INDEX t_1 ON t(a); "
       "ANALYZE t; "
       "SET enable_seqscan = off; SELECT count(*) FROM t WHERE a = 7",
       {{"1", "ok"}}},
      {"FewValues",
       "CREATE TABLE t(done boolean, note text); INSERT INTO t SELECT i % 50 <> 0, repeat('x', 400) FROM "
       "generate_series(1, 20000) i; CREATE INDEX t_d ON t(done); ANALYZE t",
       {{"d", "review / low_cardinality"}}},
      {"LargerThanItsTable",
       "CREATE TABLE t(s text); INSERT INTO t SELECT md5(i::text) FROM generate_series(1, 90000) i; CREATE "
       "INDEX t_s ON "
       "t(s); CREATE INDEX t_h ON t(md5(s), md5(s || 'x')); ANALYZE t",
       {{"h", "review / oversized"}, {"s", "observing"}}},
      {"Bloated",
       "CREATE TABLE t(a int) WITH (fillfactor = 40); INSERT INTO t SELECT generate_series(1, 700000); "
       "CREATE INDEX t_b "
       "ON t(a); DELETE FROM t WHERE a > 200000; VACUUM t; ANALYZE t",
       {{"b", "bloated"}}},
  };
  return all;
}

/// "t" and "t_..." as words become the situation's own.
std::string named(const std::string& sql, const std::string& name) {
  static const std::regex kTable("\\bt(?=_|\\b)");
  return std::regex_replace(sql, kTable, name);
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Each statement by itself: VACUUM and CLUSTER take no transaction with them.
void build(const Situation& situation, const std::string& database) {
  std::string set;
  std::istringstream statements(named(situation.sql, lower(situation.name)));
  for (std::string statement; std::getline(statements, statement, ';');) {
    if (statement.find("SET ") == 0 || statement.find(" SET enable") == 0) {
      set = statement + ";";
    } else {
      Cluster::shared().execute(set + statement, database);
    }
  }
}

/// All situations in one database, and what is said of their indexes after one look.
class Examined {
 public:
  static const Examined& get() {
    static const Examined examined;
    return examined;
  }

  const advisor::IndexReport& of(const std::string& index) const {
    const auto found =
        std::ranges::find(health.indexes, index, [](const auto& report) { return report.index.name; });
    if (found == health.indexes.end()) throw std::runtime_error("nothing is said of " + index);
    return *found;
  }
  bool speaks_of(const std::string& index) const {
    return std::ranges::count(health.indexes, index, [](const auto& report) { return report.index.name; }) >
           0;
  }

  std::string database = Cluster::shared().create_database();
  advisor::IndexHealth health;

 private:
  Examined() {
    Cluster::shared().execute("CREATE EXTENSION pg_trgm; SET allow_system_table_mods = on", database);
    for (const auto& situation : situations()) build(situation, database);
    const auto observation =
        daemon::observe(Cluster::shared().dsn(database), {}, daemon::WithActivity::kIfPossible).value();
    auto twin =
        sandbox::Database::clone(sandbox::server(), Cluster::shared().dsn(), observation.snapshot).value();
    const auto usage = daemon::usage_at_once({{"primary", observation.poll, {}}});
    const std::vector<model::IndexMemory> memory;
    health = examine({observation.snapshot, *observation.activity, usage, memory}, {}, {}, &twin, {}).value();
  }
};

class IndexSituation : public ::testing::TestWithParam<Situation> {};

TEST_P(IndexSituation, GetsItsVerdicts) {
  const auto& examined = Examined::get();
  const auto prefix = lower(GetParam().name) + "_";
  for (const auto& [index, expected] : GetParam().verdicts) {
    const auto& report = examined.of(prefix + index);
    std::string found = report.verdict;
    if (!report.keeper.empty()) found += " = " + report.keeper.substr(prefix.size());
    if (report.keeper.empty() && !report.detail.empty()) found += " / " + report.detail;
    EXPECT_EQ(found, expected) << index << ": " << ::testing::PrintToString(report.reasons);
    EXPECT_FALSE(report.reasons.empty()) << index;
    EXPECT_EQ(report.ddl.empty(), report.rollback.empty() && report.verdict != "bloated") << report.ddl;
  }
}

INSTANTIATE_TEST_SUITE_P(Real, IndexSituation, ::testing::ValuesIn(situations()),
                         [](const auto& one) { return one.param.name; });

TEST(IndexVerdicts, LeaveOutTheIndexesOfPartitionsThatBelongToAParents) {
  EXPECT_FALSE(Examined::get().speaks_of("partitionsandtheirparents_p1_a_idx"));
  EXPECT_FALSE(Examined::get().speaks_of("partitionsandtheirparents_p2_a_idx1"));
}

TEST(IndexVerdicts, ComeWithTheDropAndTheWayBack) {
  const auto& examined = Examined::get();
  const auto& report = examined.of("otherfillfactor_2");
  EXPECT_EQ(report.ddl, "DROP INDEX CONCURRENTLY public.otherfillfactor_2");
  EXPECT_EQ(report.rollback,
            "CREATE INDEX CONCURRENTLY otherfillfactor_2 ON public.otherfillfactor USING btree (a) WITH "
            "(fillfactor='70')");
  EXPECT_GT(report.reclaimable.value, 0);
  EXPECT_TRUE(report.rehearsal.has_value());
  const auto& constraint = examined.of("twoconstraintsandaforeignkey_2");
  EXPECT_EQ(constraint.ddl,
            "ALTER TABLE public.twoconstraintsandaforeignkey DROP CONSTRAINT twoconstraintsandaforeignkey_2");
  EXPECT_EQ(constraint.rollback,
            "ALTER TABLE public.twoconstraintsandaforeignkey ADD CONSTRAINT twoconstraintsandaforeignkey_2 "
            "UNIQUE (a)");
  EXPECT_EQ(examined.of("invalidtwin_2").rollback,
            "CREATE INDEX CONCURRENTLY invalidtwin_2 ON public.invalidtwin USING btree (a)");
  EXPECT_EQ(examined.of("bloated_b").ddl, "REINDEX INDEX CONCURRENTLY public.bloated_b");
}

TEST(IndexVerdicts, AreTakenBackByTheirWayBack) {
  const auto& examined = Examined::get();
  auto& cluster = Cluster::shared();
  const auto definitions = [&] {
    return cluster.value(
        "SELECT string_agg(pg_get_indexdef(indexrelid), E'\\n' ORDER BY indexrelid::regclass::text) "
        "FROM pg_index JOIN pg_class ON pg_class.oid = indrelid WHERE relnamespace = 'public'::regnamespace "
        "AND indisvalid",
        examined.database);
  };
  const auto before = definitions();
  int dropped = 0;
  for (const auto& report : examined.health.indexes) {
    if (report.rollback.empty() || report.verdict == "invalid") continue;
    // Made again, an index of a partitioned table takes an equal one of a partition for its own part.
    if (report.index.name.starts_with("partitionsandtheirparents")) continue;
    cluster.execute(report.ddl, examined.database);
    cluster.execute(report.rollback, examined.database);
    ++dropped;
  }
  EXPECT_GT(dropped, 15);
  EXPECT_EQ(definitions(), before);
}

/// Tables whose foreign keys are missed, by the index that the name speaks of.
constexpr const char* kForeignKeys = R"(
CREATE TABLE parent(x int, y int, s text, PRIMARY KEY (x, y), UNIQUE (x), UNIQUE (y), UNIQUE (s));
INSERT INTO parent SELECT i, i, i FROM generate_series(1, 1000) i;
CREATE TABLE none(x int REFERENCES parent(x));
CREATE TABLE plain(x int REFERENCES parent(x)); CREATE INDEX ON plain(x);
CREATE TABLE hashed(x int REFERENCES parent(x)); CREATE INDEX ON hashed USING hash (x);
CREATE TABLE first_of_two(x int REFERENCES parent(x), z int); CREATE INDEX ON first_of_two(x, z);
CREATE TABLE second_of_two(x int REFERENCES parent(x), z int); CREATE INDEX ON second_of_two(z, x);
CREATE TABLE other_order(x int, y int, FOREIGN KEY (x, y) REFERENCES parent); CREATE INDEX ON other_order(y, x);
CREATE TABLE included(x int, y int, FOREIGN KEY (x, y) REFERENCES parent); CREATE INDEX ON included(x) INCLUDE (y);
CREATE TABLE without_nulls(x int REFERENCES parent(x)); CREATE INDEX ON without_nulls(x) WHERE x IS NOT NULL;
CREATE TABLE some_rows(x int REFERENCES parent(x), st int); CREATE INDEX ON some_rows(x) WHERE st = 1;
CREATE TABLE brin(x int REFERENCES parent(x)); CREATE INDEX ON brin USING brin (x);
CREATE EXTENSION btree_gin;
CREATE TABLE gin(x int REFERENCES parent(x)); CREATE INDEX ON gin USING gin (x);
CREATE TABLE invalid(x int REFERENCES parent(x)); CREATE INDEX invalid_x ON invalid(x);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'invalid_x'::regclass;
CREATE TABLE patterns(s text REFERENCES parent(s)); CREATE INDEX ON patterns(s text_pattern_ops);
CREATE TABLE collated(s text REFERENCES parent(s)); CREATE INDEX ON collated(s COLLATE "C");
CREATE TABLE wider(x bigint REFERENCES parent(x)); CREATE INDEX ON wider(x);
CREATE TABLE two_keys(x int REFERENCES parent(x), CONSTRAINT again FOREIGN KEY (x) REFERENCES parent(y));
CREATE TABLE tree(x int REFERENCES parent(x)) PARTITION BY RANGE (x);
CREATE TABLE tree_1 PARTITION OF tree FOR VALUES FROM (0) TO (100);
CREATE TABLE tree_2 PARTITION OF tree FOR VALUES FROM (100) TO (2000);
CREATE TABLE leaves(x int REFERENCES parent(x)) PARTITION BY RANGE (x);
CREATE TABLE leaves_1 PARTITION OF leaves FOR VALUES FROM (0) TO (2000); CREATE INDEX ON leaves_1(x);
CREATE TABLE large(x int REFERENCES parent(x), note text);
INSERT INTO large SELECT 1 + i % 900, repeat('x', 400) FROM generate_series(1, 25000) i;
)";

class ForeignKeySituations : public ::testing::Test {
 protected:
  static advisor::IndexHealth examined() {
    const auto observation =
        daemon::observe(Cluster::shared().dsn(database()), {}, daemon::WithActivity::kIfPossible).value();
    const auto usage = daemon::usage_at_once({{"primary", observation.poll, {}}});
    const std::vector<model::IndexMemory> memory;
    return examine({observation.snapshot, *observation.activity, usage, memory}, {}, {}, nullptr, {}).value();
  }
  static const std::string& database() {
    static const std::string made = sandbox::make_database(kForeignKeys);
    return made;
  }
  static const advisor::ForeignKeyReport* of(const advisor::IndexHealth& health, const std::string& table) {
    const auto found =
        std::ranges::find(health.foreign_keys, table, [](const auto& report) { return report.table.name; });
    return found == health.foreign_keys.end() ? nullptr : &*found;
  }
};

TEST_F(ForeignKeySituations, MissAnIndexWherePostgresReadsTheWholeTable) {
  const auto health = examined();
  std::vector<std::string> missed;
  for (const auto& report : health.foreign_keys) missed.push_back(report.table.name);
  EXPECT_THAT(missed,
              ::testing::UnorderedElementsAre("none", "second_of_two", "included", "some_rows", "brin", "gin",
                                              "invalid", "collated", "two_keys", "tree", "large"));
  EXPECT_EQ(of(health, "two_keys")->names.size(), 2U);
  EXPECT_EQ(of(health, "tree")->ddl, "CREATE INDEX ix_tree_x ON public.tree (x)");
}

/// The verdict beside what the server does: a check without an index counts as a sequential scan.
TEST_F(ForeignKeySituations, AreJudgedAsTheServerExecutesTheCheck) {
  const auto health = examined();
  auto& cluster = Cluster::shared();
  // Not those that an index finds at a cost, which the planner takes as long as the tables are empty: by all
  // of it (second_of_two), or through a bitmap (brin, gin).
  for (const char* table : {"none", "plain", "hashed", "first_of_two", "other_order", "without_nulls",
                            "some_rows", "invalid", "patterns", "collated", "wider"}) {
    const auto scans = [&] {
      return std::stoll(cluster.value(
          fmt::format("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = '{}'", table), database()));
    };
    const auto before = scans();
    cluster.execute(
        "SET enable_seqscan = off; DELETE FROM parent WHERE x = 1000; "
        "INSERT INTO parent VALUES (1000, 1000, 1000)",
        database());
    const bool missed = of(health, table) != nullptr;
    EXPECT_TRUE(testing::eventually([&] { return (scans() > before) == missed; })) << table;
  }
}

TEST_F(ForeignKeySituations, MatterByWhatHappensToTheParentAndByTheSizeOfTheChild) {
  auto& cluster = Cluster::shared();
  cluster.execute("SELECT pg_stat_reset()", database());
  cluster.execute("ANALYZE large", database());
  EXPECT_EQ(of(examined(), "large")->severity, advisor::Severity::kWarning);
  cluster.execute("DELETE FROM parent WHERE x = 950", database());
  const auto health = examined();
  EXPECT_EQ(of(health, "large")->severity, advisor::Severity::kCritical);
  EXPECT_EQ(of(health, "large")->changes, 1);
  EXPECT_EQ(health.foreign_keys.front().table.name, "large");
  EXPECT_EQ(of(health, "none")->severity, advisor::Severity::kInfo);
}

TEST(IndexVerdicts, SayHowMuchLargerAnIndexIsThanItHasToBe) {
  const auto& report = Examined::get().of("bloated_b");
  ASSERT_TRUE(report.size_ratio.has_value());
  EXPECT_NEAR(*report.size_ratio, 3.5, 0.4);
  EXPECT_NEAR(static_cast<double>(report.reclaimable.value), 0.714 * static_cast<double>(report.size.value),
              0.05 * static_cast<double>(report.size.value));
}

}  // namespace
}  // namespace pgadvisor::index_health
