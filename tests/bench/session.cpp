#include "tests/bench/session.hpp"

#include <boost/json.hpp>

namespace pgadvisor::bench {
namespace {

double top_node(const std::string& plan, const char* key) {
  return boost::json::parse(plan).as_array()[0].at("Plan").at(key).to_number<double>();
}

}  // namespace

Session::Session(const pg::Dsn& dsn)
    : connection_(value_of(pg::BlockingConnection::connect(dsn, "production"))) {}

void Session::execute(const std::string& sql) {
  if (auto done = connection_.execute(sql); !done)
    throw std::runtime_error(to_string(done.error()) + " in: " + sql);
}

pg::Rows Session::query(const std::string& sql, const pg::Parameters& parameters) {
  auto rows = connection_.query(sql, parameters);
  if (!rows) throw std::runtime_error(to_string(rows.error()) + " in: " + sql);
  return std::move(*rows);
}

std::optional<std::string> Session::plan(const std::string& statement) {
  const auto rows = connection_.query("EXPLAIN (FORMAT JSON) " + statement);
  if (!rows) return {};
  return rows->string(0, 0);
}

double total_cost(const std::string& plan) {
  return top_node(plan, "Total Cost");
}

double rows_of(const std::string& plan) {
  return top_node(plan, "Plan Rows");
}

double width_of(const std::string& plan) {
  return top_node(plan, "Plan Width");
}

}  // namespace pgadvisor::bench
