#include "daemon/reports/parts.hpp"
#include "daemon/reports/words.hpp"
#include "daemon/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace pgadvisor::daemon::reports {
namespace {

using daemon::text::pretty;

void add_first_reasons(Item& item, const std::vector<std::string>& reasons) {
  for (std::size_t i = 0; i < std::min(kMostReasons, reasons.size()); ++i)
    item.details.push_back({text(reasons[i])});
}

void add_novelty(Item& item, bool is_new) {
  if (!is_new) return;
  item.title.push_back(text(", "));
  item.title.push_back(strong("new"));
}

std::string facts_of(const IndexLine& line, const WeeklyReport& report) {
  auto facts = fmt::format("holds {}", pretty(line.size));
  if (line.reclaimable != line.size && line.reclaimable.value > 0)
    facts += fmt::format(", {} to gain", pretty(line.reclaimable));
  facts += fmt::format("; {} scans", line.scans);
  if (line.since != model::Timestamp{}) facts += " since " + report.zone.text(line.since);
  return facts;
}

}  // namespace

Item index_item(const IndexLine& line, const WeeklyReport& report) {
  Item item{.title = {code(line.index), text(" on "), code(line.table), text(", database "),
                      code(line.database), text(": " + line.verdict)},
            .sql = line.sql};
  if (!line.detail.empty()) item.title.push_back(text(" (" + line.detail + ")"));
  add_novelty(item, line.is_new);
  item.details.push_back({text(facts_of(line, report))});
  add_first_reasons(item, line.reasons);
  if (line.worse) {
    item.details.push_back(
        {text(*line.worse == 0 ? std::string("rehearsed: no statement gets worse without it")
                               : fmt::format("rehearsed: {} {} worse without it", *line.worse,
                                             *line.worse == 1 ? "statement gets" : "statements get"))});
  }
  if (!line.sql.empty() && !line.rollback.empty())
    item.details.push_back({text("the way back: "), code(line.rollback)});
  return item;
}

Item foreign_key_item(const ForeignKeyLine& line) {
  Item item{
      .title = {code(fmt::format("{} ({})", line.table, fmt::join(line.columns, ", "))), text(" references "),
                code(fmt::format("{}", fmt::join(line.references, ", "))), text(", database "),
                code(line.database), text(": " + std::string(advisor::to_string(line.severity)))},
      .sql = line.sql};
  add_novelty(item, line.is_new);
  item.details.push_back({text("the table holds " + pretty(line.table_size))});
  add_first_reasons(item, line.reasons);
  return item;
}

Item hotspot_item(const HotspotLine& line, const WeeklyReport& report) {
  Item item{.title = {code(line.table), text(", database "), code(line.database)}};
  if (line.state == model::HotspotState::kNew) {
    item.title.push_back(text(": "));
    item.title.push_back(strong("reads far more than usual"));
    item.title.push_back(text(" since " + report.zone.text(line.since)));
  } else if (line.state == model::HotspotState::kResolved) {
    item.title.push_back(text(": since " + report.zone.text(line.since)));
  }
  add_novelty(item, line.is_new);
  item.details.push_back(
      {text(fmt::format("{} read by {} sequential scans from {} to {}; the table holds {}",
                        pretty(line.bytes_read), line.seq_scans, report.zone.text(line.window.from),
                        report.zone.text(line.window.to), pretty(line.table_size)))});
  add_first_reasons(item, line.reasons);
  for (const auto& reader : line.statements) {
    Line detail{text(fmt::format("{:.0f} % of its full scans: ", 100 * reader.share))};
    detail.push_back(
        code(reader.query.empty() ? "queryid " + reader.query_id : shortened(reader.query, kQueryLength)));
    item.details.push_back(std::move(detail));
  }
  if (!line.recommendations.empty()) {
    item.details.push_back(
        {text("cured by proposal "), code(fmt::format("{}", fmt::join(line.recommendations, ", ")))});
  }
  return item;
}

}  // namespace pgadvisor::daemon::reports
