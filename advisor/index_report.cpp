#include "advisor/index_report.hpp"

namespace pgadvisor::advisor {

bool can_go(const IndexReport& report) {
  return report.verdict == "duplicate" || report.verdict == "redundant" || report.verdict == "unused" ||
         (report.verdict == "invalid" && report.detail == "failed");
}

bool is_finding(const IndexReport& report) {
  return can_go(report) || report.verdict == "bloated" || report.verdict == "review" ||
         report.verdict == "invalid";
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
