#include "advisor/sandbox/server.hpp"
#include "advisor/whatif/candidate_set.hpp"
#include "daemon/observe.hpp"
#include "tests/support/cluster.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pgadvisor::sandbox {
namespace {

namespace fs = std::filesystem;

// r(i, n): a number below n that looks drawn at random. The rows of `t` stand in the order of id and placed.
constexpr const char* kTables = R"SQL(
CREATE EXTENSION pageinspect;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION citext;
CREATE EXTENSION btree_gist;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE FUNCTION r(i int, n int) RETURNS int LANGUAGE sql IMMUTABLE AS
  'SELECT ((hashint8(i)::bigint + 2147483648) % n)::int';
CREATE TABLE t (id bigint NOT NULL, customer int NOT NULL, skewed int, status text NOT NULL, optional int,
  flag boolean NOT NULL, mail text NOT NULL, page text NOT NULL, placed timestamptz NOT NULL, day date NOT NULL,
  token uuid NOT NULL, price numeric(12,2) NOT NULL, ratio float8, note varchar(200), short smallint NOT NULL,
  brand char(10) NOT NULL, mood mood, login citext, address inet, raw bytea, rare text, city int, country int,
  zipf bigint NOT NULL, digest bytea NOT NULL);
INSERT INTO t SELECT i, r(i, 30000), (10000 * (r(i * 3, 100000) / 1e5) ^ 4)::int,
  (ARRAY['open','paid','shipped','done','cancelled'])[1 + (i % 100) / 20], CASE WHEN i % 4 = 0 THEN hashint4(i) END,
  i % 3 = 0, 'user' || i || '@example' || (i % 7) || '.org',
  '/shop/' || md5(i::text) || md5((-i)::text) || repeat('p', i % 60), timestamptz '2024-01-01' + i * interval '1 second',
  date '2020-01-01' + i / 120, md5(i::text)::uuid, r(i * 7, 1000000) / 100.0, r(i * 11, 100000) / 7.0,
  CASE WHEN i % 2 = 0 THEN 'note ' || i % 1000 END, i % 500, 'Brand#' || i % 25,
  (ARRAY['sad','ok','happy']::mood[])[1 + r(i, 3)], 'Login' || r(i, 50000), ('10.' || r(i, 200) || '.0.' || i % 250)::inet,
  decode(md5(r(i, 5000)::text), 'hex'), CASE WHEN r(i, 50) = 0 THEN 'rare ' || i END, r(i, 3000), r(i, 3000) % 60,
  exp(ln(100001) * r(i * 17, 1000000) / 1e6)::bigint * 2, sha256(int4send(i / 2))
FROM generate_series(1, 150000) i;
CREATE STATISTICS cities (ndistinct) ON city, country FROM t;
CREATE TABLE d (id int PRIMARY KEY, doc jsonb, tags int[], words text[], body text, search tsvector, during int4range,
  place point, essay text, nights int4range);
INSERT INTO d SELECT i, jsonb_build_object('id', i, 'kind', 'k' || r(i, 20), 'n', r(i, 1000)),
  ARRAY(SELECT r(i * 10 + j, 800) FROM generate_series(1, 1 + r(i, 6)) j),
  ARRAY['t' || r(i, 40), 't' || r(i + 1, 40)],
  (SELECT string_agg('w' || (2000 * (r(i * 16 + j, 10000) / 1e4) ^ 3)::int, ' ') FROM generate_series(1, 8) j), NULL,
  int4range(r(i, 60000), r(i, 60000) + i % 90), point(r(i, 1000), r(i * 5, 1000)),
  (SELECT string_agg('sentence ' || r(i * 32 + j, 40), ', ') FROM generate_series(1, 10 + r(i, 50)) j),
  CASE WHEN i % 5 > 0 THEN int4range(r(i, 4), r(i, 4) + 1 + r(i * 7, 3)) END
FROM generate_series(1, 40000) i;
UPDATE d SET search = to_tsvector('simple', body);
CREATE TABLE m (day date NOT NULL, kind int NOT NULL, code text) PARTITION BY RANGE (day);
CREATE TABLE m_1 PARTITION OF m FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE m_2 PARTITION OF m FOR VALUES FROM ('2024-02-01') TO ('2024-04-01');
INSERT INTO m SELECT date '2024-01-01' + i % 60, r(i, 9000), 'c' || r(i * 13, 40) FROM generate_series(1, 60000) i;
)SQL";

