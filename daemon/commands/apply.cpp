#include "daemon/apply/disk.hpp"
#include "daemon/apply/executor.hpp"
#include "daemon/apply/interrupts.hpp"
#include "daemon/apply/plan.hpp"
#include "daemon/apply/read_facts.hpp"
#include "daemon/apply/wanted.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/setup.hpp"
#include "daemon/log.hpp"
#include "daemon/text.hpp"

#include "collectors/model/clock.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

namespace pgadvisor::daemon::commands {
namespace {

using apply::Plan;
using model::Result;

Result<apply::Wanted> find_wanted(const ApplyCommand& command, const config::Settings& settings) {
  if (!command.index.empty()) return apply::Wanted{command.index, "", std::nullopt};
  if (!command.advice.empty()) return apply::read_advice(command.advice, command.id);
  return apply::ask_daemon(DaemonClient(command.url, settings.http), command.id);
}

/// What has to be so before anything is done; tells what people should know.
struct Preparation {
  Plan plan;
  std::vector<std::string> notes;
};

Result<void> check_database(apply::Session& session, const apply::Wanted& wanted) {
  const auto database = apply::current_database(session);
  if (!database) return database.error();
  if (wanted.database.empty() || wanted.database == *database) return {};
  return model::give_up(
      fmt::format("this was proposed for database {}, but --dsn leads to {}", wanted.database, *database),
      "give the DSN of that database");
}

Result<Preparation> prepare_create(apply::Session& session, const sql::CreateIndexStatement& statement,
                                   const apply::Wanted& wanted) {
  const auto facts = apply::read_table(session, statement.table, statement);
  if (!facts) return facts.error();
  const auto& table = facts->nodes.front().name;
  if (!facts->is_owner) {
    return model::give_up(
        fmt::format("this role does not own {}: only its owner can index it", sql::quote_name(table)),
        "connect as the owner, or as a member of the owning role");
  }
  auto plan = apply::plan_create(statement, *facts);
  if (!plan) return plan.error();
  Preparation preparation{std::move(*plan), {}};
  const auto disk = apply::judge_disk(apply::free_space(session, statement.tablespace), wanted.predicted_size,
                                      facts->rough_index_size);
  if (disk.refusal) return *disk.refusal;
  preparation.notes.push_back(
      fmt::format("{} holds {}; {}", sql::quote_name(table), text::pretty(facts->heap_size), disk.note));
  return preparation;
}

Result<Preparation> prepare_drop(apply::Session& session, const sql::DropIndexStatement& statement) {
  const auto found = apply::find_index(session, statement.index);
  if (!found) return found.error();
  if (!*found) {
    return model::give_up("there is no index " + sql::quote_name(statement.index),
                          "check the database, the name, and search_path where it has no schema");
  }
  auto plan = apply::plan_drop((*found)->first, (*found)->second);
  if (!plan) return plan.error();
  const auto note =
      fmt::format("{} holds {}", sql::quote_name(plan->index), text::pretty((*found)->first.size));
  return Preparation{std::move(*plan), {note}};
}

Result<Preparation> prepare(apply::Session& session, const sql::IndexStatement& statement,
                            const apply::Wanted& wanted) {
  if (auto done = apply::check_writable(session); !done) return done.error();
  if (auto done = check_database(session, wanted); !done) return done.error();
  const auto* create = std::get_if<sql::CreateIndexStatement>(&statement);
  auto preparation = create != nullptr ? prepare_create(session, *create, wanted)
                                       : prepare_drop(session, std::get<sql::DropIndexStatement>(statement));
  if (preparation) {
    const auto& notes = preparation->plan.notes;
    preparation->notes.insert(preparation->notes.end(), notes.begin(), notes.end());
  }
  return preparation;
}

apply::ExecutorOptions executor_options(const ApplyCommand& command) {
  return {command.lock_timeout, command.wait_timeout, command.timeout, command.attempts};
}

void print_dry_run(const Preparation& preparation, const ApplyCommand& command) {
  for (const auto& note : preparation.notes) fmt::print("-- {}\n", log::printable(note));
  for (const auto& step : preparation.plan.steps) {
    if (step.concurrently) {
      fmt::print("-- once the lock of the table can be had within {} ms:\n", command.lock_timeout.count());
    }
    fmt::print("SET lock_timeout = '{}ms';\nSET statement_timeout = '{}ms';\n{};\n",
               (step.concurrently ? command.wait_timeout : command.lock_timeout).count(),
               command.timeout.count(), step.sql);
  }
  fmt::print("-- It is taken back by: {};\n-- Nothing was changed.\n", log::printable(preparation.plan.undo));
}

void print_done(apply::Session& session, const Plan& plan, model::Seconds took) {
  const auto index = apply::find_index(session, plan.index);
  if (index && *index) {
    const auto& made = (*index)->first;
    fmt::print("created {} in {:.1f} s: {}\n", log::printable(sql::quote_name(made.name)), took.count(),
               made.is_partitioned ? "partitioned" : text::pretty(made.size));
  } else {
    fmt::print("dropped {} in {:.1f} s\n", log::printable(sql::quote_name(plan.index)), took.count());
  }
  fmt::print("take it back: {};\n", log::printable(plan.undo));
}

ExitCode tell_failure(const apply::Outcome& outcome, const Plan& plan) {
  auto error = *outcome.error;
  error.hint = apply::hint_for(error);
  complain(error);
  for (const auto& command : outcome.clean_up) {
    fmt::print(stderr, "pgadvisor: it could not be cleaned up. Run this yourself:\n  {};\n",
               log::printable(command));
  }
  if (outcome.clean_up.empty()) fmt::print(stderr, "pgadvisor: the failed step left nothing behind\n");
  if (plan.steps.size() > 1 && !outcome.made.empty()) {
    fmt::print(stderr,
               "pgadvisor: what was made before it stays; run this again to continue. To take it away:\n");
    for (const auto& index : outcome.made) {
      const bool partitioned = index == plan.index;
      fmt::print(stderr, "  {};\n", log::printable(sql::drop_index(index.schema, index.name, !partitioned)));
    }
  }
  return ExitCode::kFailed;
}

ExitCode carry_out(const ApplyCommand& command, const pg::Dsn& dsn, const sql::IndexStatement& statement,
                   const apply::Wanted& wanted) {
  auto session = apply::Session::open(dsn, "pgadvisor apply");
  if (!session) {
    complain(session.error());
    return ExitCode::kFailed;
  }
  const auto preparation = prepare(*session, statement, wanted);
  if (!preparation) {
    complain(preparation.error());
    return ExitCode::kFailed;
  }
  if (command.dry_run) {
    print_dry_run(*preparation, command);
    return ExitCode::kDone;
  }
  apply::Reporter reporter;
  for (const auto& note : preparation->notes) reporter.line(note);
  const apply::Interrupts interrupts;
  const model::SystemClock clock;
  const auto begin = clock.monotonic();
  apply::Executor executor(dsn, std::move(*session), executor_options(command), reporter);
  const auto outcome = executor.run(preparation->plan);
  if (outcome.error) return tell_failure(outcome, preparation->plan);
  auto after = apply::Session::open(dsn, "pgadvisor apply");
  if (!after) {
    complain(after.error());
    return ExitCode::kIncomplete;
  }
  print_done(*after, preparation->plan, clock.monotonic() - begin);
  return ExitCode::kDone;
}

}  // namespace

ExitCode apply(const ApplyCommand& command) {
  const auto settings = load_settings(command.config);
  if (!settings) return ExitCode::kUsage;
  const auto dsn = parse_dsn(command.dsn);
  if (!dsn) return ExitCode::kUsage;
  if (command.index.empty() && !apply::is_id(command.id)) {
    complain(model::give_up("an id has 16 hexadecimal digits",
                            "take it from the page, `pgadvisor advise` or /api/v1/recommendations"));
    return ExitCode::kUsage;
  }
  const auto wanted = find_wanted(command, *settings);
  if (!wanted) {
    complain(wanted.error());
    return ExitCode::kFailed;
  }
  const auto statement = sql::parse_index_statement(wanted->sql);
  if (!statement) {
    complain(statement.error());
    return command.index.empty() ? ExitCode::kFailed : ExitCode::kUsage;
  }
  return carry_out(command, *dsn, *statement, *wanted);
}

}  // namespace pgadvisor::daemon::commands
