#include "daemon/reports/sections.hpp"

#include "collectors/sql/quote.hpp"

#include <algorithm>
#include <utility>

namespace pgadvisor::daemon::reports {
namespace {

HotspotLine line_of(const advisor::Hotspot& hotspot, const std::string& database) {
  HotspotLine line;
  line.database = database;
  line.table = sql::quote_name(hotspot.table);
  line.state = hotspot.state;
  line.since = hotspot.since;
  line.window = hotspot.window;
  line.bytes_read = hotspot.bytes_read;
  line.table_size = hotspot.table_size;
  line.seq_scans = hotspot.seq_scans;
  line.cause = hotspot.cause;
  line.reasons = hotspot.reasons;
  for (const auto& statement : hotspot.statements) {
    if (line.statements.size() == kMostStatements) break;
    line.statements.push_back({statement.query_id, statement.query, statement.share});
  }
  line.recommendations = hotspot.recommendations;
  line.mark = mark_of("hotspot", database, line.table);
  return line;
}

}  // namespace

void add_hotspots(WeeklyReport& report, const Material& material) {
  report.hotspots_known = !material.report.hotspots.empty();
  for (const auto& [database, as_of, hotspots] : material.report.hotspots) {
    for (const auto& hotspot : hotspots) {
      const bool resolved = hotspot.state == model::HotspotState::kResolved;
      if (resolved && hotspot.since < material.window.from) continue;
      auto line = line_of(hotspot, database);
      remember(report, line);
      auto& lines = resolved ? report.resolved_hotspots : report.hotspots;
      lines.items.push_back(std::move(line));
    }
  }
  for (auto* lines : {&report.hotspots, &report.resolved_hotspots}) {
    std::ranges::stable_sort(lines->items,
                             [](const auto& a, const auto& b) { return a.bytes_read > b.bytes_read; });
  }
}

}  // namespace pgadvisor::daemon::reports