constexpr const char* kBtrees[] = {"t (id)",
                                   "t (customer)",
                                   "t (skewed)",
                                   "t (status)",
                                   "t (optional)",
                                   "t (flag)",
                                   "t (mail)",
                                   "t (page)",
                                   "t (placed DESC)",
                                   "t (day)",
                                   "t (token)",
                                   "t (price)",
                                   "t (ratio)",
                                   "t (note)",
                                   "t (short)",
                                   "t (brand)",
                                   "t (mood)",
                                   "t (login)",
                                   "t (address)",
                                   "t (raw)",
                                   "t (rare)",
                                   "t (city)",
                                   "t (zipf)",
                                   "t (digest)",
                                   "t (city, country)",
                                   "t (country, city)",
                                   "t (brand, short)",
                                   "t (status, short)",
                                   "t (customer, placed)",
                                   "t (mail, id)",
                                   "t (status, customer)",
                                   "t (skewed, status)",
                                   "t (optional, flag)",
                                   "t (rare, note)",
                                   "t (day, status)",
                                   "t (day, placed)",
                                   "t (flag, mood, short)",
                                   "t (price, customer)",
                                   "t (note, customer, flag)",
                                   "t (customer) INCLUDE (placed, status)",
                                   "t (id) INCLUDE (mail)",
                                   "t (status) INCLUDE (price)",
                                   "t (customer) WHERE status = 'open'",
                                   "t (optional) WHERE optional IS NOT NULL",
                                   "t (placed) WHERE rare IS NOT NULL",
                                   "t (rare) WHERE rare IS NOT NULL",
                                   "t (optional) WHERE optional IS NULL",
                                   "t (status) WHERE status IN ('open', 'paid')",
                                   "t (short, customer) WHERE flag",
                                   "t (day) WHERE placed > '2024-01-02'",
                                   "t (lower(mail))",
                                   "t (lower(note))",
                                   "t ((customer % 10))",
                                   "t (date_trunc('hour', placed AT TIME ZONE 'UTC'))",
                                   "t ((short::text))",
                                   "t (upper(status), customer)",
                                   "t ((customer + short))",
                                   "t (md5(mail))",
                                   "t (substr(page, 1, 10))",
                                   "t (length(page))",
                                   "t (mail text_pattern_ops)",
                                   "t (status COLLATE \"C\", id)",
                                   "t ((price > 5000))",
                                   "d (id)",
                                   "d (tags)",
                                   "d (doc)",
                                   "d (essay)",
                                   "d ((doc ->> 'kind'))",
                                   "d (((doc ->> 'n')::int))",
                                   "m (kind)",
                                   "m (day)",
                                   "m (kind, code)"};

constexpr const char* kInverted[] = {"d USING gin (tags)",
                                     "d USING gin (words)",
                                     "d USING gin (doc)",
                                     "d USING gin (search)",
                                     "d USING gin (doc jsonb_path_ops)",
                                     "d USING gin (body gin_trgm_ops)",
                                     "d USING gist (during)",
                                     "d USING gist (nights)",
                                     "d USING gist (place)",
                                     "d USING gist (search)",
                                     "d USING gist (body gist_trgm_ops)",
                                     "t USING gist (customer)",
                                     "d USING spgist (place)"};

constexpr const char* kOthers[] = {
    "t USING hash (id)",
    "t USING hash (status)",
    "t USING hash (customer)",
    "t USING hash (mail)",
    "t USING brin (placed)",
    "t USING brin (mail, id)",
    "t USING brin (brand bpchar_bloom_ops)",
    "t USING brin (mail text_bloom_ops)",
    "t USING brin (placed timestamptz_minmax_multi_ops)",
    "t USING brin (price numeric_minmax_multi_ops) WITH (pages_per_range = 16)",
    "d USING hash ((doc ->> 'kind'))"};

struct Size {
  std::string definition;
  IndexSize predicted;
  IndexSize built;
  [[nodiscard]] double ratio() const {
    return static_cast<double>(predicted.pages) / static_cast<double>(built.pages);
  }
  [[nodiscard]] double error() const { return std::abs(ratio() - 1); }
  [[nodiscard]] std::string text() const {
    return fmt::format("{:5.2f}  {:6} of {:6} pages, height {:2} of {:2}  {}\n", ratio(), predicted.pages,
                       built.pages, predicted.tree_height, built.tree_height, definition);
  }
};

