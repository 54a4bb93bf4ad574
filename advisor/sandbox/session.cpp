#include "advisor/sandbox/session.hpp"

#include "advisor/sandbox/planner_answers.hpp"
#include "collectors/model/clock.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgadvisor::sandbox {
namespace {

/// Answers that look relations up until the session forgets what it remembers of them.
constexpr std::size_t kRemembered = 250;

/// {1,2,3}: the text form of oid[].
std::string oid_array(std::span<const Configuration> configurations) {
  std::string list;
  for (const auto& configuration : configurations) {
    for (const auto candidate : configuration) {
      list += fmt::format("{}{}", list.empty() ? "" : ",", static_cast<std::uint32_t>(candidate));
    }
  }
  return '{' + list + '}';
}

std::string length_array(std::span<const Configuration> configurations) {
  std::string list;
  for (const auto& configuration : configurations) {
    list += fmt::format("{}{}", list.empty() ? "" : ",", configuration.size());
  }
  return '{' + list + '}';
}

/// PostgreSQL quotes the text it could not read; that may be a literal of a monitored statement.
std::string without_literal(std::string message, const std::string& sqlstate) {
  const auto cut = [&](const char* mark) { message.resize(std::min(message.size(), message.find(mark))); };
  if (sqlstate.starts_with("22")) cut(": \"");
  if (sqlstate == "42601") cut(" at or near \"'");
  return message;
}

}  // namespace

/// The connection judges as for production; here a refusal is about one statement or candidate, and only a
/// dead server calls for a new twin.
model::Error Session::judged(model::Error error) const {
  const bool gone =
      !connection_.usable() || error.sqlstate.starts_with("08") || error.sqlstate.starts_with("57P");
  error.next = gone ? model::NextStep::kReconnect : model::NextStep::kSkip;
  error.message = without_literal(std::move(error.message), error.sqlstate);
  return error;
}

model::Result<pg::Rows> Session::ask(const std::string& sql, const pg::Parameters& parameters) {
  auto rows = connection_.query(sql, parameters);
  if (!rows) return judged(rows.error());
  return rows;
}

model::Result<void> Session::execute(const std::string& sql) {
  auto done = connection_.execute(sql);
  if (!done) return judged(done.error());
  return {};
}

model::Result<pg::Rows> Session::ask_planner(std::size_t calls, const std::string& sql,
                                             const pg::Parameters& parameters) {
  const model::SystemClock clock;
  const auto begin = clock.monotonic();
  auto rows = ask(sql, parameters);
  planner_calls_ += static_cast<std::int64_t>(calls);
  planner_time_ += clock.monotonic() - begin;
  if (auto bounded = bound_memory(calls); !bounded) return bounded.error();
  return rows;
}

model::Result<void> Session::bound_memory(std::size_t added) {
  remembered_ += added;
  if (remembered_ < kRemembered) return {};
  remembered_ = 0;
  auto rows = ask("SELECT pgadvisor_sandbox.forget_relations()");
  if (!rows) return rows.error();
  return {};
}

/// As the module numbers them, from 1.
std::string Session::own_number(StatementId statement) const {
  return fmt::format("{}", static_cast<std::int32_t>(statement) / kMostSessions);
}

model::Result<StatementId> Session::prepare(const std::string& text) {
  auto rows = ask("SELECT pgadvisor_sandbox.prepare($1)", {text});
  if (!rows) return rows.error();
  const auto number = static_cast<std::int32_t>(rows->integer(0, 0));
  return *statements_.insert(StatementId{number * kMostSessions + number_}).first;
}

model::Result<void> Session::release(StatementId statement) {
  auto rows = ask("SELECT pgadvisor_sandbox.release($1)", {own_number(statement)});
  if (!rows) return rows.error();
  statements_.erase(statement);
  return {};
}

model::Result<void> Session::reset() {
  for (const auto statement : std::set<StatementId>(statements_)) {
    if (auto done = release(statement); !done) return done;
  }
  planner_calls_ = 0;
  planner_time_ = {};
  return {};
}

model::Result<StatementScans> Session::scans(StatementId statement) {
  auto rows = ask_planner(1, "SELECT pgadvisor_sandbox.scans($1)", {own_number(statement)});
  if (!rows) return rows.error();
  return parse_scans(rows->text(0, 0));
}

model::Result<std::vector<PlanCost>> Session::costs(StatementId statement,
                                                    std::span<const Configuration> configurations) {
  auto rows = ask_planner(configurations.size(), "SELECT pgadvisor_sandbox.costs($1, $2, $3)",
                          {own_number(statement), oid_array(configurations), length_array(configurations)});
  if (!rows) return rows.error();
  return parse_costs(rows->text(0, 0));
}

model::Result<std::string> Session::explain(StatementId statement, const Configuration& configuration) {
  auto rows = ask_planner(1, "SELECT pgadvisor_sandbox.explain($1, $2)",
                          {own_number(statement), oid_array(std::span(&configuration, 1))});
  if (!rows) return rows.error();
  return rows->string(0, 0);
}

}  // namespace pgadvisor::sandbox
