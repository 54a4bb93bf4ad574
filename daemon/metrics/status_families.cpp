#include "daemon/metrics/status_families.hpp"

#include <functional>
#include <map>
#include <string>
#include <utility>

namespace pgadvisor::daemon::metrics {
namespace {

double unix_seconds(model::Timestamp time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

/// One series per task; tasks whose value is not known are left out.
std::vector<Series> per_task(const Status& status,
                             const std::function<std::optional<double>(const TaskStatus&)>& value) {
  std::vector<Series> series;
  for (const TaskStatus& task : status.tasks) {
    if (const auto known = value(task)) {
      series.push_back({{{"task", task.name}, {"database", task.database}}, *known});
    }
  }
  return series;
}

void add_tasks(Families& families, const Status& status) {
  families.counter("pgadvisor_task_runs_total", "Runs of a repeated task, failed ones included",
                   per_task(status, [](const TaskStatus& task) { return static_cast<double>(task.runs); }));
  families.counter(
      "pgadvisor_task_failures_total", "Failed runs of a repeated task",
      per_task(status, [](const TaskStatus& task) { return static_cast<double>(task.failures); }));
  families.gauge("pgadvisor_task_last_success_timestamp_seconds", "When a task last succeeded",
                 per_task(status, [](const TaskStatus& task) -> std::optional<double> {
                   if (!task.last_success) return std::nullopt;
                   return unix_seconds(*task.last_success);
                 }));
  families.gauge("pgadvisor_task_duration_seconds", "How long a task's last run took",
                 per_task(status, [](const TaskStatus& task) { return task.last_duration.count(); }));
  families.counter("pgadvisor_task_database_seconds_total", "Time a task spent in the monitored server",
                   per_task(status, [](const TaskStatus& task) { return task.database_time.count(); }));
  families.gauge("pgadvisor_task_interval_seconds", "Time between two runs of a task, after stretching",
                 per_task(status, [](const TaskStatus& task) { return task.interval.count(); }));
}

void add_problems(Families& families, const Status& status) {
  // Components without a problem are 0, so that an alert can tell "none" from "no data".
  std::map<std::string, double> problems;
  for (const char* component : {"connection", "statements", "texts", "relations", "fingerprint", "catalog",
                                "history", "sandbox", "advise", "report"}) {
    problems[component] = 0;
  }
  for (const Problem& problem : status.problems) ++problems[problem.component];
  std::vector<Series> series;
  for (const auto& [component, count] : problems) series.push_back({{{"component", component}}, count});
  families.gauge("pgadvisor_problems", "What keeps the daemon from doing all of its job, by component",
                 std::move(series));
}

void add_identity(Families& families, const Status& status) {
  families.gauge("pgadvisor_build_info", "Version of the daemon", {{{{"version", status.version}}, 1}});
  const std::string version = status.server ? std::to_string(status.server->version) : "";
  families.gauge("pgadvisor_target_info", "Name and server_version_num of the monitored server",
                 {{{{"target", status.target}, {"server_version", version}}, 1}});
  families.gauge("pgadvisor_up", "1 when the last attempt to reach the monitored server succeeded",
                 status.up);
  families.gauge("pgadvisor_ready", "1 when statements are polled and nothing is wrong", status.ready());
  families.gauge("pgadvisor_sandbox_up", "1 when a planner sandbox is running", status.sandbox_version > 0);
  if (status.started_at != model::Timestamp{}) {
    families.gauge("pgadvisor_start_timestamp_seconds", "When the daemon started",
                   unix_seconds(status.started_at));
  }
  if (status.as_of != model::Timestamp{}) {
    families.gauge("pgadvisor_status_timestamp_seconds", "When these values were last updated",
                   unix_seconds(status.as_of));
  }
}

}  // namespace

void add_status(Families& families, const Status& status) {
  add_identity(families, status);
  add_problems(families, status);
  add_tasks(families, status);
  families.counter("pgadvisor_monitored_database_seconds_total",
                   "Time that pgadvisor's own queries spent in the monitored server",
                   status.database_seconds);
  families.gauge(
      "pgadvisor_duty_cycle_ratio",
      "Share of one core that pgadvisor's own queries take of the monitored server at the present intervals",
      status.duty_cycle);
  families.gauge("pgadvisor_history_bytes", "Size of the history on disk",
                 static_cast<double>(status.history_size.value));
  families.counter("pgadvisor_statement_evictions_total",
                   "Statements that pg_stat_statements evicted, seen since the daemon started",
                   static_cast<double>(status.evictions));
  families.gauge("pgadvisor_duty_cycle_limit_ratio", "What the duty cycle may come to, as configured",
                 status.duty_cycle_limit);
  std::vector<Series> stages;
  for (const auto& [stage, seconds] : status.stage_seconds) {
    stages.push_back({{{"stage", stage}}, seconds.count()});
  }
  families.gauge("pgadvisor_advice_stage_seconds", "Time of the last advice by stage of the pipeline",
                 std::move(stages));
}

bool is_fresh(const Status& status, const std::string& task, const std::string& database) {
  constexpr int kMissedPolls = 3;
  for (const TaskStatus& candidate : status.tasks) {
    if (candidate.name != task || candidate.database != database) continue;
    return candidate.last_success &&
           status.as_of - *candidate.last_success <= kMissedPolls * candidate.interval;
  }
  return true;
}

}  // namespace pgadvisor::daemon::metrics
