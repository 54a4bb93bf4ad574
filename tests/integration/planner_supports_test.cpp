#include "advisor/sandbox/database.hpp"
#include "tests/integration/planner_twins.hpp"
#include "tests/support/cluster.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace pgadvisor::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kDocuments = R"(
CREATE SCHEMA extensions;
CREATE EXTENSION pg_trgm SCHEMA extensions;
CREATE EXTENSION citext;
CREATE TABLE documents(id int PRIMARY KEY, title text, code text COLLATE "C", kind varchar(10), mail citext,
  tags text[], body jsonb, words tsvector, spot point, during tstzrange, price numeric, address inet, done boolean,
  at timestamptz, owner int, transaction xid);
CREATE TABLE bookings(id int, low int, high int, during tstzrange, transaction xid, mail citext);
CREATE VIEW recent AS SELECT id, title FROM documents WHERE at > '2024-01-01';
CREATE FUNCTION of_owner(int) RETURNS SETOF documents LANGUAGE sql STABLE AS
  'SELECT * FROM documents WHERE owner = $1';
)";

/// "btree, gin extensions.gin_trgm_ops": method, operator class, strategy and the derived condition.
std::string described(const std::vector<Support>& supports) {
  std::vector<std::string> list;
  for (const auto& support : supports) {
    std::string text = support.method;
    if (!support.operator_class.empty()) text += ' ' + support.operator_class;
    text += fmt::format(" {}", support.strategy);
    if (!support.condition.empty()) {
      text += fmt::format(" [{}{}]", support.condition, support.exact ? "" : ", lossy");
    }
    list.push_back(text);
  }
  return fmt::format("{}", fmt::join(list, ", "));
}

std::string described(const Clause& clause);

std::string described(const std::vector<Clause>& clauses) {
  std::vector<std::string> list;
  for (const auto& clause : clauses) list.push_back(described(clause));
  return fmt::format("{}", fmt::join(list, " & "));
}

/// "equality id = 3": kind, key, operator, value, then what else there is.
std::string described(const Clause& clause) {
  constexpr std::array kKinds{"equality", "in_list",  "range", "null_test",
                              "boolean",  "operator", "or",    "other"};
  std::string text = kKinds.at(static_cast<std::size_t>(clause.kind));
  for (const auto& part : {clause.key.column, clause.key.expression, clause.op, clause.value}) {
    if (!part.empty()) text += ' ' + part;
  }
  if (!clause.collation.empty()) text += " collate " + clause.collation;
  if (!clause.cast_column.empty())
    text += (clause.cast_implicit ? " implicit cast of " : " cast of ") + clause.cast_column;
  for (const auto& arm : clause.arms) text += " (" + described(arm) + ")";
  return text;
}

class PlannerSupports : public PlannerSession {
 protected:
  void SetUp() override {
    static const std::string name = [] {
      auto database = testing::Cluster::shared().create_database();
      testing::Cluster::shared().execute(kDocuments, database);
      return database;
    }();
    attach_to(name);
  }

  Clause clause_of(const std::string& condition) {
    const auto scan = scan_of("documents", "SELECT 1 FROM documents WHERE " + condition);
    EXPECT_EQ(scan.clauses.size(), 1U) << condition;
    return scan.clauses.empty() ? Clause{} : scan.clauses.front();
  }
};

