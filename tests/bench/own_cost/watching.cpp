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

testing::Variables variables(const testing::Cluster& cluster, const std::string& database, double limit) {
  return {{"PGADVISOR_TARGET_DSN", cluster.dsn_text()},
          {"PGADVISOR_TARGET_INCLUDE_DATABASES", database},
          {"PGADVISOR_COLLECT_STATEMENTS_INTERVAL", "60s"},
          {"PGADVISOR_COLLECT_TEXTS_INTERVAL", "600s"},
          {"PGADVISOR_COLLECT_RELATIONS_INTERVAL", "300s"},
          {"PGADVISOR_COLLECT_FINGERPRINT_INTERVAL", "300s"},
          {"PGADVISOR_COLLECT_CATALOG_INTERVAL", "3600s"},
          {"PGADVISOR_COLLECT_SAMPLES_INTERVAL", "10s"},
          {"PGADVISOR_COLLECT_DUTY_CYCLE_LIMIT", fmt::format("{}", limit)},
          {"PGADVISOR_ADVISE_INTERVAL", "3600s"}};
}

/// The memory of every backend that belongs to the daemon: looked for several times a second.
class Backends {
 public:
  explicit Backends(const testing::Cluster& cluster)
      : connection_(pg::BlockingConnection::connect(cluster.dsn(), "own_cost").value()) {}

  void look() {
    const auto rows =
        connection_
            .query(
                "SELECT pid, application_name FROM pg_stat_activity WHERE application_name LIKE "
                "'pgadvisor%' OR application_name = 'pg_dump'")
            .value();
    for (int row = 0; row < rows.size(); ++row) {
      const auto pid = static_cast<pid_t>(rows.integer(row, 0));
      const auto memory = private_memory(pid);
      const auto [first, added] = first_.try_emplace(pid, memory);
      auto& most = growth_[rows.string(row, 1)];
      most = std::max(most, memory - first->second);
    }
  }
  [[nodiscard]] const std::map<std::string, std::int64_t>& growth() const { return growth_; }

 private:
  pg::BlockingConnection connection_;
  std::map<pid_t, std::int64_t> first_;
  std::map<std::string, std::int64_t> growth_;
};

std::int64_t good_runs(const json::value& task) {
  return task.at("runs").as_int64() - task.at("failures").as_int64();
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

double spent(const json::value& status) {
  return status.at("database_seconds").to_number<double>();
}

}  // namespace

Watched watch_with_daemon(const testing::Cluster& cluster, const std::string& database, const Watch& watch) {
  const testing::TemporaryFolder folder;
  Daemon daemon(folder, variables(cluster, database, watch.limit));
  if (!daemon.listens()) throw std::runtime_error("the daemon does not start: " + daemon.log());
  const model::SystemClock clock;
  const auto begin = clock.monotonic();
  const auto seconds = [&] { return std::chrono::duration<double>(clock.monotonic() - begin).count(); };
  Backends backends(cluster);
  Watched watched;
  json::value status = daemon.status();
  const auto watch_until = [&](const std::function<bool()>& done) {
    while (!done()) {
      for (int i = 0; i < 20; ++i) {
        backends.look();
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      }
      status = daemon.status();
      if (!status.as_object().contains("tasks"))
        throw std::runtime_error("the daemon is gone: " + daemon.log());
    }
  };
  watch_until([&] { return all_ran(status) || seconds() > 3600; });
  watched.settled_after = seconds();
  watched.spent_before = spent(status);
  const auto end = watched.settled_after + 60.0 * static_cast<double>(watch.time.count());
  watch_until([&] { return seconds() >= end; });
  watched.time = seconds() - watched.settled_after;
  watched.spent = spent(status) - watched.spent_before;
  watched.duty_cycle = status.at("duty_cycle").to_number<double>();
  watched.growth = backends.growth();
  for (const auto& task : status.at("tasks").as_array()) {
    const auto runs = static_cast<double>(std::max<std::int64_t>(1, task.at("runs").as_int64()));
    watched.tasks.push_back({std::string(task.at("name").as_string()),
                             task.at("database_seconds").to_number<double>() / runs,
                             task.at("interval_seconds").to_number<double>()});
  }
  return watched;
}

}  // namespace pgadvisor::bench
