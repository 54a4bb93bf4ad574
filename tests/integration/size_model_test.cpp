#include "advisor/sandbox/size_model.hpp"
#include "collectors/sql/quote.hpp"
#include "daemon/observe.hpp"
#include "tests/support/cluster.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace pgadvisor::sandbox {
namespace {

constexpr const char* kTable = R"SQL(
CREATE EXTENSION pageinspect;
CREATE TABLE t (id bigint NOT NULL, customer int NOT NULL, status text NOT NULL, optional int, flag boolean NOT NULL,
  mail text NOT NULL, page text NOT NULL, placed timestamptz NOT NULL, token uuid NOT NULL, price numeric NOT NULL,
  note varchar(200), short smallint NOT NULL, brand char(10) NOT NULL);
INSERT INTO t SELECT i, hashint4(i) & 32767, (ARRAY['open','paid','shipped','done','cancelled'])[1 + (i % 100) / 20],
  CASE WHEN i % 4 = 0 THEN hashint4(i) END, i % 3 = 0, 'user' || i || '@example' || (i % 7) || '.org',
  '/shop/' || md5(i::text) || md5((-i)::text) || repeat('p', i % 60), timestamptz '2024-01-01' + i * interval '1 second',
  md5(i::text)::uuid, (hashint4(i) & 1048575) / 100.0, CASE WHEN i % 2 = 0 THEN 'note ' || i % 1000 END, i % 500,
  'Brand#' || i % 25
FROM generate_series(1, 200000) i;
)SQL";

struct Case {
  const char* title;
  model::IndexDefinition definition;
  double selectivity = 1;
};

model::IndexKey key(const std::string& column, bool descending = false) {
  return {.column = column, .descending = descending, .nulls_first = descending};
}

model::IndexDefinition on(std::vector<model::IndexKey> keys, std::vector<std::string> include = {},
                          std::string predicate = {}) {
  return {.table = {"public", "t"},
          .keys = std::move(keys),
          .include = std::move(include),
          .predicate = std::move(predicate)};
}

std::vector<Case> cases() {
  return {{"unique bigint", on({key("id")})},
          {"repeated int", on({key("customer")})},
          {"five texts", on({key("status")})},
          {"boolean", on({key("flag")})},
          {"nullable int", on({key("optional")})},
          {"unique text", on({key("mail")})},
          {"wide text", on({key("page")})},
          {"timestamp", on({key("placed")})},
          {"uuid", on({key("token")})},
          {"numeric", on({key("price")})},
          {"nullable repeated text", on({key("note")})},
          {"smallint", on({key("short")})},
          {"repeated char(n)", on({key("brand")})},
          {"composite of repeated char(n) and smallint", on({key("brand"), key("short")})},
          {"descending", on({key("placed", true)})},
          {"composite of few values", on({key("status"), key("short")})},
          {"composite, nearly unique", on({key("customer"), key("placed")})},
          {"composite of text and bigint", on({key("mail"), key("id")})},
          {"INCLUDE", on({key("customer")}, {"placed", "status"})},
          {"INCLUDE behind a unique key", on({key("id")}, {"mail"})},
          {"partial", on({key("customer")}, {}, "status = 'open'"), 0.2},
          {"partial without NULLs", on({key("optional")}, {}, "optional IS NOT NULL"), 0.25}};
}

/// One table of 200,000 rows, each index built in turn.
class SizeModel : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto& cluster = testing::Cluster::shared();
    database_ = cluster.create_database();
    cluster.execute(kTable, database_);
    cluster.execute("VACUUM ANALYZE t", database_);
    snapshot_ = daemon::observe(cluster.dsn(database_), {}, daemon::WithActivity::kNo).value().snapshot;
  }

  static IndexSize estimated(const Case& one) {
    return estimate_size(one.definition, snapshot_.tables.at(0), snapshot_.column_statistics,
                         one.selectivity);
  }

  /// Pages and the level of the root of the index really built.
  static IndexSize built(const Case& one) {
    auto& cluster = testing::Cluster::shared();
    cluster.execute(sql::create_index(one.definition, "built", false), database_);
    const auto row =
        cluster.query("SELECT pg_relation_size('built') / 8192, level FROM bt_metap('built')", database_);
    cluster.execute("DROP INDEX built", database_);
    return {row.integer(0, 0), 0, static_cast<int>(row.integer(0, 1))};
  }

  static inline std::string database_;
  static inline model::DatabaseSnapshot snapshot_;
};

TEST_F(SizeModel, PredictsTheSizeAndHeightThatCreateIndexBuilds) {
  std::vector<double> errors;
  for (const Case& one : cases()) {
    const IndexSize real = built(one);
    const IndexSize size = estimated(one);
    errors.push_back(std::abs(static_cast<double>(size.pages) / static_cast<double>(real.pages) - 1));
    EXPECT_LE(errors.back(), 0.15) << one.title << ": " << size.pages << " pages, built " << real.pages;
    EXPECT_EQ(size.tree_height, real.tree_height) << one.title;
  }
  std::ranges::nth_element(errors, errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2));
  EXPECT_LE(errors[errors.size() / 2], 0.05);
}

TEST_F(SizeModel, EstimatesTheHeightOfAnExistingIndexFromItsPages) {
  for (const auto& [one, pivot] :
       {std::pair{Case{"", on({key("id")})}, 16.0}, {Case{"", on({key("page")})}, 112.0}}) {
    const IndexSize real = built(one);
    EXPECT_EQ(estimate_height(real.pages, pivot), real.tree_height);
  }
}

}  // namespace
}  // namespace pgadvisor::sandbox
