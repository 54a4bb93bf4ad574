#include "daemon/cycle.hpp"

#include "advisor/workload/workload.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace pgadvisor::daemon {

using model::Result;

Cycle::Cycle(sandbox::ServerOptions sandbox, advisor::Options options, const model::Clock& clock)
    : sandbox_options_(std::move(sandbox)), options_(options), clock_(clock) {}

CycleResult Cycle::run(const std::vector<DatabaseInput>& inputs, std::stop_token stop) {
  CycleResult result;
  drop_twins_except(inputs);
  if (!inputs.empty()) {
    if (auto ready = ensure_server(inputs.front().snapshot->server.version); !ready) {
      result.failures.push_back({"sandbox", "", ready.error()});
      return result;
    }
    result.sandbox_version = server_->version();
  }
  for (const auto& input : inputs) {
    auto one = report(input, result, stop);
    if (one) {
      result.report.databases.push_back(std::move(*one));
    } else {
      twins_.erase(input.snapshot->database.name);
      result.failures.push_back({"advise", input.snapshot->database.name, one.error()});
    }
  }
  result.report.as_of = clock_.now();
  return result;
}

Result<advisor::DatabaseReport> Cycle::report(const DatabaseInput& input, CycleResult& result,
                                              std::stop_token stop) {
  const auto on_stage = [&](std::string_view stage, model::Seconds took) {
    result.stage_seconds[std::string(stage)] += took;
  };
  const auto begin = clock_.monotonic();
  const auto spent_before = server_->production_time();
  const auto database = twin(input);
  const auto spent = server_->production_time() - spent_before;
  if (spent.count() > 0) result.production_time[input.snapshot->database.name] += spent;
  on_stage("clone", clock_.monotonic() - begin);
  if (!database) return database.error();

  const auto workload = workload::from_activity(input.activity);
  auto advice = advisor::advise(*input.snapshot, workload, **database, options_, clock_, stop, on_stage);
  if (!advice) return advice.error();
  if (auto ready = (*database)->reset(); !ready) return ready.error();
  const auto examined = clock_.monotonic();
  auto health = index_health::examine({*input.snapshot, input.activity, input.usage, input.memory}, workload,
                                      input.usage_policy, *database, stop);
  on_stage("indexes", clock_.monotonic() - examined);
  if (!health) return health.error();
  advisor::DatabaseReport report;
  report.advice = std::move(*advice);
  report.health = std::move(*health);
  return report;
}

Result<void> Cycle::ensure_server(int production_version) {
  const int major = production_version / 10000;
  if (server_ && production_major_ == major) {
    if (server_->alive()) return {};
    twins_.clear();
    return server_->restart_if_dead();
  }
  twins_.clear();
  server_.reset();
  auto server = sandbox::Server::start(sandbox_options_, production_version);
  if (!server) return server.error();
  server_.emplace(std::move(*server));
  production_major_ = major;
  return {};
}

bool Cycle::in_step(Twin& twin, const DatabaseInput& input) {
  const auto ready = twin.snapshot == input.snapshot
                         ? twin.database.reset()
                         : twin.database.follow(*server_, input.dsn, *twin.snapshot, *input.snapshot);
  if (ready) {
    twin.snapshot = input.snapshot;
  } else {
    spdlog::debug("sandbox: a new clone is made: {}", ready.error().message);
  }
  return ready.has_value();
}

Result<sandbox::Database*> Cycle::twin(const DatabaseInput& input) {
  const auto& name = input.snapshot->database.name;
  if (const auto known = twins_.find(name); known != twins_.end()) {
    if (in_step(known->second, input)) return &known->second.database;
    twins_.erase(known);
  }
  auto clone = sandbox::Database::clone(*server_, input.dsn, *input.snapshot);
  if (!clone) return clone.error();
  return &twins_.emplace(name, Twin{input.snapshot, std::move(*clone)}).first->second.database;
}

void Cycle::drop_twins_except(const std::vector<DatabaseInput>& inputs) {
  std::erase_if(twins_, [&](const auto& entry) {
    return std::none_of(inputs.begin(), inputs.end(),
                        [&](const auto& input) { return input.snapshot->database.name == entry.first; });
  });
}

}  // namespace pgadvisor::daemon
