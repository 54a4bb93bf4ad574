#pragma once

// Private to daemon/reports: the parts of a document.

#include "daemon/reports/document.hpp"

namespace pgadvisor::daemon::reports {

[[nodiscard]] Item open_item(const ProposalLine& line, const WeeklyReport& report);
[[nodiscard]] Item done_item(const ProposalLine& line, const WeeklyReport& report);
[[nodiscard]] Item aside_item(const ProposalLine& line, const WeeklyReport& report);
[[nodiscard]] Item index_item(const IndexLine& line, const WeeklyReport& report);
[[nodiscard]] Item foreign_key_item(const ForeignKeyLine& line);
[[nodiscard]] Item hotspot_item(const HotspotLine& line, const WeeklyReport& report);
/// What the report knows, and what it does not.
[[nodiscard]] Section honesty(const WeeklyReport& report);

}  // namespace pgadvisor::daemon::reports