TEST_F(PlannerSupports, NamesEveryOperatorClassThatServesAClause) {
  if (testing::tested_major() != 15) GTEST_SKIP() << "spells out the operator classes of PostgreSQL 15";
  const struct {
    std::string condition, clause, supports;
  } kRows[] = {
      {"id = 3", "equality id = 3",
       "brin 3, brin int4_bloom_ops 1, brin int4_minmax_multi_ops 3, btree 3, hash 1"},
      {"3 >= owner", "range owner <= 3", "brin 2, brin int4_minmax_multi_ops 2, btree 2"},
      {"owner IN (3, 4)", "in_list owner = '{3,4}'::integer[]",
       "brin 3, brin int4_bloom_ops 1, brin int4_minmax_multi_ops 3, btree 3, hash 1"},
      {"mail = 'a'", "equality mail = 'a'::citext", "btree 3, btree public.citext_pattern_ops 3, hash 1"},
      {"done", "boolean done", "btree 3, hash 1"},
      {"title IS NULL", "null_test title", ""},
      {"title <> 'a'", "other", ""},
      {"tags @> '{a}'", "operator tags @> '{a}'::text[]", "gin 2"},
      {"tags && $1", "operator tags && $1", "gin 1"},
      {"'a' = ANY (tags)", "other", ""},
      {"body @> '{}'", "operator body @> '{}'::jsonb", "gin 7, gin jsonb_path_ops 7"},
      {"body ? 'a'", "operator body ? 'a'::text", "gin 9"},
      {"body ?| '{a}'", "operator body ?| '{a}'::text[]", "gin 10"},
      {"body @? '$.a'", "operator body @? '$.\"a\"'::jsonpath", "gin 15, gin jsonb_path_ops 15"},
      {"body ->> 'a' = 'b'", "equality body ->> 'a'::text = 'b'::text",
       "brin 3, brin text_bloom_ops 1, btree 3, btree text_pattern_ops 3, gin extensions.gin_trgm_ops 11, "
       "gist extensions.gist_trgm_ops 11, hash 1, hash text_pattern_ops 1, spgist 3"},
      {"words @@ to_tsquery('simple', 'a')", "operator words @@ '''a'''::tsquery", "gin 1, gist 1"},
      {"spot <@ box '(0,0),(1,1)'", "operator spot <@ '(1,1),(0,0)'::box",
       "gist 28, spgist 8, spgist kd_point_ops 8"},
      {"during && '[2024-01-01,2024-01-02)'",
       "operator during && '[\"2024-01-01 00:00:00+00\",\"2024-01-02 00:00:00+00\")'::tstzrange",
       "brin 3, gist 3, spgist 3"},
      {"during -|- $1", "operator during -|- $1", "brin 17, gist 6, spgist 6"},
      {"address << '10.0.0.0/8'", "operator address << '10.0.0.0/8'::inet",
       "brin 26, btree 5 [(address > '10.0.0.0/8'::inet) AND (address <= '10.255.255.255'::inet), lossy], "
       "gist inet_ops 24, spgist 24"},
  };
  for (const auto& row : kRows) {
    const auto clause = clause_of(row.condition);
    EXPECT_EQ(described(clause), row.clause) << row.condition;
    EXPECT_EQ(described(clause.supports), row.supports) << row.condition;
  }
}

TEST_F(PlannerSupports, DerivesARangeOfAFixedPrefix) {
  if (testing::tested_major() < 14) GTEST_SKIP() << "before 14 starts_with() has no support function";
  const struct {
    std::string condition, supports;
  } kRows[] = {
      {"title LIKE 'abc%'",
       "btree text_pattern_ops 4 [(title ~>=~ 'abc'::text) AND (title ~<~ 'abd'::text), lossy], gin "
       "extensions.gin_trgm_ops 3, gist extensions.gist_trgm_ops 3, spgist 28 [title ^@ 'abc'::text, lossy]"},
      {"code LIKE 'abc%'",
       "brin 4 [(code >= 'abc'::text) AND (code < 'abd'::text), lossy], btree 4 [(code >= 'abc'::text) AND "
       "(code < "
       "'abd'::text), lossy], btree text_pattern_ops 4 [(code ~>=~ 'abc'::text) AND (code ~<~ 'abd'::text), "
       "lossy], gin "
       "extensions.gin_trgm_ops 3, gist extensions.gist_trgm_ops 3, spgist 28 [code ^@ 'abc'::text, lossy]"},
      {"starts_with(title, 'abc')",
       "btree text_pattern_ops 4 [(title ~>=~ 'abc'::text) AND (title ~<~ 'abd'::text), lossy], spgist 28 "
       "[title ^@ "
       "'abc'::text, lossy]"},
      {"title ILIKE '%abc%'", "gin extensions.gin_trgm_ops 4, gist extensions.gist_trgm_ops 4"},
      {"title ~ 'abc.*x'", "gin extensions.gin_trgm_ops 5, gist extensions.gist_trgm_ops 5"},
      {"title LIKE $1", "gin extensions.gin_trgm_ops 3, gist extensions.gist_trgm_ops 3"},
  };
  for (const auto& row : kRows)
    EXPECT_EQ(described(clause_of(row.condition).supports), row.supports) << row.condition;
}

