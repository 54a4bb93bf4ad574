#include "tests/support/cluster.hpp"
#include "tests/support/daemon.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <algorithm>

namespace pgadvisor::testing {
namespace {

namespace json = boost::json;

constexpr const char* kSchema = R"(
CREATE TYPE state AS ENUM ('new', 'paid', 'sent');
CREATE TABLE customers (id int PRIMARY KEY, region int NOT NULL, email varchar(60), deleted_at timestamptz);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int REFERENCES customers, state state, created_at timestamp,
                     total numeric(10, 2));
CREATE TABLE items (order_id bigint NOT NULL, line int NOT NULL, product int, price numeric, attributes jsonb,
                    PRIMARY KEY (order_id, line));
CREATE TABLE visits (day date NOT NULL, customer_id int, pages int) PARTITION BY RANGE (day);
CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE visits_2 PARTITION OF visits FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE INDEX ON visits (customer_id);
CREATE VIEW open_orders AS SELECT * FROM orders WHERE state <> 'sent';
INSERT INTO customers SELECT i, i % 12, 'c' || i || '@example.org', CASE WHEN i % 20 = 0 THEN now() END
  FROM generate_series(1, 20000) i;
INSERT INTO orders SELECT i, 1 + (i * 7919) % 20000, (ARRAY['new', 'paid', 'sent', 'sent', 'sent'])[1 + i % 5]::state,
  timestamp '2026-01-01' + i * interval '17 seconds', (i % 5000) / 10.0 FROM generate_series(1, 150000) i;
INSERT INTO items SELECT i / 2, i % 2, i % 3000, (i % 100) / 7.0, jsonb_build_object('colour', i % 9)
  FROM generate_series(2, 300000) i;
INSERT INTO visits SELECT date '2026-01-01' + i % 58, i % 20000, i % 13 FROM generate_series(1, 100000) i;
CREATE INDEX orders_created ON orders (created_at DESC);
)";

const std::vector<std::string> kStatements{
    "SELECT * FROM orders WHERE customer_id = 17",
    "SELECT o.id, i.price FROM orders o JOIN items i ON i.order_id = o.id WHERE o.customer_id = 17 AND "
    "i.price > 3",
    "SELECT c.region, count(*), sum(o.total) FROM customers c JOIN orders o ON o.customer_id = c.id "
    "WHERE c.deleted_at IS NULL GROUP BY c.region HAVING sum(o.total) > 10 ORDER BY 2 DESC",
    "SELECT * FROM orders ORDER BY created_at DESC LIMIT 20",
    "SELECT id FROM orders WHERE state = 'new' AND created_at >= timestamp '2026-01-20' ORDER BY total LIMIT "
    "10",
    "WITH best AS MATERIALIZED (SELECT customer_id, max(total) AS most FROM orders GROUP BY 1) "
    "SELECT c.email FROM best b JOIN customers c ON c.id = b.customer_id WHERE b.most > 499",
    "SELECT * FROM customers c WHERE EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id AND o.state = "
    "'paid')",
    "SELECT id FROM orders o WHERE total > (SELECT avg(total) FROM orders p WHERE p.customer_id = "
    "o.customer_id)",
    "SELECT id FROM customers WHERE id NOT IN (SELECT customer_id FROM orders WHERE total > 490)",
    "SELECT sum(pages) FROM visits WHERE day BETWEEN date '2026-01-10' AND date '2026-01-12' AND customer_id "
    "= 9",
    "SELECT day, count(*) FROM visits GROUP BY day",
    "SELECT * FROM open_orders WHERE customer_id IN (1, 2, 3)",
    "SELECT count(*) FROM items WHERE attributes @> '{\"colour\": 3}'",
    "SELECT id, rank() OVER (PARTITION BY customer_id ORDER BY total DESC) FROM orders WHERE created_at < "
    "'2026-01-05'",
    "SELECT id FROM customers WHERE email LIKE 'c12%' UNION ALL SELECT customer_id FROM visits_1 WHERE pages "
    "= 12",
    "UPDATE orders SET state = 'sent' WHERE customer_id = 17 AND state = 'paid'",
    "DELETE FROM items WHERE order_id = 4711",
    "INSERT INTO visits SELECT day + 1, customer_id, 0 FROM visits WHERE customer_id = 5",
};

class Whatif : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto& cluster = Cluster::shared();
    database_ = cluster.create_database();
    cluster.execute(kSchema, database_);
    cluster.execute("VACUUM ANALYZE", database_);
  }

  static std::string folder_file(const std::string& name, const std::string& content) {
    return folder().write(name, content);
  }
  static const TemporaryFolder& folder() {
    static const TemporaryFolder only;
    return only;
  }
  static ProgramOutput whatif(const std::string& file, const std::vector<std::string>& indexes = {},
                              const std::string& format = "json") {
    std::vector<std::string> arguments{
        "whatif", "--dsn", Cluster::shared().dsn_text(database_), "--query", file, "--format", format};
    for (const auto& index : indexes) arguments.insert(arguments.end(), {"--index", index});
    return run_pgadvisor(arguments, folder());
  }
  static double explained_cost(const std::string& statement) {
    const auto plan = Cluster::shared().value("EXPLAIN (FORMAT JSON) " + statement, database_);
    return json::parse(plan).at(0).at("Plan").at("Total Cost").to_number<double>();
  }
  static void expect_costs(const json::value& answer, const std::vector<std::string>& statements,
                           const char* which, double tolerance) {
    ASSERT_EQ(answer.at("statements").as_array().size(), statements.size());
    for (std::size_t i = 0; i < statements.size(); ++i) {
      const double real = explained_cost(statements[i]);
      const double predicted = answer.at("statements").at(i).at(which).to_number<double>();
      // EXPLAIN rounds to two digits.
      EXPECT_NEAR(predicted, real, real * tolerance + 0.005) << statements[i] << "\n"
                                                             << answer.at("statements").at(i);
    }
  }
  static std::string file_of(const std::vector<std::string>& statements) {
    std::string content;
    for (const auto& statement : statements) content += statement + ";\n";
    return folder_file("statements.sql", content);
  }

  static inline std::string database_;
};

