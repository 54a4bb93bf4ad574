#include "daemon/reports/sections.hpp"

#include "collectors/sql/quote.hpp"

#include <algorithm>

namespace pgadvisor::daemon::reports {
namespace {

IndexLine line_of(const advisor::IndexReport& index, const std::string& database) {
  IndexLine line;
  line.database = database;
  line.index = sql::quote_name(index.index);
  line.table = sql::quote_name({index.table_schema, index.table});
  line.verdict = index.verdict;
  line.detail = index.detail;
  line.reasons = index.reasons;
  line.size = index.size;
  line.reclaimable = index.reclaimable;
  line.scans = index.scans;
  line.since = index.since;
  line.sql = index.ddl;
  line.rollback = index.rollback;
  if (index.rehearsal) line.worse = index.rehearsal->statements.size();
  line.mark = mark_of(index.verdict, database, line.index);
  return line;
}

ForeignKeyLine line_of(const advisor::ForeignKeyReport& key, const std::string& database) {
  ForeignKeyLine line;
  line.database = database;
  line.table = sql::quote_name(key.table);
  for (const auto& column : key.columns) line.columns.push_back(sql::quote_identifier(column));
  for (const auto& table : key.references) line.references.push_back(sql::quote_name(table));
  line.severity = key.severity;
  line.changes = key.changes;
  line.table_size = key.table_size;
  line.reasons = key.reasons;
  line.sql = key.ddl;
  line.rollback = key.rollback;
  auto name = line.table;
  for (const auto& column : line.columns) name += "\n" + column;
  line.mark = mark_of("foreign_key", database, name);
  return line;
}

Lines<IndexLine>& section_of(WeeklyReport& report, const std::string& verdict) {
  if (verdict == "unused") return report.unused;
  if (verdict == "redundant" || verdict == "duplicate") return report.redundant;
  return report.other_indexes;
}

void sort(std::vector<IndexLine>& lines) {
  std::ranges::stable_sort(lines, [](const auto& a, const auto& b) { return a.reclaimable > b.reclaimable; });
}

}  // namespace

void add_indexes(WeeklyReport& report, const Material& material) {
  for (const auto& database : material.report.databases) {
    const auto& name = database.advice.database;
    for (const auto& index : database.health.indexes) {
      if (!advisor::is_finding(index)) continue;
      auto line = line_of(index, name);
      remember(report, line);
      if (report.not_wanted.contains({name, index.ddl})) continue;  // a person put it aside
      section_of(report, line.verdict).items.push_back(std::move(line));
    }
    for (const auto& key : database.health.foreign_keys) {
      auto line = line_of(key, name);
      remember(report, line);
      report.foreign_keys.items.push_back(std::move(line));
    }
  }
  for (auto* lines : {&report.unused, &report.redundant, &report.other_indexes}) sort(lines->items);
  std::ranges::stable_sort(report.foreign_keys.items,
                           [](const auto& a, const auto& b) { return a.severity > b.severity; });
}

}  // namespace pgadvisor::daemon::reports