/// Every index predicted in a twin and then really built, each in turn.
class SizeModel : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto& cluster = testing::Cluster::shared();
    database_ = cluster.create_database();
    cluster.execute(kTables, database_);
    cluster.execute("VACUUM ANALYZE", database_);
    std::string pattern = "/tmp/size-model-test-XXXXXX";
    root_ = mkdtemp(pattern.data());
    fs::permissions(root_, fs::perms(0755));
    const auto modules = fs::path(PGADVISOR_BINARY_DIR) / "lib";
    server_.emplace(
        Server::start({.folder = root_ / "sandbox", .user = {}, .modules = modules}, 150000).value());
    snapshot_ = daemon::observe(cluster.dsn(database_), {}, daemon::WithActivity::kNo).value().snapshot;
    twin_.emplace(Database::clone(*server_, cluster.dsn(database_), snapshot_).value());
  }

  static void TearDownTestSuite() {
    twin_.reset();
    server_.reset();
    fs::remove_all(root_);
  }

  static IndexSize predicted(const std::string& sql) {
    const auto id = twin_->create_candidate(sql).value();
    const auto definition = twin_->definition(id).value();
    const auto candidate = whatif::size_candidate(id, definition, "", snapshot_, *twin_).value();
    EXPECT_TRUE(twin_->drop_candidate(id));
    return candidate.size;
  }

  /// Pages of the index really built, of all its partitions, and the level of its root.
  static IndexSize built(const std::string& sql) {
    auto& cluster = testing::Cluster::shared();
    cluster.execute(sql, database_);
    const auto row = cluster.query(
        "SELECT sum(pg_relation_size(c.oid)) / 8192, max(CASE am.amname WHEN 'btree' THEN"
        " (bt_metap(c.oid::regclass::text)).level ELSE -1 END) FROM pg_class c JOIN pg_am am ON am.oid = "
        "c.relam"
        " WHERE c.relkind = 'i' AND (c.oid = 'built'::regclass"
        " OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'built'::regclass))",
        database_);
    cluster.execute("DROP INDEX built", database_);
    return {row.integer(0, 0), 0, static_cast<int>(row.integer(0, 1))};
  }

  static std::vector<Size> sizes(std::span<const char* const> definitions) {
    std::vector<Size> result;
    for (const std::string definition : definitions) {
      const std::string sql = "CREATE INDEX built ON " + definition;
      result.push_back({definition, predicted(sql), built(sql)});
    }
    std::ranges::sort(result, {}, &Size::error);
    for (const Size& one : result) fmt::print("{}", one.text());
    return result;
  }

  static const Size& percentile(const std::vector<Size>& sorted, double share) {
    return sorted.at(static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1)));
  }

  static inline std::string database_;
  static inline model::DatabaseSnapshot snapshot_;
  static inline fs::path root_;
  static inline std::optional<Server> server_;
  static inline std::optional<Database> twin_;
};

TEST_F(SizeModel, PredictsTheSizeOfBtreesWithin3PercentMostly15Always) {
  const auto all = sizes(kBtrees);
  EXPECT_LE(percentile(all, 0.5).error(), 0.03) << percentile(all, 0.5).text();
  EXPECT_LE(percentile(all, 0.95).error(), 0.15) << percentile(all, 0.95).text();
  for (const Size& one : all) EXPECT_EQ(one.predicted.tree_height, one.built.tree_height) << one.text();
}

TEST_F(SizeModel, PredictsTheSizeOfGinAndGistWithinHalf) {
  for (const Size& one : sizes(kInverted)) EXPECT_LE(one.error(), 0.5) << one.text();
}

/// Of a statement that the GIN index serves, in the twin with the candidate and with the index really built.
TEST_F(SizeModel, TellsThePlannerWhatAGinIndexHolds) {
  const std::string index = "CREATE INDEX built ON d USING gin (tags)";
  const std::string statement = "SELECT id FROM d WHERE tags @> '{5}'";
  const auto id = twin_->create_candidate(index).value();
  ASSERT_TRUE(whatif::size_candidate(id, twin_->definition(id).value(), "", snapshot_, *twin_));
  const Configuration visible{id};
  const auto predicted =
      twin_->costs(twin_->prepare(statement).value(), std::span(&visible, 1)).value().front();
  EXPECT_TRUE(twin_->drop_candidate(id));
  auto& cluster = testing::Cluster::shared();
  cluster.execute(index, database_);
  const auto plan = boost::json::parse(cluster.value("EXPLAIN (FORMAT JSON) " + statement, database_));
  cluster.execute("DROP INDEX built", database_);
  const double real = plan.as_array()[0].at("Plan").at("Total Cost").to_number<double>();
  EXPECT_EQ(predicted.used, visible);
  EXPECT_NEAR(predicted.total.value / real, 1, 0.01);
}

TEST_F(SizeModel, PredictsTheSizeOfHashAndBrinWithin15Percent) {
  for (const Size& one : sizes(kOthers)) EXPECT_LE(one.error(), 0.15) << one.text();
}

}  // namespace
}  // namespace pgadvisor::sandbox
