#include "daemon/report_schedule.hpp"

namespace pgadvisor::daemon {

using std::chrono::floor;
using std::chrono::seconds;

ReportSchedule::ReportSchedule(const config::ReportSettings& settings)
    : zone_(config::TimeZone::find(settings.time_zone).value_or(config::TimeZone())) {
  if (const auto cron = config::Cron::parse(settings.schedule)) cron_ = *cron;
}

std::optional<model::Window> ReportSchedule::due(const std::optional<model::Timestamp>& last,
                                                 model::Timestamp watched_since, model::Timestamp now) const {
  if (!cron_) return std::nullopt;
  const auto to = cron_->previous(floor<seconds>(now), zone_);
  if (to <= last.value_or(watched_since)) return std::nullopt;
  return model::Window{last.value_or(cron_->previous(to - seconds(1), zone_)), to};
}

std::optional<model::Timestamp> ReportSchedule::next(model::Timestamp now) const {
  if (!cron_) return std::nullopt;
  return cron_->next(floor<seconds>(now), zone_);
}

}  // namespace pgadvisor::daemon
