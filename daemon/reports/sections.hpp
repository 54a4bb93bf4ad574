#pragma once

// Private to daemon/reports: the sections of a report.

#include "daemon/reports/build.hpp"
#include "daemon/reports/weekly_report.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace pgadvisor::daemon::reports {

/// new, done, open and put aside.
void add_proposals(WeeklyReport& report, const Material& material);
/// Unused, redundant and other indexes, foreign keys without any.
void add_indexes(WeeklyReport& report, const Material& material);
void add_hotspots(WeeklyReport& report, const Material& material);
/// What was looked at, what was not, what disturbed it.
void add_honesty(WeeklyReport& report, const Material& material);

/// Of something that may be in the next report too, under this kind and name.
[[nodiscard]] std::string mark_of(std::string_view kind, std::string_view database, std::string_view name);

/// Keeps the line's mark for the next report, and sees whether it was in the one before.
template <class T>
void remember(WeeklyReport& report, T& line) {
  line.is_new = report.before && !report.before->marks.contains(line.mark);
  report.marks.push_back(line.mark);
}

template <class T>
[[nodiscard]] Lines<T> cut(std::vector<T> items) {
  const auto all = items.size();
  if (items.size() > kMostLines) items.erase(items.begin() + kMostLines, items.end());
  return {std::move(items), all};
}

}  // namespace pgadvisor::daemon::reports
