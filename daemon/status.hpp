#pragma once

#include "collectors/model/catalog.hpp"
#include "collectors/model/units.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::daemon {

/// Something that keeps the daemon from doing all of its job; gone from the list once it is cured.
struct Problem {
  /// connection, statements, texts, relations, fingerprint, catalog, history, lifecycle, sandbox, advise,
  /// report, "replica host:port"
  std::string component;
  std::string database;  ///< empty: the whole server
  std::string message;
  std::string hint;  ///< the exact fix, where known
  model::Timestamp since{};
};

/// One repeated piece of work.
struct TaskStatus {
  std::string name;      ///< statements, texts, relations, catalog, advise, ...
  std::string database;  ///< empty: the whole server
  std::int64_t runs = 0;
  std::int64_t failures = 0;
  std::optional<model::Timestamp> last_success;
  model::Seconds last_duration{};
  model::Seconds interval{};       ///< after stretching
  model::Seconds database_time{};  ///< spent in the monitored server
};

/// A configured replica.
struct MemberStatus {
  std::string name;  ///< "host:port"
  bool up = false;   ///< its last round of polls succeeded
  bool in_recovery = true;
  std::optional<model::Timestamp> last_poll;
  double database_seconds = 0;  ///< time spent in it, in total
};

/// The daemon's own state: a value copied out for publishers.
struct Status {
  std::string version;
  model::Timestamp started_at{};
  model::Timestamp as_of{};
  std::string target;          ///< the configured name
  std::string target_display;  ///< Dsn::display(): no secret
  bool up = false;             ///< the last attempt to reach the server succeeded
  std::optional<model::ServerIdentity> server;
  std::vector<std::string> databases;
  std::vector<MemberStatus> members;  ///< replicas
  std::vector<Problem> problems;
  std::vector<TaskStatus> tasks;
  double duty_cycle = 0;        ///< time in the database / time, of one core, at the tasks' present intervals
  double duty_cycle_limit = 0;  ///< what it may come to, as configured
  double database_seconds = 0;  ///< total time spent in the monitored server
  model::Bytes history_size;
  std::int64_t evictions = 0;  ///< statements evicted by pg_stat_statements, seen since start
  int sandbox_version = 0;     ///< 0: no sandbox running
  std::map<std::string, model::Seconds> stage_seconds;  ///< of the last advice, by pipeline stage

  /// Ready: reachable, statements were polled, and nothing in `problems`.
  [[nodiscard]] bool ready() const { return up && server.has_value() && problems.empty(); }
};

}  // namespace pgadvisor::daemon
