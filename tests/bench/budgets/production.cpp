#include "tests/bench/budgets/production.hpp"

#include "collectors/model/clock.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

namespace pgadvisor::bench {

Production::Production(const pg::Dsn& dsn, const workload::Workload& workload)
    : session_(dsn), workload_(workload) {
  session_.execute("BEGIN");
  for (const auto& view : workload_.views) session_.execute(view);
}

double Production::cost() {
  double sum = 0;
  for (const auto& statement : workload_.statements) {
    const auto plan = session_.plan(statement.text);
    if (!plan) throw std::runtime_error("not planned: " + statement.id);
    sum += statement.calls * total_cost(*plan);
  }
  return sum;
}

/// Planned before: dropping indexes empties the session's caches of the catalogs.
double Production::time_once(const std::string& statement, bool with) {
  session_.execute("SAVEPOINT statement");
  if (!with && !built_.empty()) session_.execute(fmt::format("DROP INDEX {}", fmt::join(built_, ", ")));
  (void)session_.plan(statement);
  const model::SystemClock clock;
  const auto start = clock.monotonic();
  (void)session_.query(statement);
  const double seconds = model::Seconds(clock.monotonic() - start).count();
  session_.execute("ROLLBACK TO statement");
  return seconds;
}

std::vector<Production::Times> Production::times(int runs) {
  const auto median = [](std::vector<double>& times) {
    std::ranges::sort(times);
    return times[times.size() / 2];
  };
  std::vector<Times> result;
  for (const auto& statement : workload_.statements) {
    std::vector<double> without;
    std::vector<double> with;
    for (int run = 0; run <= runs; ++run) {
      const Times times{time_once(statement.text, false), time_once(statement.text, true)};
      if (run == 0) continue;
      without.push_back(times.without);
      with.push_back(times.with);
    }
    result.push_back({median(without), median(with)});
  }
  return result;
}

void Production::build(const std::vector<advisor::Recommendation>& recommendations) {
  session_.execute("SAVEPOINT no_indexes");
  for (const auto& recommendation : recommendations) {
    const auto& definition = recommendation.definition;
    session_.execute(sql::create_index(definition, recommendation.index_name, false));
    built_.push_back(sql::quote_name({definition.table.schema, recommendation.index_name}));
  }
}

double Production::built_bytes() {
  double sum = 0;
  for (const auto& index : built_) {
    sum += session_
               .query(
                   "SELECT sum(pg_relation_size(relid)) FROM (SELECT $1::regclass AS relid UNION"
                   " SELECT relid FROM pg_partition_tree($1::regclass)) AS parts",
                   {index})
               .real(0, 0);
  }
  return sum;
}

void Production::drop() {
  session_.execute("ROLLBACK TO no_indexes");
  built_.clear();
}

}  // namespace pgadvisor::bench
