#include "daemon/cli.hpp"

#include "config/load.hpp"
#include "daemon/version.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <cerrno>
#include <cstring>
#include <string_view>

namespace pgadvisor::daemon {
namespace {

void hide(char* value) {
  std::memset(value, 'x', std::strlen(value));
}

void hide_values_of(std::string_view option, int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == option && i + 1 < argc) hide(argv[i + 1]);
    if (argument.starts_with(option) && argument.substr(option.size()).starts_with('='))
      hide(argv[i] + option.size() + 1);
  }
}

void hide_dsns(int argc, char** argv) {
  for (const std::string_view option : {"--dsn", "--replica"}) hide_values_of(option, argc, argv);
}

/// A file or folder that is there and may be read; why not, otherwise.
std::string check_readable(const std::string& path) {
  if (access(path.c_str(), R_OK) == 0) return {};
  return fmt::format("{} cannot be read ({}); check the path and its permissions", path,
                     std::strerror(errno));
}

/// What CLI11 could not place, without values: one of them may be a DSN with a password.
std::string unexpected(const std::vector<std::string>& arguments) {
  std::vector<std::string> names;
  for (const auto& argument : arguments) {
    if (argument.starts_with("--"))
      names.push_back(argument.substr(0, argument.find('=')));
    else if (argument.starts_with('-'))
      names.push_back(argument.substr(0, 2));
  }
  const auto what = names.empty() ? std::string("an argument that belongs to no option was given")
                                  : fmt::format("unknown option {}", fmt::join(names, ", "));
  return what + "\nRun with --help for more information.\n";
}

/// Sizes as PostgreSQL writes them.
std::string check_size(const std::string& text) {
  const auto bytes = config::parse_bytes(text);
  return bytes ? std::string{} : model::to_string(bytes.error());
}

std::string check_duration(const std::string& text) {
  const auto duration = config::parse_duration(text);
  return duration ? std::string{} : model::to_string(duration.error());
}

class CommandLine {
 public:
  CommandLine() : app_("pgadvisor: the index advisor that proves its advice", "pgadvisor") {
    app_.set_version_flag("--version", std::string("pgadvisor ") + kVersion);
    app_.require_subcommand(1);
    app_.failure_message(CLI::FailureMessage::simple);
    app_.footer(
        "A DSN is a libpq connection string or URI; libpq's environment variables, .pgpass and service files "
        "work.\nExit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 done but incomplete.");
    add_serve();
    add_advise();
    add_indexes();
    add_whatif();
    add_apply();
    add_report();
    add_doctor();
    add_check_config();
  }

