#pragma once

#include "advisor/report.hpp"
#include "collectors/history/history.hpp"
#include "daemon/proposals.hpp"
#include "daemon/reports/weekly_report.hpp"
#include "daemon/status.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::daemon::reports {

/// Everything that a report is made of.
struct Material {
  const advisor::Report& report;
  const Proposals& proposals;
  const Status& status;
  const std::vector<history::Event>& events;  ///< of the window, at least
  model::Window window;
  model::Timestamp now{};
  config::TimeZone zone;
  std::string page_url;
  std::optional<Baseline> before;
};

[[nodiscard]] WeeklyReport build(const Material& material, std::string id);

/// The id of a report that is due at `time`.
[[nodiscard]] std::string id_of(model::Timestamp time);

}  // namespace pgadvisor::daemon::reports
