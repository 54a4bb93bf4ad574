#include "advisor/index_report.hpp"

#include <algorithm>
#include <array>

namespace pgadvisor::advisor {

bool can_go(const IndexReport& report) {
  return report.verdict == "duplicate" || report.verdict == "redundant" || report.verdict == "unused" ||
         (report.verdict == "invalid" && report.detail == "failed");
}

bool is_finding(const IndexReport& report) {
  return can_go(report) || report.verdict == "bloated" || report.verdict == "review" ||
         report.verdict == "invalid";
}

std::tuple<int, std::int64_t, std::int64_t> importance(const IndexReport& report) {
  constexpr std::array kRest{"ok", "protected", "observing", "unknown", "invalid", "review", "bloated"};
  const auto rest = std::ranges::find(kRest, report.verdict) - kRest.begin();
  const int group = can_go(report) ? static_cast<int>(kRest.size()) : static_cast<int>(rest);
  return {group, report.reclaimable.value, report.size.value};
}

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::kInfo:
      return "info";
    case Severity::kWarning:
      return "warning";
    case Severity::kCritical:
      return "critical";
  }
  return "info";
}

}  // namespace pgadvisor::advisor