TEST_F(PlannerSupports, KnowsAPatternWithoutWildcardsForAnEquality) {
  const auto supports = clause_of("title LIKE 'abc'").supports;
  const auto plain = std::find_if(supports.begin(), supports.end(),
                                  [](const Support& support) { return support.method == "hash"; });
  ASSERT_NE(plain, supports.end());
  EXPECT_EQ(plain->condition, "title = 'abc'::text");
}

TEST_F(PlannerSupports, SaysWhichCollationAnIndexNeeds) {
  EXPECT_EQ(described(clause_of("title > 'a' COLLATE \"C\"")),
            "operator title > 'a'::text COLLATE \"C\" collate \"C\"");
}

TEST_F(PlannerSupports, ShowsTheColumnBehindACast) {
  const struct {
    std::string condition, clause;
  } kRows[] = {
      {"id = 3.5", "equality (id)::numeric = 3.5 implicit cast of id"},
      {"at::date = '2024-01-01'", "other cast of at"},
      {"title::int = 3", "equality (title)::integer = 3 cast of title"},
      {"kind = 'a'", "equality kind = 'a'::text"},
      {"lower(kind) = 'a'", "equality lower((kind)::text) = 'a'::text"},
  };
  for (const auto& row : kRows) EXPECT_EQ(described(clause_of(row.condition)), row.clause) << row.condition;
}

TEST_F(PlannerSupports, TakesAnOrApart) {
  const auto clause = clause_of("id = 3 OR owner = 4 AND (code > 'x' OR done) OR title LIKE '%a'");
  EXPECT_EQ(described(clause),
            "or (equality id = 3) (equality owner = 4 & or (range code > 'x'::text) (boolean done)) "
            "(operator title ~~ '%a'::text)");
  EXPECT_NEAR(clause.arms.at(0).at(0).selectivity, 1 / scan_of("documents", "SELECT 1 FROM documents").tuples,
              0.01);
}

TEST_F(PlannerSupports, ReportsLinksOtherThanEquality) {
  const struct {
    std::string from, joins, clauses;
  } kRows[] = {
      {"documents d JOIN bookings b ON d.id BETWEEN b.low AND b.high", "", "range id >= & range id <="},
      {"documents d JOIN bookings b ON d.during && b.during", "", "operator during &&"},
      {"documents d JOIN bookings b ON d.id = b.low OR d.owner = b.high", "",
       "or (equality id =) (equality owner =)"},
      {"documents d JOIN bookings b ON d.transaction = b.transaction", "", "operator transaction ="},
      {"documents d JOIN bookings b USING (mail)", "mail =", ""},
      {"bookings b, LATERAL (SELECT * FROM documents WHERE documents.id < b.low LIMIT 1) d", "", ""},
      {"bookings b LEFT JOIN documents d ON d.id > b.low", "", "range id >"},
      {"documents d LEFT JOIN bookings b ON d.id > b.low", "", ""},
  };
  for (const auto& row : kRows) {
    const auto scan = scan_of("documents", "SELECT d.id, b.id FROM " + row.from);
    std::string joins;
    for (const auto& join : scan.joins) joins += join.key.column + ' ' + join.op;
    EXPECT_EQ(joins, row.joins) << row.from;
    EXPECT_EQ(described(scan.join_clauses), row.clauses) << row.from;
  }
  const auto scan =
      scan_of("documents", "SELECT 1 FROM documents d JOIN bookings b ON d.transaction = b.transaction");
  EXPECT_EQ(described(scan.join_clauses.at(0).supports), "hash 1");
}

TEST_F(PlannerSupports, NamesTheOperatorClassesOfAJoin) {
  if (testing::tested_major() < 14) GTEST_SKIP() << "BRIN's bloom and multi classes came with 14";
  const auto scan = scan_of("documents", "SELECT 1 FROM documents d JOIN bookings b ON d.owner = b.low");
  ASSERT_EQ(scan.joins.size(), 1U);
  EXPECT_EQ(scan.joins[0].op_schema, "pg_catalog");
  EXPECT_EQ(described(scan.joins[0].supports),
            "brin 3, brin int4_bloom_ops 1, brin int4_minmax_multi_ops 3, btree 3, hash 1");
}

std::string described(const std::vector<SortOrder>& orders) {
  std::string text;
  for (const auto& order : orders) {
    text += (text.empty() ? "" : ", ") + order.purpose;
    for (const auto& key : order.keys) text += ' ' + key.key.column + (key.descending ? " desc" : "");
    if (!order.complete) text += " ...";
  }
  return text;
}

