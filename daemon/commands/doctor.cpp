#include "collectors/compared_values.hpp"
#include "collectors/identity_collector.hpp"
#include "collectors/snapshot_collector.hpp"
#include "collectors/snapshot_ends.hpp"
#include "collectors/statements_collector.hpp"
#include "daemon/blocking.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/setup.hpp"
#include "daemon/log.hpp"

#include <fmt/format.h>

namespace pgadvisor::daemon::commands {
namespace {

using boost::asio::awaitable;

enum class State { kGood, kAdvice, kMissing };

struct Check {
  State state = State::kGood;
  std::string what;
  std::string fix = {};
};

using Checks = std::vector<Check>;

void add(Checks& checks, std::string good, const model::Result<void>& outcome) {
  if (outcome) {
    checks.push_back({State::kGood, std::move(good)});
  } else {
    checks.push_back({State::kMissing, outcome.error().message, outcome.error().hint});
  }
}

template <class T>
model::Result<void> outcome_of(const model::Result<T>& result) {
  if (result) return {};
  return result.error();
}

void check_version(Checks& checks, const model::ServerIdentity& identity) {
  const int major = identity.version / 10000;
  if (major < 13 || major > 18) {
    checks.push_back({State::kMissing, fmt::format("PostgreSQL {} is not supported", major),
                      "pgadvisor is made for PostgreSQL 13 to 18"});
  } else {
    checks.push_back({State::kGood, fmt::format("PostgreSQL {}", major)});
  }
  if (identity.block_size != model::kBlockSize) {
    checks.push_back({State::kMissing,
                      fmt::format("the server's block size is {} bytes", identity.block_size),
                      "the sandbox can only plan for servers built with blocks of 8192 bytes"});
  }
}

awaitable<void> check_setting(Checks& checks, pg::Connection& connection, const std::string& name,
                              const std::string& wanted, const std::string& why) {
  const auto sql = "select pg_catalog.current_setting('" + name + "', true) /* pgadvisor */";
  const auto rows = co_await connection.query(sql);
  if (!rows || rows->string(0, 0) == wanted) co_return;
  checks.push_back({State::kAdvice, fmt::format("{} is {}: {}", name, rows->string(0, 0), why),
                    fmt::format("ALTER SYSTEM SET {} = {}; SELECT pg_reload_conf();", name, wanted)});
}

/// Before 15 there is nothing to grant.
awaitable<void> check_ends(Checks& checks, pg::Connection& connection) {
  if (connection.server_version() < 150000) co_return;
  const auto allowed = co_await collectors::may_read_uncounted(connection);
  if (!allowed || *allowed) co_return;
  checks.push_back(
      {State::kAdvice,
       "costs near the ends of indexed columns are estimates: the role cannot read those ends "
       "without being counted as a user of the index",
       "GRANT SET ON PARAMETER track_counts, pg_stat_statements.track TO the role of pgadvisor"});
}

awaitable<Checks> examine(pg::Dsn dsn, pg::ConnectionOptions options,
                          std::optional<Observation>& observation) {
  Checks checks;
  auto connection = co_await pg::Connection::connect(dsn, options);
  add(checks, "connection", outcome_of(connection));
  if (!connection) co_return checks;
  const auto identity = co_await collectors::collect_identity(*connection);
  if (identity) check_version(checks, *identity);
  const auto extension = co_await collectors::find_statements_extension(*connection);
  add(checks, "pg_stat_statements is installed, preloaded and readable", outcome_of(extension));
  co_await check_setting(checks, *connection, "track_io_timing", "on",
                         "blocks are counted, but the time to read them is not");
  co_await check_ends(checks, *connection);
  model::DatabaseProperties properties;
  const auto name = co_await connection->query(
      "select d.oid, datname, pg_encoding_to_char(encoding), datcollate, datctype from pg_database d where "
      "datname = "
      "current_database() /* pgadvisor */");
  if (name) {
    properties = {static_cast<model::Oid>(name->integer(0, 0)), name->string(0, 1), name->string(0, 2),
                  name->string(0, 3), name->string(0, 4)};
  }
  auto snapshot = co_await collectors::collect_snapshot(*connection, properties);
  add(checks, "catalog and column statistics are readable", outcome_of(snapshot));
  if (!snapshot) co_return checks;
  if (const auto added = co_await collectors::add_compared_values(*connection, *snapshot); !added) {
    add(checks, "pg_qualstats is readable", outcome_of(added));
    co_return checks;
  }
  for (const auto& limitation : snapshot->limitations) checks.push_back({State::kMissing, limitation});
  observation = Observation{std::move(*snapshot), connection->effective_dsn(), std::nullopt};
  co_return checks;
}

/// The proof of the pudding: a server of a fitting major is installed here and the schema can be dumped.
void check_sandbox(Checks& checks, const config::Settings& settings, const Observation& observation) {
  const auto twin = make_twin(settings, observation);
  add(checks, "a planner sandbox starts and takes a copy of the schema", outcome_of(twin));
  if (!twin) return;
  for (const auto& left_out : twin->database.left_out()) checks.push_back({State::kAdvice, left_out});
}

ExitCode print(const Checks& checks) {
  bool missing = false;
  for (const auto& check : checks) {
    const char* mark = check.state == State::kGood     ? "ok     "
                       : check.state == State::kAdvice ? "advice "
                                                       : "MISSING";
    fmt::print("{} {}\n", mark, log::printable(check.what));
    if (!check.fix.empty()) fmt::print("        fix: {}\n", log::printable(check.fix));
    missing = missing || check.state == State::kMissing;
  }
  return missing ? ExitCode::kFailed : ExitCode::kDone;
}

}  // namespace

ExitCode doctor(const DoctorCommand& command) {
  const auto settings = load_settings({});
  if (!settings) return ExitCode::kUsage;
  const auto dsn = parse_dsn(command.dsn);
  if (!dsn) return ExitCode::kUsage;
  std::optional<Observation> observation;
  auto checks = run_blocking(examine(*dsn, connection_options(*settings), observation));
  if (observation) check_sandbox(checks, *settings, *observation);
  return print(checks);
}

}  // namespace pgadvisor::daemon::commands
