#pragma once

#include "collectors/model/activity.hpp"
#include "config/cron.hpp"
#include "config/settings.hpp"

#include <optional>

namespace pgadvisor::daemon {

/// When reports are made, and of what time each speaks. The settings are checked ones.
class ReportSchedule {
 public:
  explicit ReportSchedule(const config::ReportSettings& settings);

  /// The report that is due at `now`: from the end of the one before, `last`, to the last time that the
  /// schedule names; one report, however many were missed. Where there was none before, it is as long as
  /// the schedule's interval. `watched_since`: no report is due for a time before it.
  [[nodiscard]] std::optional<model::Window> due(const std::optional<model::Timestamp>& last,
                                                 model::Timestamp watched_since, model::Timestamp now) const;
  /// Of the next report; empty when none is planned.
  [[nodiscard]] std::optional<model::Timestamp> next(model::Timestamp now) const;
  [[nodiscard]] const config::TimeZone& zone() const { return zone_; }

 private:
  std::optional<config::Cron> cron_;
  config::TimeZone zone_;
};

}  // namespace pgadvisor::daemon
