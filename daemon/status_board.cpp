#include "daemon/status_board.hpp"

#include "daemon/log.hpp"
#include "daemon/version.hpp"

#include <algorithm>

namespace pgadvisor::daemon {
namespace {

std::string where(const std::string& component, const std::string& database) {
  return database.empty() ? component : component + " of database " + database;
}

}  // namespace

StatusBoard::StatusBoard(Publication& publication, const model::Clock& clock, std::string target,
                         std::string target_display)
    : publication_(publication), clock_(clock) {
  status_.version = kVersion;
  status_.started_at = clock.now();
  status_.target = std::move(target);
  status_.target_display = std::move(target_display);
  publish();
}

TaskStatus& StatusBoard::task(const std::string& name, const std::string& database) {
  auto& tasks = status_.tasks;
  auto found = std::find_if(tasks.begin(), tasks.end(), [&](const auto& entry) {
    return entry.name == name && entry.database == database;
  });
  if (found != tasks.end()) return *found;
  auto& fresh = tasks.emplace_back();
  fresh.name = name;
  fresh.database = database;
  return fresh;
}

void StatusBoard::succeeded(const std::string& name, const std::string& database, model::Seconds took) {
  auto& entry = task(name, database);
  ++entry.runs;
  entry.last_success = clock_.now();
  entry.last_duration = took;
  clear_problem(name, database);
}

void StatusBoard::failed(const std::string& name, const std::string& database, const model::Error& error) {
  auto& entry = task(name, database);
  ++entry.runs;
  ++entry.failures;
  set_problem(name, database, error);
}

void StatusBoard::set_problem(const std::string& component, const std::string& database,
                              const model::Error& error) {
  auto& problems = status_.problems;
  const auto found = std::find_if(problems.begin(), problems.end(), [&](const auto& problem) {
    return problem.component == component && problem.database == database;
  });
  if (found == problems.end()) {
    log::warn("{}: {}", where(component, database), model::to_string(error));
    problems.push_back({component, database, error.message, error.hint, clock_.now()});
  } else {
    if (found->message != error.message)
      log::warn("{}: {}", where(component, database), model::to_string(error));
    found->message = error.message;
    found->hint = error.hint;
  }
  publish();
}

void StatusBoard::clear_problem(const std::string& component, const std::string& database) {
  const auto cured = std::erase_if(status_.problems, [&](const auto& problem) {
    return problem.component == component && problem.database == database;
  });
  if (cured > 0) log::info("{}: works again", where(component, database));
  publish();
}

void StatusBoard::set_databases(std::vector<std::string> databases) {
  status_.databases = std::move(databases);
  const auto gone = [&](const auto& entry) {
    return !entry.database.empty() && std::find(status_.databases.begin(), status_.databases.end(),
                                                entry.database) == status_.databases.end();
  };
  std::erase_if(status_.tasks, gone);
  std::erase_if(status_.problems, gone);
  publish();
}

void StatusBoard::set_interval(const std::string& name, const std::string& database,
                               model::Seconds interval) {
  task(name, database).interval = interval;
}

void StatusBoard::spent(const std::string& name, const std::string& database, model::Seconds cost,
                        double duty_cycle) {
  task(name, database).database_time += cost;
  status_.database_seconds += cost.count();
  status_.duty_cycle = duty_cycle;
  publish();
}

void StatusBoard::publish() {
  status_.as_of = clock_.now();
  publication_.publish(status_);
}

}  // namespace pgadvisor::daemon
