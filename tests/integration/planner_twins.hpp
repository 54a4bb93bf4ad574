#pragma once

// A database with rows, its twin without, and a sandbox::Database on the twin: for the tests of the planner
// module.

#include "advisor/sandbox/database.hpp"
#include "advisor/sandbox/installation.hpp"
#include "collectors/pg/blocking_connection.hpp"
#include "tests/support/cluster.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pgadvisor::sandbox {
inline constexpr const char* kSchema = R"(
CREATE EXTENSION pageinspect;
CREATE TABLE customers(id int PRIMARY KEY, email varchar(80), active boolean NOT NULL, deleted_at timestamptz, city text);
CREATE TABLE orders(id bigint PRIMARY KEY, customer_id int NOT NULL, status text NOT NULL, created_at timestamptz NOT NULL,
                    total_cents int NOT NULL, note text COLLATE "C");
CREATE INDEX orders_created_at ON orders(created_at);
CREATE TABLE "Odd ""table
name"("a""b" int, "select" int, "x
y" text);
CREATE TABLE events(day date NOT NULL, kind int NOT NULL, payload text) PARTITION BY RANGE (day);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
CREATE VIEW open_orders AS SELECT o.id AS number, o.created_at AS at, c.email, o.total_cents FROM orders o
  JOIN customers c ON c.id = o.customer_id WHERE o.status = 'open';
INSERT INTO customers SELECT i, 'user' || i || '@example.org', i % 5 = 0,
  CASE WHEN i % 10 = 0 THEN timestamptz '2024-01-01' END, 'city' || i % 40 FROM generate_series(1, 4000) i;
INSERT INTO orders SELECT i, 1 + i * 7919 % 4000, CASE WHEN i % 50 = 0 THEN 'open' ELSE 'done' END,
  timestamptz '2024-01-01' + i * interval '1 minute', i % 977, 'n' || i FROM generate_series(1, 60000) i;
INSERT INTO "Odd ""table
name" SELECT i, i % 7, 'x' FROM generate_series(1, 20000) i;
INSERT INTO events SELECT date '2024-01-01' + i % 60, i % 100, repeat('p', 40) FROM generate_series(1, 30000) i;
)";

/// Sizes of every table and index of the current database, as the planner of that database sees them.
inline constexpr const char* kSizes = R"(
SELECT n.nspname, c.relname, pg_relation_size(c.oid) / 8192, c.reltuples,
       c.relallvisible / greatest(c.relpages, 1)::float8,
       CASE WHEN c.relkind = 'i' THEN (bt_metap(format('%I', c.relname))).level ELSE -1 END
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'i'))";

/// Statistics without rows: a copy of the database whose tables were then emptied.
struct Twins {
  std::string production;
  std::string twin = "twin";

  Twins() {
    auto& cluster = testing::Cluster::shared();
    production = cluster.create_database();
    cluster.execute(kSchema, production);
    cluster.execute("VACUUM ANALYZE", production);
    cluster.execute("CREATE DATABASE twin TEMPLATE " + production);
    cluster.execute("TRUNCATE customers, orders, events, \"Odd \"\"table\nname\"", twin);
  }

  static Twins& get() {
    static Twins twins;
    return twins;
  }
};

inline std::filesystem::path module_path() {
  return sandbox::module_path(std::filesystem::path(PGADVISOR_BINARY_DIR) / "lib", testing::tested_major());
}

/// A session of the planner module on a database of the shared cluster.
class PlannerSession : public ::testing::Test {
 protected:
  static pg::BlockingConnection connect_to(const std::string& database) {
    auto connection = pg::BlockingConnection::connect(testing::Cluster::shared().dsn(database), "sandbox");
    EXPECT_TRUE(connection) << to_string(connection.error());
    return std::move(*connection);
  }

  void attach_to(const std::string& database) {
    auto attached = Database::attach(connect_to(database), module_path());
    ASSERT_TRUE(attached) << to_string(attached.error());
    database_.emplace(std::move(*attached));
  }

  static std::vector<RelationSize> sizes_of(const std::string& production) {
    std::vector<RelationSize> sizes;
    const auto rows = testing::Cluster::shared().query(kSizes, production);
    for (int row = 0; row < rows.size(); ++row) {
      sizes.push_back({{rows.string(row, 0), rows.string(row, 1)},
                       rows.real(row, 2),
                       rows.real(row, 3),
                       rows.real(row, 4),
                       static_cast<int>(rows.integer(row, 5))});
    }
    return sizes;
  }

  /// The planner then takes tables and indexes to be as large as that.
  void take_sizes(const std::vector<RelationSize>& sizes) {
    const auto found = database_->set_sizes(sizes);
    ASSERT_TRUE(found) << to_string(found.error());
    ASSERT_EQ(*found, std::ssize(sizes));
  }

  /// As those of the other database.
  void take_sizes_of(const std::string& production) { take_sizes(sizes_of(production)); }

  StatementId prepared(const std::string& text) {
    auto statement = database_->prepare(text);
    EXPECT_TRUE(statement) << text << ": " << to_string(statement.error());
    return *statement;
  }

  PlanCost cost(const std::string& text, const Configuration& configuration = {}) {
    auto costs = database_->costs(prepared(text), std::span(&configuration, 1));
    EXPECT_TRUE(costs) << text << ": " << to_string(costs.error());
    return costs->at(0);
  }

  StatementScans scans(const std::string& text) {
    auto scans = database_->scans(prepared(text));
    EXPECT_TRUE(scans) << text << ": " << to_string(scans.error());
    return *scans;
  }

  Scan scan_of(const std::string& table, const std::string& text) {
    for (auto& scan : scans(text).scans) {
      if (scan.relation.name == table) return scan;
    }
    ADD_FAILURE() << "no scan of " << table << " in " << text;
    return {};
  }

  std::optional<Database> database_;
};

class PlannerModule : public PlannerSession {
 protected:
  void SetUp() override {
    attach_to(Twins::get().twin);
    take_sizes_of(Twins::get().production);
  }

  /// Indexes that earlier tests left are no candidates of a new session: none may be left.
  void TearDown() override {
    for (const auto candidate : candidates_) EXPECT_TRUE(database_->drop_candidate(candidate));
  }

  static pg::BlockingConnection connect() { return connect_to(Twins::get().twin); }

  CandidateId candidate(const std::string& sql) {
    auto created = database_->create_candidate(sql);
    EXPECT_TRUE(created) << sql << ": " << to_string(created.error());
    candidates_.push_back(*created);
    return *created;
  }

  std::vector<CandidateId> candidates_;
};

}  // namespace pgadvisor::sandbox
