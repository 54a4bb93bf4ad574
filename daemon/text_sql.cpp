#include "daemon/create_script.hpp"
#include "daemon/log.hpp"
#include "daemon/text.hpp"

#include <fmt/format.h>

namespace pgadvisor::daemon::text {
namespace {

using log::printable;

/// A name may hold a line break, which SQL keeps within its quotes; in a comment it must not end the line.
std::string comment(const std::string& text) {
  return fmt::format("-- {}\n", printable(text));
}

/// Where PostgreSQL has CONCURRENTLY, as it is recommended; else step by step, as `apply` would.
void add_index(Script& script, const advisor::Recommendation& recommendation,
               const model::DatabaseSnapshot& snapshot) {
  const bool concurrently = recommendation.ddl.starts_with("CREATE INDEX CONCURRENTLY ");
  if (concurrently) return script.add(recommendation.ddl, true);
  const auto plan = plan_of(recommendation, snapshot);
  if (!plan) return script.add(recommendation.ddl, false);
  for (const auto& step : plan->steps) script.add(step.sql, step.concurrently);
}

}  // namespace

std::string as_sql(const advisor::Advice& advice, const model::DatabaseSnapshot& snapshot) {
  Script script;
  script.remark(fmt::format(
      "-- Indexes proposed by pgadvisor for database {}. Run with psql, outside a transaction.\n"
      "-- CONCURRENTLY waits under lock_timeout for transactions that were open before; it blocks nobody "
      "meanwhile.\n",
      printable(advice.database)));
  for (const auto& recommendation : advice.recommendations) {
    script.remark("\n");
    for (const auto& reason : recommendation.reasons) script.remark(comment(reason));
    script.remark(comment("Way back: " + recommendation.rollback + ";"));
    add_index(script, recommendation, snapshot);
    for (const auto& replaced : recommendation.replaces) {
      script.remark(comment("Once it is valid: " + replaced.ddl + ";"));
      script.remark(comment("Way back: " + replaced.rollback + ";"));
    }
  }
  return script.text();
}

}  // namespace pgadvisor::daemon::text
