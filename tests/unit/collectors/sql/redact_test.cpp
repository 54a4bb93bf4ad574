#include "collectors/sql/statement_text.hpp"

#include <gtest/gtest.h>

#include <random>
#include <thread>

namespace pgadvisor::sql {
namespace {

std::string text_of(std::string_view statement) {
  const auto redacted = redact(statement);
  return redacted ? redacted->text : "error: " + redacted.error().message;
}

std::string fingerprint_of(std::string_view statement) {
  return redact(statement).value().fingerprint;
}

TEST(Redact, ReplacesLiteralsByParameters) {
  EXPECT_EQ(text_of("SELECT * FROM t WHERE a = 'secret' AND b > 17.5"),
            "SELECT * FROM t WHERE a = $1 AND b > $2");
}

TEST(Redact, NumbersNewParametersBehindThoseThatAreThere) {
  EXPECT_EQ(text_of("SELECT * FROM t WHERE a = $3 AND b = 'x'"), "SELECT * FROM t WHERE a = $3 AND b = $4");
}

TEST(Redact, KeepsWhatPgStatStatementsNormalised) {
  EXPECT_EQ(text_of("SELECT * FROM t WHERE d > now() - interval $1 AND extract($2 from d) = $3"),
            "SELECT * FROM t WHERE d > now() - interval $1 AND extract($2 from d) = $3");
}

TEST(Redact, StripsCommentsButNotInsideLiteralsAndNames) {
  EXPECT_EQ(text_of("/* secret /* nested */ */ SELECT a -- tail\n, \"--b\" FROM t WHERE x = '/* no */' ;;  "),
            "SELECT a \n, \"--b\" FROM t WHERE x = $1");
}

TEST(Redact, LeavesNoStringEvenWhereTheGrammarHasNoExpression) {
  const auto text = text_of(
      "WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM r) CYCLE a SET c TO 'secret1' DEFAULT "
      "'secret2' "
      "USING p SELECT * FROM r");
  EXPECT_EQ(text.find("secret"), std::string::npos) << text;
}

TEST(Redact, KeepsPositionsAndLengths) {
  EXPECT_EQ(text_of("SELECT a::varchar(20) FROM t GROUP BY 1 ORDER BY 1 LIMIT 10"),
            "SELECT a::varchar(20) FROM t GROUP BY 1 ORDER BY 1 LIMIT $1");
}

TEST(Redact, DropsTheTextOfUtilityStatements) {
  for (const char* statement :
       {"ALTER ROLE x PASSWORD 'secret'", "SET x = 'secret'", "EXPLAIN SELECT 'secret'",
        "COPY t TO '/secret'", "CALL p('secret')", "DO $$ secret $$", "VACUUM t",
        "CREATE TABLE x AS SELECT 'secret'", "SELECT 'secret' INTO x FROM t",
        "DECLARE c CURSOR FOR SELECT 'secret'", "EXECUTE p('secret')", "PREPARE p AS SELECT 'secret'",
        "COMMENT ON TABLE t IS 'secret'", "BEGIN"}) {
    const auto redacted = redact(statement);
    ASSERT_TRUE(redacted) << statement;
    EXPECT_TRUE(redacted->utility) << statement;
    EXPECT_EQ(redacted->text, "") << statement;
  }
}

TEST(Redact, CallsEveryPlannedStatementNoUtility) {
  for (const char* statement :
       {"SELECT 1", "(SELECT 1) UNION SELECT 2", "VALUES (1)", "TABLE t",
        "WITH x AS (SELECT 1) DELETE FROM t", "INSERT INTO t SELECT 'intoClause'", "UPDATE t SET a = 1",
        "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE", R"(SELECT '"intoClause":{' FROM t)"}) {
    const auto redacted = redact(statement);
    ASSERT_TRUE(redacted) << statement;
    EXPECT_FALSE(redacted->utility) << statement;
  }
}

TEST(Redact, RefusesWhatItCannotReadWithoutQuotingIt) {
  for (const char* statement : {"SELECT 'secret", "SELEC secret", "SELECT 1; SELECT 'secret'", "",
                                "-- secret", "SELECT /* secret", "SELECT \"secret"}) {
    const auto redacted = redact(statement);
    ASSERT_FALSE(redacted) << statement;
    EXPECT_EQ(redacted.error().next, model::NextStep::kSkip);
    EXPECT_EQ(to_string(redacted.error()).find("secret"), std::string::npos);
  }
  EXPECT_FALSE(redact(std::string_view("SELECT 1\0 secret", 16)));
}

TEST(Redact, TellsTablesApartThatDifferInANumber) {
  EXPECT_NE(fingerprint_of("SELECT * FROM orders_2024 WHERE a = 1"),
            fingerprint_of("SELECT * FROM orders_2025 WHERE a = 1"));
  EXPECT_EQ(fingerprint_of("SELECT * FROM orders_2024 WHERE a IN (1, 2)"),
            fingerprint_of("select * from ORDERS_2024 where a in ($1)"));
}

TEST(Redact, GivesAlikeStatementsOneFingerprint) {
  const auto fingerprint = fingerprint_of("SELECT * FROM t WHERE a IN (1, 2)");
  EXPECT_EQ(fingerprint, fingerprint_of("select *\nfrom t where a in ($1, $2, $3, $4) -- x"));
  EXPECT_NE(fingerprint, fingerprint_of("SELECT * FROM t WHERE b IN (1, 2)"));
}

TEST(Redact, TakesLongListsAndRefusesDeepNestingQuickly) {
  std::string list = "SELECT * FROM t WHERE a IN (0";
  while (list.size() < 500'000) list += ", 12345";
  EXPECT_TRUE(redact(list + ")"));
  std::string deep = "SELECT a";
  while (deep.size() < 900'000) deep += " + a";
  EXPECT_FALSE(redact(deep));
  EXPECT_FALSE(redact(std::string(2 << 20, ' ')));
  EXPECT_FALSE(redact("SELECT " + std::string(400'000, '(')));
}

TEST(Redact, SurvivesMutatedStatements) {
  const std::string seeds[] = {
      "SELECT a, 'x''y', $$d;d$$ FROM \"T\" WHERE b IN (1, 2.5e3, B'01') AND c LIKE E'\\n%' -- c\n ORDER BY "
      "1;",
      "WITH r AS (INSERT INTO t VALUES (1, 'a') ON CONFLICT DO NOTHING RETURNING *) SELECT * FROM r /* x */",
      "UPDATE t SET a = (SELECT max(b) FROM u WHERE d > interval '1 day') WHERE extract(year from e) = 2020"};
  std::mt19937 random(42);
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
  int readable = 0;
  for (int round = 0; round < 6000; ++round) {
    std::string text = seeds[below(std::size(seeds))];
    for (std::size_t change = 0; change <= below(3); ++change) {
      const std::size_t at = below(text.size());
      switch (below(4)) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, 1 + below(6));
          break;
        case 2:
          text.insert(at, 1, "'\"$;()/*-\\"[below(10)]);
          break;
        default:
          text += text.substr(at);
      }
    }
    const auto redacted = redact(text);
    readable += redacted.has_value() ? 1 : 0;
    EXPECT_TRUE(!redacted || redacted->text.find("x''y") == std::string::npos) << text;
    EXPECT_EQ(make_plannable(text).empty(), text.empty());
    static_cast<void>(split_file(text));
  }
  EXPECT_GT(readable, 100);
}

TEST(Redact, WorksOnManyThreadsAtOnce) {
  std::vector<std::jthread> threads;
  std::array<int, 4> right{};
  for (std::size_t i = 0; i < right.size(); ++i) {
    threads.emplace_back([&right, i] {
      for (int round = 0; round < 200; ++round) {
        right[i] += text_of("SELECT 'a' FROM t") == "SELECT $1 FROM t" && !redact("SELECT '") ? 1 : 0;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(right, (std::array<int, 4>{200, 200, 200, 200}));
}

TEST(StripComments, LeavesLiteralsUntouched) {
  EXPECT_EQ(strip_comments("SELECT '--x', 1 /* c */;").value(), "SELECT '--x', 1");
  EXPECT_FALSE(strip_comments("SELECT '"));
}

TEST(StripComments, DoesNotGlueWordsTogether) {
  EXPECT_EQ(strip_comments("SELECT/**/1").value(), "SELECT 1");
}

}  // namespace
}  // namespace pgadvisor::sql
