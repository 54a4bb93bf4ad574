#pragma once

#include "collectors/model/clock.hpp"
#include "collectors/model/result.hpp"
#include "daemon/publication.hpp"
#include "daemon/status.hpp"

#include <chrono>
#include <string>

namespace pgadvisor::daemon {

/// Keeps the daemon's Status and publishes a copy at every change. Only the io_context's thread touches it.
/// Problems are logged when they appear and when they are cured, not at every repetition.
class StatusBoard {
 public:
  StatusBoard(Publication& publication, const model::Clock& clock, std::string target,
              std::string target_display);

  /// A piece of work ended: counts it, and makes or cures the problem of this component.
  void succeeded(const std::string& task, const std::string& database, model::Seconds took);
  void failed(const std::string& task, const std::string& database, const model::Error& error);
  /// Something is wrong that is no failure of a task.
  void set_problem(const std::string& component, const std::string& database, const model::Error& error);
  void clear_problem(const std::string& component, const std::string& database);
  /// Drops the tasks and problems of databases that are no longer watched.
  void set_databases(std::vector<std::string> databases);

  void set_interval(const std::string& task, const std::string& database, model::Seconds interval);
  /// Time a task spent in the monitored server, and what the duty cycle is with it.
  void spent(const std::string& task, const std::string& database, model::Seconds cost, double duty_cycle);
  /// Changes any other field and publishes.
  template <class Change>
  void update(Change change) {
    change(status_);
    publish();
  }
  [[nodiscard]] const Status& status() const { return status_; }

 private:
  TaskStatus& task(const std::string& name, const std::string& database);
  void publish();

  Publication& publication_;
  const model::Clock& clock_;
  Status status_;
};

}  // namespace pgadvisor::daemon