TEST_F(PlannerSupports, TellsWhatEachOrderIsFor) {
  const struct {
    std::string statement, orders;
    double limit;
  } kRows[] = {
      {"SELECT id FROM documents ORDER BY at DESC, id LIMIT 10 OFFSET 5", "sort at desc id", 15},
      {"SELECT id FROM documents ORDER BY at LIMIT $1", "sort at", -1},
      {"SELECT id FROM documents ORDER BY at, random() LIMIT 3", "sort at ...", 3},
      {"SELECT owner, count(*) FROM documents GROUP BY owner ORDER BY owner DESC LIMIT 3",
       "group owner desc, sort owner desc", -1},
      {"SELECT owner, rank() OVER (PARTITION BY owner ORDER BY at DESC) FROM documents",
       "window owner at desc", -1},
      {"SELECT DISTINCT owner FROM documents", "distinct owner", -1},
      {"SELECT DISTINCT ON (owner) id FROM documents ORDER BY owner, at DESC",
       "distinct owner, sort owner at desc", -1},
      {"SELECT d.id FROM documents d JOIN bookings b ON b.low = d.id ORDER BY d.at, b.id", "sort at ...", -1},
      {"SELECT id FROM recent WHERE id > 3 ORDER BY id", "sort id", -1},
  };
  for (const auto& row : kRows) {
    const auto scan = scan_of("documents", row.statement);
    EXPECT_EQ(described(scan.orders), row.orders) << row.statement;
    EXPECT_EQ(scan.limit, row.limit) << row.statement;
  }
}

TEST_F(PlannerSupports, ReadsOneRowForMinAndMax) {
  const auto found = scans("SELECT min(owner), max(at) FROM documents WHERE done").scans;
  EXPECT_EQ(described(found.back().orders), "min_max owner, min_max at desc");
  const auto probe =
      std::find_if(found.begin(), found.end(), [](const Scan& scan) { return scan.limit == 1; });
  ASSERT_NE(probe, found.end());
  EXPECT_EQ(described(probe->orders) + ", " + described(probe->clauses),
            "sort owner, null_test owner & boolean done");
}

TEST_F(PlannerSupports, FindsTheNearestByDistance) {
  const auto scan = scan_of("documents", "SELECT id FROM documents ORDER BY spot <-> '(1,1)' LIMIT 3");
  EXPECT_EQ(described(scan.distances), "operator spot <-> '(1,1)'::point");
  EXPECT_EQ(described(scan.distances.at(0).supports), "gist 15, spgist 15, spgist kd_point_ops 15");
  EXPECT_THAT(scan_of("documents", "SELECT id FROM documents ORDER BY spot <-> '(1,1)' DESC").distances,
              IsEmpty());
}

TEST_F(PlannerSupports, LooksThroughFunctionsAndMaterializedQueries) {
  EXPECT_EQ(described(scan_of("documents", "SELECT id FROM of_owner($1)").clauses), "equality owner = $1");
  EXPECT_EQ(
      described(scan_of("documents",
                        "WITH d AS MATERIALIZED (SELECT * FROM documents WHERE owner = 3) SELECT id FROM d "
                        "WHERE id > 4")
                    .clauses),
      "equality owner = 3");
  const auto read =
      scan_of("documents", "SELECT 1 FROM bookings b WHERE b.low IN (SELECT id FROM documents d)");
  EXPECT_EQ(read.joins.at(0).key.column, "id");
}

TEST_F(PlannerSupports, MarksRowsThatAreLocked) {
  EXPECT_TRUE(scan_of("documents", "SELECT id FROM documents WHERE id = 1 FOR SHARE").locked);
  EXPECT_FALSE(scan_of("documents", "SELECT ctid FROM documents WHERE id = 1").locked);
}

TEST_F(PlannerSupports, NamesTheKeyThatDecidesAConflict) {
  const auto writes = scans(
                          "INSERT INTO documents AS d (id, mail) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE "
                          "SET done = NOT d.done")
                          .writes;
  ASSERT_EQ(writes.size(), 2U);
  EXPECT_THAT(writes[0].arbiter, ElementsAre(Term{"id"}));
  EXPECT_THAT(writes[1].columns, ElementsAre("done"));
}

}  // namespace
}  // namespace pgadvisor::sandbox
