#pragma once

// A sandbox server for the whole test process, and clones of the shared cluster's databases in it.

#include "advisor/sandbox/database.hpp"
#include "advisor/sandbox/server.hpp"
#include "collectors/pg/blocking_connection.hpp"
#include "daemon/observe.hpp"
#include "tests/support/cluster.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <cmath>
#include <filesystem>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pgadvisor::sandbox {

/// In a folder that the unprivileged user may reach.
class SharedServer {
 public:
  SharedServer() {
    std::string pattern = "/tmp/sandbox-test-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    root_ = pattern;
    std::filesystem::permissions(root_, std::filesystem::perms{0755});
    const auto modules = std::filesystem::path(PGADVISOR_BINARY_DIR) / "lib";
    server_.emplace(
        Server::start({.folder = root_ / "sandbox", .user = {}, .modules = modules}, 150000).value());
  }
  SharedServer(const SharedServer&) = delete;
  SharedServer& operator=(const SharedServer&) = delete;
  ~SharedServer() {
    server_.reset();
    std::filesystem::remove_all(root_);
  }
  Server& get() { return *server_; }

 private:
  std::filesystem::path root_;
  std::optional<Server> server_;
};

inline Server& server() {
  static SharedServer shared;
  return shared.get();
}

inline model::DatabaseSnapshot snapshot(const std::string& database, const std::string& user = "postgres") {
  return daemon::observe(testing::Cluster::shared().dsn(database, user), {}, daemon::WithActivity::kNo)
      .value()
      .snapshot;
}

inline model::Result<Database> clone(const std::string& database) {
  return Database::clone(server(), testing::Cluster::shared().dsn(), snapshot(database));
}

/// A look into the twin beside the session that plans.
inline pg::Rows ask_twin(const std::string& database, const std::string& sql) {
  return pg::BlockingConnection::connect(server().dsn(database), "test").value().query(sql).value();
}

inline double production_cost(const std::string& database, const std::string& statement) {
  const std::string plan = testing::Cluster::shared().value("EXPLAIN (FORMAT JSON) " + statement, database);
  return boost::json::parse(plan).as_array()[0].at("Plan").at("Total Cost").to_number<double>();
}

inline double sandbox_cost(Database& database, const std::string& statement) {
  const auto id = database.prepare(statement);
  if (!id) throw std::runtime_error(statement + ": " + to_string(id.error()));
  const Configuration none;
  const auto costs = database.costs(*id, std::span(&none, 1));
  if (!costs) throw std::runtime_error(statement + ": " + to_string(costs.error()));
  return costs->front().total.value;
}

/// Within 0.1 %; EXPLAIN rounds to hundredths.
inline void expect_cost_of_production(Database& twin, const std::string& database,
                                      const std::string& statement) {
  const double expected = production_cost(database, statement);
  EXPECT_NEAR(sandbox_cost(twin, statement), expected, expected * 0.001 + 0.005) << statement;
}

/// Statement by statement: those of VACUUM are no part of a script. Each ends with ";\n".
inline void execute_script(std::string_view script, const std::string& database) {
  for (std::size_t end = script.find(";\n"); end != std::string_view::npos; end = script.find(";\n")) {
    testing::Cluster::shared().execute(std::string(script.substr(0, end)), database);
    script.remove_prefix(end + 2);
  }
}

/// A new database of the shared cluster, filled by the script.
inline std::string make_database(std::string_view script) {
  std::string database = testing::Cluster::shared().create_database();
  execute_script(script, database);
  return database;
}

}  // namespace pgadvisor::sandbox