TEST_F(Whatif, CostsWhatTheRealPlannerSays) {
  const auto output = whatif(file_of(kStatements));
  ASSERT_EQ(output.exit_code, 0) << output.err;
  expect_costs(output.json(), kStatements, "cost_before", 0.001);
}

TEST_F(Whatif, FollowsThePlannerSettingsOfTheDatabase) {
  auto& cluster = Cluster::shared();
  cluster.execute("ALTER DATABASE " + database_ + " SET random_page_cost = 1.1", database_);
  cluster.execute("ALTER DATABASE " + database_ + " SET max_parallel_workers_per_gather = 0", database_);
  const auto output = whatif(file_of(kStatements));
  ASSERT_EQ(output.exit_code, 0) << output.err;
  expect_costs(output.json(), kStatements, "cost_before", 0.001);
  cluster.execute("ALTER DATABASE " + database_ + " RESET ALL", database_);
}

TEST_F(Whatif, PlansStatementsOverViewsOfTheFile) {
  const std::string view =
      "CREATE VIEW revenue AS SELECT customer_id, sum(total) AS s FROM orders GROUP BY customer_id";
  const std::string statement =
      "SELECT c.email FROM revenue r JOIN customers c ON c.id = r.customer_id WHERE r.s > 2400";
  const auto output = whatif(folder_file("view.sql", view + ";\n" + statement + ";\nDROP VIEW revenue;\n"));
  ASSERT_EQ(output.exit_code, 0) << output.err;
  Cluster::shared().execute(view, database_);
  expect_costs(output.json(), {statement}, "cost_before", 0.001);
  Cluster::shared().execute("DROP VIEW revenue", database_);
}

TEST_F(Whatif, LeavesOutWhatCannotBePlanned) {
  const auto output = whatif(folder_file("bad.sql", kStatements[0] + ";\nSELECT FROM WHERE;\n"));
  EXPECT_EQ(output.exit_code, 3);
  EXPECT_EQ(output.json().at("statements").as_array().size(), 1U);
  EXPECT_THAT(output.err, ::testing::HasSubstr("bad.sql:2"));
}

TEST_F(Whatif, PredictsCostAndSizeOfIndexesThatAreThenBuilt) {
  const std::vector<std::string> indexes{"CREATE INDEX w1 ON orders (customer_id)",
                                         "CREATE INDEX w2 ON orders (state, created_at) INCLUDE (total)",
                                         "CREATE INDEX w3 ON items (product, price)",
                                         "CREATE INDEX w4 ON customers (email varchar_pattern_ops)",
                                         "CREATE INDEX w5 ON orders (created_at) WHERE state = 'new'"};
  auto statements = kStatements;
  statements.insert(statements.end(),
                    {"SELECT sum(price) FROM items WHERE product = 42",
                     "SELECT state, max(total) FROM orders WHERE state = 'paid' GROUP BY state",
                     "SELECT id FROM customers WHERE email LIKE 'c77%'"});
  const auto output = whatif(file_of(statements), indexes);
  ASSERT_EQ(output.exit_code, 0) << output.err;
  const auto answer = output.json();
  auto& cluster = Cluster::shared();
  for (const auto& index : indexes) cluster.execute(index, database_);
  ASSERT_EQ(answer.at("indexes").as_array().size(), indexes.size());
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    const auto real =
        std::stod(cluster.value("SELECT pg_relation_size('w" + std::to_string(i + 1) + "')", database_));
    const auto predicted = answer.at("indexes").at(i).at("size_bytes").to_number<double>();
    EXPECT_NEAR(predicted, real, real * 0.15) << indexes[i];
  }
  expect_costs(answer, statements, "cost_after", 0.01);
  cluster.execute("DROP INDEX w1, w2, w3, w4, w5", database_);
}

TEST_F(Whatif, ShowsBothPlansAsText) {
  const auto output = whatif(file_of({kStatements[0]}), {"CREATE INDEX ON orders (customer_id)"}, "text");
  ASSERT_EQ(output.exit_code, 0) << output.err;
  EXPECT_THAT(output.out, ::testing::AllOf(::testing::HasSubstr("Seq Scan on orders"),
                                           ::testing::HasSubstr("after:"), ::testing::HasSubstr("using ")));
}

}  // namespace
}  // namespace pgadvisor::testing
