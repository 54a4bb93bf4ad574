#include "advisor/workload/workload.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/setup.hpp"
#include "daemon/migration.hpp"
#include "daemon/text.hpp"
#include "daemon/wire.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

namespace pgadvisor::daemon::commands {
namespace {

using model::Result;

advisor::Options options_of(const AdviseCommand& command, const config::Settings& settings) {
  auto options = advise_options(settings.advise);
  options.budget = command.budget.value_or(options.budget);
  options.max_indexes = command.max_indexes.value_or(options.max_indexes);
  options.min_gain = command.min_gain.value_or(options.min_gain);
  options.max_slowdown = command.max_slowdown.value_or(options.max_slowdown);
  if (command.time_limit) options.time_limit = model::Seconds(*command.time_limit);
  return options;
}

Result<workload::Workload> watched_workload(const Observation& observation) {
  auto workload = workload::from_activity(*observation.activity);
  if (workload.statements.empty()) {
    return model::give_up("pg_stat_statements holds no statement of this database that could be analysed",
                          "let the application run for a while, or give --workload FILE");
  }
  return workload;
}

/// What was looked at, and what follows.
struct Answer {
  model::DatabaseSnapshot snapshot;
  advisor::Advice advice;
};

Result<Answer> make_advice(const AdviseCommand& command, const config::Settings& settings,
                           const pg::Dsn& dsn) {
  const bool from_files = !command.workload.empty();
  Result<workload::Workload> workload = workload::Workload{};
  if (from_files) {  // a typing error is told before anything is asked of the server
    workload = workload::from_files(command.workload);
    if (!workload) return workload.error();
  }
  progress("reading catalog and statistics");
  auto observation =
      observe(dsn, connection_options(settings), from_files ? WithActivity::kNo : WithActivity::kYes);
  if (!observation) return observation.error();
  if (!from_files) workload = watched_workload(*observation);
  if (!workload) return workload.error();
  auto twin = make_twin(settings, *observation);
  if (!twin) return twin.error();
  progress("asking the planner");
  const model::SystemClock clock;
  auto advice =
      advisor::advise(observation->snapshot, *workload, twin->database, options_of(command, settings), clock,
                      {}, [](std::string_view stage, model::Seconds took) {
                        progress(fmt::format("{}: {:.2f} s", stage, took.count()));
                      });
  if (!advice) return advice.error();
  return Answer{std::move(observation->snapshot), std::move(*advice)};
}

std::string formatted(const Answer& answer, const std::string& format) {
  const auto& advice = answer.advice;
  if (format == "json") return boost::json::serialize(to_json(advice)) + "\n";
  return format == "sql" ? text::as_sql(advice, answer.snapshot) : text::as_text(advice);
}

/// Into a folder, which is made if need be; never over a file that is there already. Without one: all of them
/// to the standard output, each below its name.
Result<void> write_migrations(const std::vector<MigrationFile>& files, const std::filesystem::path& folder) {
  if (folder.empty()) {
    std::string all;
    for (const auto& file : files) all += fmt::format("-- {}\n{}\n", file.name, file.content);
    return write_result(all, {});
  }
  std::error_code error;
  std::filesystem::create_directory(folder, error);
  if (error && !std::filesystem::is_directory(folder)) {
    return model::give_up(fmt::format("folder {} cannot be made: {}", folder.string(), error.message()));
  }
  for (const auto& file : files) {
    if (std::filesystem::exists(folder / file.name, error)) {
      return model::give_up(fmt::format("{} is there already", (folder / file.name).string()),
                            "wait a second, or give another folder");
    }
    if (auto done = write_result(file.content, folder / file.name); !done) return done;
    fmt::print("{}\n", (folder / file.name).string());
  }
  return {};
}

ExitCode answer_migrations(const Answer& answer, const AdviseCommand& command) {
  const auto made = migrations(answer.advice, answer.snapshot, model::SystemClock{}.now());
  if (const auto written = write_migrations(made.files, command.output); !written) {
    complain(written.error());
    return ExitCode::kFailed;
  }
  for (const auto& left_out : made.left_out) complain(model::give_up("left out: " + left_out));
  return made.left_out.empty() ? ExitCode::kDone : ExitCode::kIncomplete;
}

}  // namespace

ExitCode advise(const AdviseCommand& command) {
  const auto settings = load_settings({});
  if (!settings) return ExitCode::kUsage;
  const auto dsn = parse_dsn(command.dsn);
  if (!dsn) return ExitCode::kUsage;
  const auto answer = make_advice(command, *settings, *dsn);
  if (!answer) {
    complain(answer.error());
    return ExitCode::kFailed;
  }
  const auto& advice = answer->advice;
  if (command.format == "migration") {
    if (const auto code = answer_migrations(*answer, command); code != ExitCode::kDone) return code;
  } else if (const auto written = write_result(formatted(*answer, command.format), command.output);
             !written) {
    complain(written.error());
    return ExitCode::kFailed;
  }
  complain_about_skipped(advice.skipped);
  return advice.skipped.empty() ? ExitCode::kDone : ExitCode::kIncomplete;
}

}  // namespace pgadvisor::daemon::commands