  Invocation parse(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ExtrasError&) {
      return Message{unexpected(app_.remaining(true)), true};
    } catch (const CLI::ParseError& error) {
      const bool wants_help = error.get_exit_code() == 0;
      if (!wants_help && app_.get_subcommands().empty()) return Message{command_needed(), true};
      std::ostringstream out;
      std::ostringstream err;
      const bool wrong = app_.exit(error, out, err) != 0;
      return Message{wrong ? err.str() : out.str(), wrong};
    }
    if (!budget_.empty()) advise_.budget = config::parse_bytes(budget_).value();
    if (serve_app_->parsed()) return serve_;
    if (advise_app_->parsed()) return advise_;
    if (indexes_app_->parsed()) return indexes_;
    if (whatif_app_->parsed()) return whatif_;
    if (apply_app_->parsed()) return finished_apply();
    if (report_app_->parsed()) return finished_report();
    if (doctor_app_->parsed()) return doctor_;
    return check_config_;
  }

 private:
  /// Nothing of what was given instead is repeated: it may be a DSN.
  std::string command_needed() {
    std::vector<std::string> names;
    for (const auto* command : app_.get_subcommands([](const CLI::App*) { return true; })) {
      names.push_back(command->get_name());
    }
    return fmt::format("a command is needed: one of {}\nRun with --help for more information.\n",
                       fmt::join(names, ", "));
  }

  static void add_dsn(CLI::App* command, std::string& dsn) {
    command->add_option("--dsn", dsn, "the monitored database; without it libpq's environment decides")
        ->type_name("DSN");
  }

  static void add_daemon(CLI::App* command, std::filesystem::path& config, std::string& url) {
    command->add_option("--config", config, "the daemon's configuration: says where it answers")
        ->check(check_readable)
        ->type_name("FILE");
    command->add_option("--url", url, "where it answers; default: http://127.0.0.1:7432")->type_name("URL");
  }

  void add_serve() {
    serve_app_ = app_.add_subcommand("serve", "watch a server and publish recommendations over HTTP");
    serve_app_->add_option("--config", serve_.config, "YAML file; PGADVISOR_... variables override it")
        ->type_name("FILE");
  }

  void add_advise() {
    advise_app_ = app_.add_subcommand("advise", "propose indexes once, for one database");
    add_dsn(advise_app_, advise_.dsn);
    advise_app_
        ->add_option("--workload", advise_.workload,
                     "SQL file or folder of them; default: pg_stat_statements")
        ->check(check_readable)
        ->type_name("FILE_OR_DIR");
    advise_app_
        ->add_option("--budget", budget_, "storage for all proposed indexes, e.g. 1GB; default: no limit")
        ->check(check_size)
        ->type_name("SIZE");
    advise_app_->add_option("--max-indexes", advise_.max_indexes, "propose at most so many")
        ->check(CLI::Range(1, 1000))
        ->type_name("N");
    advise_app_
        ->add_option("--min-gain", advise_.min_gain,
                     "per cent each index has to save of what its table's statements cost under the others")
        ->check(CLI::Range(0.0, 100.0))
        ->type_name("PCT");
    advise_app_
        ->add_option("--max-slowdown", advise_.max_slowdown,
                     "per cent that a statement may be expected to become slower")
        ->check(CLI::Range(0.0, 1000.0))
        ->type_name("PCT");
    advise_app_->add_option("--time-limit", advise_.time_limit, "then answer with the best found so far")
        ->check(CLI::PositiveNumber)
        ->type_name("SECONDS");
    advise_app_->add_option("--format", advise_.format)
        ->check(CLI::IsMember({"text", "json", "sql", "migration"}))
        ->capture_default_str();
    advise_app_
        ->add_option("--output", advise_.output,
                     "write to this file, or migrations to this folder, instead of the terminal")
        ->type_name("PATH");
  }

  void add_indexes() {
    indexes_app_ =
        app_.add_subcommand("indexes", "say which indexes are duplicate, redundant, invalid, bloated, ...");
    add_dsn(indexes_app_, indexes_.dsn);
    indexes_app_
        ->add_option("--replica", indexes_.replicas,
                     "a replica of it, whose use of indexes counts too; may be repeated")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->type_name("DSN");
    indexes_app_->add_option("--format", indexes_.format)
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
  }

  void add_whatif() {
    whatif_app_ = app_.add_subcommand("whatif", "cost and plan of statements before and after indexes");
    add_dsn(whatif_app_, whatif_.dsn);
    whatif_app_->add_option("--query", whatif_.query, "SQL file with one or more statements")
        ->required()
        ->check(check_readable)
        ->type_name("FILE");
    whatif_app_->add_option("--index", whatif_.indexes, "a CREATE INDEX statement; may be repeated")
        ->type_name("'CREATE INDEX ...'");
    whatif_app_->add_option("--format", whatif_.format)
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
  }

  void add_apply() {
    apply_app_ = app_.add_subcommand(
        "apply",
        "create or drop one index for real: only here is anything ever changed, and only when asked");
    add_dsn(apply_app_, apply_.dsn);
    auto* id = apply_app_->add_option("id", apply_.id, "a recommendation of the daemon, or of --advice")
                   ->type_name("ID");
    auto* index = apply_app_->add_option("--index", apply_.index, "a CREATE INDEX or DROP INDEX statement")
                      ->type_name("DDL");
    id->excludes(index);
    add_daemon(apply_app_, apply_.config, apply_.url);
    apply_app_->add_option("--advice", apply_.advice, "a file of `advise --format json` that holds the id")
        ->check(check_readable)
        ->excludes(index)
        ->type_name("FILE");
    apply_app_->add_flag("--dry-run", apply_.dry_run, "say what would be done, and do nothing");
    add_duration("--lock-timeout", times_.lock, "for the lock of the table; default: 5s");
    add_duration("--wait-timeout", times_.wait,
                 "for the transactions that CONCURRENTLY waits for; default: 10min");
    add_duration("--timeout", times_.statement, "for each statement; default: as long as it takes");
    apply_app_->add_option("--attempts", apply_.attempts, "for a lock that is not to be had")
        ->check(CLI::Range(1, 100))
        ->capture_default_str()
        ->type_name("N");
  }

  void add_duration(const char* name, std::string& text, const char* help) {
    apply_app_->add_option(name, text, help)->check(check_duration)->type_name("DURATION");
  }

  Invocation finished_apply() {
    if (apply_.id.empty() && apply_.index.empty()) {
      return Message{
          "what is to be applied? Give the ID of a recommendation, or --index DDL\nRun with --help for more "
          "information.\n",
          true};
    }
    const auto take = [](const std::string& text, std::chrono::milliseconds& time) {
      if (!text.empty()) time = config::parse_duration(text).value();
    };
    take(times_.lock, apply_.lock_timeout);
    take(times_.wait, apply_.wait_timeout);
    take(times_.statement, apply_.timeout);
    return apply_;
  }

  void add_report() {
    report_app_ = app_.add_subcommand("report", "the weekly report: the last one, one of now, a list of all");
    report_app_
        ->add_option("which", report_.which,
                     "last, now, list, or an ID that list shows; default: now with --period, last without")
        ->type_name("WHICH");
    add_daemon(report_app_, report_.config, report_.url);
    report_app_->add_option("--period", report_.period, "how far back `now` goes; default: week")
        ->check(CLI::IsMember({"day", "week", "month"}));
    report_app_->add_option("--format", report_.format)
        ->check(CLI::IsMember({"html", "markdown", "json", "sql"}))
        ->capture_default_str();
    report_app_->add_option("--output", report_.output, "write to this file instead of the terminal")
        ->type_name("PATH");
    report_app_
        ->add_option(
            "--deliver", report_.deliver,
            "test: send a test message by every channel of --config; again: have the daemon deliver the "
            "report ID where it did not arrive")
        ->check(CLI::IsMember({"test", "again"}));
  }

  Invocation finished_report() {
    if (report_.which.empty()) report_.which = report_.period.empty() ? "last" : "now";
    if (!report_.period.empty() && report_.which != "now")
      return Message{"--period is of `report now` alone: others have theirs\n", true};
    if (report_.period.empty()) report_.period = "week";
    return report_;
  }

  void add_doctor() {
    doctor_app_ = app_.add_subcommand("doctor", "say what is missing, each with the exact fix");
    add_dsn(doctor_app_, doctor_.dsn);
  }

  void add_check_config() {
    check_config_app_ =
        app_.add_subcommand("check-config", "say everything that is wrong with a configuration");
    check_config_app_->add_option("file", check_config_.file, "YAML file")->required()->type_name("FILE");
  }

  CLI::App app_;
  CLI::App* serve_app_ = nullptr;
  CLI::App* advise_app_ = nullptr;
  CLI::App* indexes_app_ = nullptr;
  CLI::App* whatif_app_ = nullptr;
  CLI::App* apply_app_ = nullptr;
  CLI::App* report_app_ = nullptr;
  CLI::App* doctor_app_ = nullptr;
  CLI::App* check_config_app_ = nullptr;
  ServeCommand serve_;
  AdviseCommand advise_;
  IndexesCommand indexes_;
  WhatifCommand whatif_;
  ApplyCommand apply_;
  ReportCommand report_;
  DoctorCommand doctor_;
  CheckConfigCommand check_config_;
  std::string budget_;
  struct {
    std::string lock, wait, statement;
  } times_;  ///< as they were written
};

}  // namespace

Invocation parse_command_line(int argc, char** argv) {
  CommandLine command_line;
  auto invocation = command_line.parse(argc, argv);
  hide_dsns(argc, argv);
  return invocation;
}

}  // namespace pgadvisor::daemon
