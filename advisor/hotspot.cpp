#include "advisor/hotspot.hpp"

namespace pgadvisor::advisor {

std::string_view to_string(HotspotCause cause) {
  switch (cause) {
    case HotspotCause::kUnknown:
      return "unknown";
    case HotspotCause::kMissingIndex:
      return "missing_index";
    case HotspotCause::kMissingForeignKeyIndex:
      return "missing_foreign_key_index";
    case HotspotCause::kMissingStatistics:
      return "missing_statistics";
    case HotspotCause::kPlannerSetting:
      return "planner_setting";
    case HotspotCause::kMostRowsNeeded:
      return "most_rows_needed";
  }
  return "unknown";
}

}  // namespace pgadvisor::advisor
