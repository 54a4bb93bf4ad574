#pragma once

#include "collectors/model/units.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace pgadvisor::daemon {

struct ServeCommand {
  std::filesystem::path config;  ///< empty: defaults and environment
};

struct AdviseCommand {
  std::string dsn;
  std::filesystem::path workload;  ///< empty: pg_stat_statements
  std::optional<model::Bytes> budget;
  std::optional<int> max_indexes;
  std::optional<double> min_gain;
  std::optional<double> max_slowdown;
  std::optional<double> time_limit;  ///< seconds
  std::string format = "text";       ///< text, json, sql, migration
  std::filesystem::path output;      ///< a folder for migrations; empty: stdout
};

struct IndexesCommand {
  std::string dsn;
  std::vector<std::string> replicas;  ///< DSNs
  std::string format = "text";        ///< text, json
};

struct WhatifCommand {
  std::string dsn;
  std::filesystem::path query;
  std::vector<std::string> indexes;  ///< CREATE INDEX statements
  std::string format = "text";
};

struct DoctorCommand {
  std::string dsn;
};

struct ApplyCommand {
  std::string dsn;
  std::string id;                ///< of a recommendation; empty when `index` is given
  std::string index;             ///< CREATE INDEX or DROP INDEX
  std::filesystem::path config;  ///< of the daemon that knows the id
  std::string url;               ///< of it; empty: from the configuration
  std::filesystem::path advice;  ///< file of `advise --format json` that knows the id, in place of a daemon
  bool dry_run = false;
  std::chrono::milliseconds lock_timeout{5000};
  std::chrono::milliseconds wait_timeout{600000};
  std::chrono::milliseconds timeout{0};
  int attempts = 5;
};

struct ReportCommand {
  std::string which;             ///< last, now, list, or an id
  std::filesystem::path config;  ///< of the daemon; holds the channels of delivery
  std::string url;               ///< of the daemon; empty: from the configuration
  std::string period;            ///< of now: day, week, month
  std::string format = "markdown";
  std::filesystem::path output;  ///< empty: stdout
  std::string deliver;           ///< test, again; empty: read only
};

struct CheckConfigCommand {
  std::filesystem::path file;
};

/// Nothing to run: --help or --version was asked for, or the arguments are wrong.
struct Message {
  std::string text;
  bool wrong_usage = false;
};

using Invocation = std::variant<Message, ServeCommand, AdviseCommand, IndexesCommand, WhatifCommand,
                                ApplyCommand, ReportCommand, DoctorCommand, CheckConfigCommand>;

/// Reads the command line. Afterwards every --dsn and --replica value in `argv` is overwritten, so that a
/// password in it is not seen in the process list. Messages never repeat a DSN.
[[nodiscard]] Invocation parse_command_line(int argc, char** argv);

}  // namespace pgadvisor::daemon
