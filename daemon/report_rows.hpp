#pragma once

#include "collectors/history/report_rows.hpp"
#include "daemon/kept_reports.hpp"

namespace pgadvisor::daemon {

/// Reports to what the history stores, and back. A delivery whose state is not known is dead.
[[nodiscard]] history::ReportRow to_row(const KeptReport& report);
[[nodiscard]] history::DeliveryRow to_row(const Delivery& delivery);
[[nodiscard]] KeptReport from_row(history::ReportRow row);

}  // namespace pgadvisor::daemon
