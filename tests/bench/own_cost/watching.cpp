#include "tests/bench/own_cost/watching.hpp"

#include "collectors/model/clock.hpp"
#include "collectors/pg/blocking_connection.hpp"
#include "tests/bench/own_cost/backend.hpp"
#include "tests/support/daemon.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

namespace pgadvisor::bench {
namespace {

namespace json = boost::json;
using testing::Daemon;

testing::Variables variables(const testing::Cluster& cluster, const std::string& database,
                             const Watch& watch) {
  const auto every = [&](int seconds) { return fmt::format("{}s", std::max(1, seconds / watch.pace)); };
  return {{"PGADVISOR_TARGET_DSN", cluster.dsn_text()},
          {"PGADVISOR_TARGET_INCLUDE_DATABASES", database},
          {"PGADVISOR_COLLECT_STATEMENTS_INTERVAL", every(60)},
          {"PGADVISOR_COLLECT_TEXTS_INTERVAL", every(600)},
          {"PGADVISOR_COLLECT_RELATIONS_INTERVAL", every(300)},
          {"PGADVISOR_COLLECT_FINGERPRINT_INTERVAL", every(300)},
          {"PGADVISOR_COLLECT_CATALOG_INTERVAL", every(3600)},
          {"PGADVISOR_COLLECT_SAMPLES_INTERVAL", every(10)},
          {"PGADVISOR_COLLECT_DUTY_CYCLE_LIMIT", fmt::format("{}", watch.limit())},
          {"PGADVISOR_ADVISE_INTERVAL", every(3600)}};
}

/// The memory of every backend that belongs to the daemon: looked for several times a second.
class Backends {
 public:
  explicit Backends(const testing::Cluster& cluster)
      : postmaster_(postmaster_of(cluster)),
        connection_(pg::BlockingConnection::connect(cluster.dsn(), "own_cost").value()) {}

  void look() {
    const auto rows = connection_.query(kOurs).value();
    for (int row = 0; row < rows.size(); ++row) {
      const auto pid = static_cast<pid_t>(rows.integer(row, 0));
      const auto memory = private_memory(pid);
      const auto [first, added] = first_.try_emplace(pid, memory);
      auto& most = growth_[rows.string(row, 1)];
      most = std::max(most, memory - first->second);
    }
  }
  [[nodiscard]] const std::map<std::string, std::int64_t>& growth() const { return growth_; }

  /// Processor time of those that ended, all of them children of the server's first process, and of those
  /// that live. Of the former only differences mean anything.
  [[nodiscard]] double processor_time() {
    double sum = processor_time_of_ended_children(postmaster_);
    for (const auto pid : living()) sum += bench::processor_time(pid);
    return sum;
  }

 private:
  [[nodiscard]] std::vector<pid_t> living() {
    std::vector<pid_t> pids;
    const auto rows = connection_.query(kOurs).value();
    for (int row = 0; row < rows.size(); ++row) pids.push_back(static_cast<pid_t>(rows.integer(row, 0)));
    return pids;
  }
  static constexpr const char* kOurs =
      "SELECT pid, application_name FROM pg_stat_activity WHERE application_name LIKE 'pgadvisor%' OR "
      "application_name = 'pg_dump'";
  pid_t postmaster_;
  pg::BlockingConnection connection_;
  std::map<pid_t, std::int64_t> first_;
  std::map<std::string, std::int64_t> growth_;
};

std::int64_t good_runs(const json::value& task) {
  return task.at("runs").as_int64() - task.at("failures").as_int64();
}

std::string key(const json::value& task) {
  return json::serialize(task.at("name")) + json::serialize(task.at("database"));
}

std::map<std::string, std::int64_t> runs(const json::value& status) {
  std::map<std::string, std::int64_t> runs;
  for (const auto& task : status.at("tasks").as_array()) runs[key(task)] = good_runs(task);
  return runs;
}

/// Whether each of these tasks has run.
bool all_ran(const json::value& status) {
  const auto ran = [&](std::string_view name) {
    return std::ranges::any_of(status.at("tasks").as_array(), [&](const json::value& task) {
      return task.at("name").as_string() == name && good_runs(task) > 0;
    });
  };
  return ran("statements") && ran("samples") && ran("relations") && ran("catalog") && ran("advise");
}

std::vector<Watched::Task> tasks_since(const std::map<std::string, std::int64_t>& before,
                                       const json::value& status) {
  std::vector<Watched::Task> tasks;
  for (const auto& task : status.at("tasks").as_array()) {
    const auto all = static_cast<double>(std::max<std::int64_t>(1, task.at("runs").as_int64()));
    const auto known = before.find(key(task));
    tasks.push_back({std::string(task.at("name").as_string()),
                     task.at("database_seconds").to_number<double>() / all,
                     task.at("interval_seconds").to_number<double>(),
                     good_runs(task) - (known == before.end() ? 0 : known->second)});
  }
  return tasks;
}

double spent(const json::value& status) {
  return status.at("database_seconds").to_number<double>();
}

}  // namespace

Watched watch_with_daemon(const testing::Cluster& cluster, const std::string& database, const Watch& watch) {
  const testing::TemporaryFolder folder;
  Daemon daemon(folder, variables(cluster, database, watch));
  if (!daemon.listens()) throw std::runtime_error("the daemon does not start: " + daemon.log());
  const model::SystemClock clock;
  const auto begin = clock.monotonic();
  const auto seconds = [&] { return std::chrono::duration<double>(clock.monotonic() - begin).count(); };
  Backends backends(cluster);
  Watched watched;
  json::value status{{"tasks", json::array{}}, {"database_seconds", 0}, {"duty_cycle", 0}};
  const auto watch_until = [&](const std::function<bool()>& done) {
    while (!done()) {
      for (int i = 0; i < 20; ++i) {
        backends.look();
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      }
      if (auto answer = daemon.get("/api/v1/status"); answer.status == 200) {
        status = answer.json();
      } else if (daemon.process().join(std::chrono::milliseconds(0))) {
        throw std::runtime_error("the daemon is gone: " + daemon.log());
      }
    }
  };
  watch_until([&] { return all_ran(status) || seconds() > 3600; });
  watched.settled_after = seconds();
  watched.spent_before = spent(status);
  const auto runs_before = runs(status);
  const double processor_before = backends.processor_time();
  const auto since = [&] { return std::chrono::duration<double>(seconds() - watched.settled_after); };
  watch_until([&] {
    watched.tasks = tasks_since(runs_before, status);
    return since() >= watch.most || (since() >= watch.time && watched.every_task_ran());
  });
  watched.time = since().count();
  watched.processor = backends.processor_time() - processor_before;
  watched.spent = spent(status) - watched.spent_before;
  watched.duty_cycle = status.at("duty_cycle").to_number<double>();
  watched.growth = backends.growth();
  return watched;
}

}  // namespace pgadvisor::bench
