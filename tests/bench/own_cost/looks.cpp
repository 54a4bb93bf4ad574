#include "tests/bench/own_cost/looks.hpp"

#include "collectors/database_collector.hpp"
#include "collectors/identity_collector.hpp"
#include "collectors/relations_collector.hpp"
#include "collectors/samples_collector.hpp"
#include "collectors/snapshot_collector.hpp"
#include "collectors/statements_collector.hpp"
#include "tests/bench/own_cost/backend.hpp"
#include "tests/support/run_coroutine.hpp"

#include <functional>
#include <stdexcept>
#include <utility>

namespace pgadvisor::bench {
namespace {

using testing::run;

/// No limit of time: what is too slow shall be seen.
pg::Connection connect(const testing::Cluster& cluster, const std::string& database) {
  pg::ConnectionOptions options;
  options.statement_timeout = std::chrono::minutes(10);
  return run(pg::Connection::connect(cluster.dsn(database), options)).value();
}

using Ask = std::function<void(pg::Connection&)>;

Look measure(const testing::Cluster& cluster, const std::string& database, std::string what, bool counters,
             const Ask& ask) {
  auto connection = connect(cluster, database);
  const auto pid = run(connection.query("SELECT pg_catalog.pg_backend_pid()")).value().integer(0, 0);
  const Growth growth(postmaster_of(cluster), static_cast<pid_t>(pid));
  const auto time = [&] {
    const auto before = connection.busy();
    ask(connection);
    return (connection.busy() - before).count();
  };
  Look look{.what = std::move(what), .counters = counters};
  look.first = time();
  look.processor = growth.processor();
  look.again = time();
  look.growth = growth.bytes();
  return look;
}

template <class T>
void check(const model::Result<T>& result) {
  if (!result) throw std::runtime_error(to_string(result.error()));
}

}  // namespace

std::vector<Look> own_looks(const testing::Cluster& cluster, const std::string& database) {
  std::vector<Look> looks;
  const auto add = [&](const std::string& where, std::string what, bool counters, const Ask& ask) {
    looks.push_back(measure(cluster, where, std::move(what), counters, ask));
  };
  const auto statements = [](pg::Connection& connection) {
    const auto extension = run(collectors::find_statements_extension(connection)).value();
    check(run(collectors::collect_statements(connection, extension)));
  };
  model::DatabaseProperties properties;
  properties.name = database;
  add("postgres", "identity", true, [](auto& c) { check(run(collectors::collect_identity(c))); });
  add("postgres", "databases", true, [](auto& c) { check(run(collectors::collect_databases(c, {}))); });
  add("postgres", "statements", true, statements);
  add("postgres", "samples", true, [](auto& c) { check(run(collectors::collect_samples(c, std::nullopt))); });
  add(database, "relations", true, [](auto& c) { check(run(collectors::collect_relations(c))); });
  add(database, "fingerprint", false, [](auto& c) { check(run(collectors::collect_fingerprint(c))); });
  add(database, "catalog pass", false,
      [&](auto& c) { check(run(collectors::collect_snapshot(c, properties))); });
  return looks;
}

std::vector<Look> naive_looks(const testing::Cluster& cluster, const std::string& database) {
  std::vector<Look> looks;
  const auto add = [&](const std::string& where, const char* what, const char* sql) {
    looks.push_back(measure(cluster, where, what, false, [&](auto& c) { check(run(c.query(sql))); }));
  };
  add("postgres", "pg_stat_statements with texts", "SELECT * FROM public.pg_stat_statements");
  add(database, "pg_stat_user_indexes", "SELECT * FROM pg_catalog.pg_stat_user_indexes");
  add(database, "pg_relation_size of all",
      "SELECT oid, pg_catalog.pg_relation_size(oid) FROM pg_catalog.pg_class");
  add(database, "pg_get_indexdef of all",
      "SELECT indexrelid, pg_catalog.pg_get_indexdef(indexrelid) FROM pg_catalog.pg_index");
  return looks;
}

}  // namespace pgadvisor::bench
