#include "daemon/reports/words.hpp"
#include "daemon/reports/writers.hpp"
#include "daemon/wire.hpp"
#include "daemon/wire_lifecycle.hpp"
#include "daemon/wire_values.hpp"

#include <boost/json.hpp>

#include <utility>

namespace pgadvisor::daemon::reports {

namespace json = boost::json;

namespace {

json::value number_or_null(const std::optional<double>& value) {
  return value ? json_number(*value) : json::value(nullptr);
}

json::object window_json(const model::Window& window) {
  return {{"from", to_json_time(window.from)}, {"to", to_json_time(window.to)}};
}

json::object line_json(const ProposalLine& line) {
  json::array statements;
  for (const auto& statement : line.statements) {
    statements.emplace_back(json::object{{"query", json_text(statement.query)},
                                         {"cost_before", number_or_null(statement.cost_before)},
                                         {"cost_after", number_or_null(statement.cost_after)}});
  }
  return {{"id", json_text(line.id)},
          {"database", json_text(line.database)},
          {"action", json_text(to_string(line.action))},
          {"origin", json_text(to_string(line.origin))},
          {"state", json_text(to_string(line.state))},
          {"since", to_json_time(line.since)},
          {"by", json_text(line.by)},
          {"why", json_text_or_null(line.why)},
          {"table", json_text(line.table)},
          {"index", json_text(line.index)},
          {"sql", json_text_or_null(line.sql)},
          {"rollback", json_text_or_null(line.rollback)},
          {"size_bytes", line.size.value},
          {"predicted_saved_ms_per_day", json_duration(line.per_day)},
          {"predicted_share", number_or_null(line.share)},
          {"reasons", json_texts(line.reasons)},
          {"statements", std::move(statements)},
          {"applied_at", to_json_time(line.applied_at)},
          {"effect", line.effect ? json::value(daemon::to_json(*line.effect)) : json::value(nullptr)}};
}

json::object line_json(const IndexLine& line) {
  return {{"database", json_text(line.database)},
          {"index", json_text(line.index)},
          {"table", json_text(line.table)},
          {"verdict", json_text(line.verdict)},
          {"detail", json_text_or_null(line.detail)},
          {"reasons", json_texts(line.reasons)},
          {"size_bytes", line.size.value},
          {"reclaimable_bytes", line.reclaimable.value},
          {"scans", line.scans},
          {"since", to_json_time(line.since)},
          {"statements_worse", line.worse ? json::value(*line.worse) : json::value(nullptr)},
          {"sql", json_text_or_null(line.sql)},
          {"rollback", json_text_or_null(line.rollback)},
          {"new", line.is_new}};
}

json::object line_json(const ForeignKeyLine& line) {
  return {{"database", json_text(line.database)},
          {"table", json_text(line.table)},
          {"columns", json_texts(line.columns)},
          {"references", json_texts(line.references)},
          {"severity", json_text(to_string(line.severity))},
          {"changes", json_number(line.changes)},
          {"table_bytes", line.table_size.value},
          {"reasons", json_texts(line.reasons)},
          {"sql", json_text(line.sql)},
          {"rollback", json_text_or_null(line.rollback)},
          {"new", line.is_new}};
}

json::object line_json(const HotspotLine& line) {
  json::array statements;
  for (const auto& reader : line.statements) {
    statements.emplace_back(json::object{{"query_id", json_text(reader.query_id)},
                                         {"query", json_text_or_null(reader.query)},
                                         {"share", json_number(reader.share)}});
  }
  return {{"database", json_text(line.database)},
          {"table", json_text(line.table)},
          {"state", json_text(to_string(line.state))},
          {"since", to_json_time(line.since)},
          {"window", window_json(line.window)},
          {"bytes_read", line.bytes_read.value},
          {"table_bytes", line.table_size.value},
          {"seq_scans", line.seq_scans},
          {"cause", json_text(to_string(line.cause))},
          {"reasons", json_texts(line.reasons)},
          {"statements", std::move(statements)},
          {"recommendations", json_texts(line.recommendations)},
          {"new", line.is_new}};
}

/// What verdicts on the use of indexes rest upon.
json::object use_json(const DatabaseLine& line) {
  json::array members;
  for (const auto& member : line.members) {
    members.emplace_back(json::object{{"name", json_text(member.name)},
                                      {"watched", member.watched},
                                      {"coverage", json_number(member.coverage)},
                                      {"trouble", json_text_or_null(member.trouble)}});
  }
  json::object verdicts;
  for (const auto& [verdict, count] : line.verdicts) verdicts[json_text(verdict)] = count;
  return {{"window", window_json(line.use_window)},
          {"coverage", json_number(line.use_coverage)},
          {"members", std::move(members)},
          {"verdicts", std::move(verdicts)}};
}

json::object line_json(const DatabaseLine& line) {
  json::object skipped;
  for (const auto& [reason, count] : line.skipped) skipped[json_text(reason)] = count;
  return {{"database", json_text(line.database)},
          {"server_version", line.server_version},
          {"sandbox_version", line.sandbox_version},
          {"window", window_json(line.window)},
          {"statements", line.statements},
          {"analysed", line.analysed},
          {"skipped", std::move(skipped)},
          {"coverage", line.coverage ? daemon::to_json(*line.coverage) : json::value(nullptr)},
          {"cost_before", json_number(line.cost_before)},
          {"cost_after", json_number(line.cost_after)},
          {"cost_bound", json_number(line.cost_bound)},
          {"index_use", use_json(line)},
          {"limits", json_texts(line.limits)}};
}

/// {"items": [...], "all": 40}: items are the first of so many.
template <class T>
json::object lines_json(const Lines<T>& lines) {
  json::array items;
  for (const auto& line : lines.items) items.emplace_back(line_json(line));
  return {{"items", std::move(items)}, {"all", lines.all}};
}

json::value before_json(const std::optional<Baseline>& before) {
  if (!before) return nullptr;
  return json::object{{"id", json_text(before->id)}, {"to", to_json_time(before->to)}};
}

json::object figures_json(const std::vector<Figure>& figures) {
  json::object object;
  for (const auto& figure : figures) {
    object.emplace(figure.name, json::object{{"value", number_or_null(figure.value)},
                                             {"before", number_or_null(figure.before)}});
  }
  return object;
}

template <class T>
const T* member(const json::object& object, std::string_view name,
                const T* (json::value::*get)() const noexcept) {
  const auto* value = object.if_contains(name);
  return value == nullptr ? nullptr : (value->*get)();
}

void read_figures(const json::object& figures, Baseline& baseline) {
  for (const auto& [name, figure] : figures) {
    const auto* object = figure.if_object();
    const auto* value = object == nullptr ? nullptr : object->if_contains("value");
    if (value != nullptr && value->is_number()) baseline.figures[name] = value->to_number<double>();
  }
}

}  // namespace

json::object to_json(const WeeklyReport& report) {
  json::array databases;
  for (const auto& line : report.databases) databases.emplace_back(line_json(line));
  json::array problems;
  for (const auto& problem : report.problems) problems.emplace_back(daemon::to_json(problem));
  return {{"id", json_text(report.id)},
          {"period", window_json(report.window)},
          {"made_at", to_json_time(report.made_at)},
          {"target", json_text(report.target)},
          {"time_zone", json_text(report.zone.name())},
          {"version", json_text(report.version)},
          {"before", before_json(report.before)},
          {"figures", figures_json(report.figures)},
          {"new", lines_json(report.fresh)},
          {"done", lines_json(report.done)},
          {"open", lines_json(report.open)},
          {"put_aside", lines_json(report.aside)},
          {"unused_indexes", lines_json(report.unused)},
          {"redundant_indexes", lines_json(report.redundant)},
          {"other_indexes", lines_json(report.other_indexes)},
          {"foreign_keys", lines_json(report.foreign_keys)},
          {"hotspots", lines_json(report.hotspots)},
          {"resolved_hotspots", lines_json(report.resolved_hotspots)},
          {"advice_at", to_json_time(report.advice_at)},
          {"databases", std::move(databases)},
          {"not_analysed_yet", json_texts(report.unheard)},
          {"problems", std::move(problems)},
          {"events", json_texts(report.events)},
          {"marks", json_texts(report.marks)}};
}

std::optional<Baseline> baseline_from_json(std::string_view text) {
  json::error_code error;
  const auto value = json::parse(text, error);
  const auto* object = error ? nullptr : value.if_object();
  if (object == nullptr) return std::nullopt;
  const auto* id = member(*object, "id", &json::value::if_string);
  const auto* period = member(*object, "period", &json::value::if_object);
  const auto* to = period == nullptr ? nullptr : member(*period, "to", &json::value::if_string);
  const auto* figures = member(*object, "figures", &json::value::if_object);
  const auto* marks = member(*object, "marks", &json::value::if_array);
  const auto end = to == nullptr ? std::nullopt : from_rfc3339(*to);
  if (id == nullptr || !end || figures == nullptr || marks == nullptr) return std::nullopt;
  Baseline baseline{std::string(*id), *end, {}, {}};
  read_figures(*figures, baseline);
  for (const auto& mark : *marks) {
    if (mark.is_string()) baseline.marks.insert(std::string(mark.get_string()));
  }
  return baseline;
}

}  // namespace pgadvisor::daemon::reports
