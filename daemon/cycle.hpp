#pragma once

#include "advisor/advise.hpp"
#include "advisor/index_health/index_health.hpp"
#include "advisor/report.hpp"
#include "advisor/sandbox/database.hpp"
#include "advisor/sandbox/server.hpp"
#include "collectors/model/activity.hpp"
#include "collectors/model/catalog.hpp"
#include "collectors/pg/dsn.hpp"

#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace pgadvisor::daemon {

/// What the collectors know of one database when a cycle starts.
struct DatabaseInput {
  pg::Dsn dsn;  ///< effective, for pg_dump
  std::shared_ptr<const model::DatabaseSnapshot> snapshot;
  model::DatabaseActivity activity;
  model::ClusterUsage usage;               ///< of its indexes, on every member of the cluster
  std::vector<model::IndexMemory> memory;  ///< what was said of its indexes before
  index_health::UsagePolicy usage_policy;
};

struct Failure {
  std::string component;  ///< sandbox or advise
  std::string database;   ///< empty: all of them
  model::Error error;
};

struct CycleResult {
  advisor::Report report;  ///< without the databases that failed
  std::vector<Failure> failures;
  std::map<std::string, model::Seconds> stage_seconds;
  /// Spent in the monitored server to make the twins or to bring them in step, by database.
  std::map<std::string, model::Seconds> production_time;
  int sandbox_version = 0;
};

/// Observation in, report out: the daemon's repeated work. Keeps the sandbox between runs, and each
/// database's twin: brought in step when its snapshot is a new one, cloned anew when that fails. One worker
/// thread.
class Cycle {
 public:
  Cycle(sandbox::ServerOptions sandbox, advisor::Options options, const model::Clock& clock);

  [[nodiscard]] CycleResult run(const std::vector<DatabaseInput>& inputs, std::stop_token stop);

 private:
  struct Twin {
    std::shared_ptr<const model::DatabaseSnapshot> snapshot;
    sandbox::Database database;
  };

  [[nodiscard]] model::Result<void> ensure_server(int production_version);
  [[nodiscard]] bool in_step(Twin& twin, const DatabaseInput& input);
  [[nodiscard]] model::Result<sandbox::Database*> twin(const DatabaseInput& input);
  [[nodiscard]] model::Result<advisor::DatabaseReport> report(const DatabaseInput& input, CycleResult& result,
                                                              std::stop_token stop);
  void drop_twins_except(const std::vector<DatabaseInput>& inputs);

  sandbox::ServerOptions sandbox_options_;
  advisor::Options options_;
  const model::Clock& clock_;
  std::optional<sandbox::Server> server_;
  int production_major_ = 0;
  std::map<std::string, Twin> twins_;  ///< by database name; destroyed before the server
};

}  // namespace pgadvisor::daemon
