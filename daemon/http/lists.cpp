#include "daemon/http/lists.hpp"

#include "daemon/utf8.hpp"
#include "daemon/wire.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace pgadvisor::daemon::http {
namespace {

namespace json = boost::json;

using advisor::DatabaseReport;

template <class T>
struct Row {
  const std::string* database;
  const T* value;
};

bool wanted(const ListQuery& query, const std::string& database) {
  return !query.database || *query.database == database;
}

/// The values of all wanted databases, one database after the other.
template <class T, class Values>
std::vector<Row<T>> rows(const View& view, const ListQuery& query, Values values) {
  std::vector<Row<T>> result;
  for (const DatabaseReport& database : view.report.databases) {
    if (!wanted(query, database.advice.database)) continue;
    for (const T& value : values(database)) result.push_back({&database.advice.database, &value});
  }
  return result;
}

/// Orders across databases; rows that weigh the same keep the report's order.
template <class T, class Weight>
void sort_heaviest_first(std::vector<Row<T>>& rows, Weight weight) {
  std::ranges::stable_sort(
      rows, [&](const Row<T>& a, const Row<T>& b) { return weight(*a.value) > weight(*b.value); });
}

json::object with_database(json::value item, const std::string& database) {
  json::object object = std::move(item.as_object());
  object.emplace("database", valid_utf8(database));
  return object;
}

template <class T>
json::array items(const std::vector<Row<T>>& rows, const ListQuery& query) {
  json::array array;
  for (const Row<T>& row : rows) {
    if (array.size() == query.limit) break;
    array.emplace_back(with_database(to_json(*row.value), *row.database));
  }
  return array;
}

json::array statements(const View& view, const ListQuery& query) {
  auto list = rows<advisor::StatementSummary>(
      view, query, [](const DatabaseReport& database) -> auto& { return database.advice.top_statements; });
  sort_heaviest_first(list, [](const advisor::StatementSummary& s) { return s.total_time; });
  return items(list, query);
}

/// Most bytes of the last day first, what is resolved last.
std::vector<Row<advisor::Hotspot>> hotspot_rows(const View& view, const ListQuery& query) {
  std::vector<Row<advisor::Hotspot>> list;
  for (const advisor::DatabaseHotspots& database : view.report.hotspots) {
    if (!wanted(query, database.database)) continue;
    for (const auto& hotspot : database.hotspots) list.push_back({&database.database, &hotspot});
  }
  sort_heaviest_first(list, [](const advisor::Hotspot& h) {
    return std::tuple(h.state != model::HotspotState::kResolved, h.bytes_read);
  });
  return list;
}

json::array hotspots(const View& view, const ListQuery& query) {
  return items(hotspot_rows(view, query), query);
}

json::array hotspot_readings(const View& view, const ListQuery& query) {
  json::array array;
  for (const auto& row : hotspot_rows(view, query)) {
    if (array.size() == query.limit) break;
    array.emplace_back(with_database(to_json_readings(*row.value), *row.database));
  }
  return array;
}

json::array indexes(const View& view, const ListQuery& query) {
  auto list = rows<advisor::IndexReport>(
      view, query, [](const DatabaseReport& database) -> auto& { return database.health.indexes; });
  sort_heaviest_first(list, advisor::importance);
  return items(list, query);
}

json::array foreign_keys(const View& view, const ListQuery& query) {
  auto list = rows<advisor::ForeignKeyReport>(
      view, query, [](const DatabaseReport& database) -> auto& { return database.health.foreign_keys; });
  sort_heaviest_first(list, [](const advisor::ForeignKeyReport& key) { return key.severity; });
  return items(list, query);
}

/// What could not be analysed belongs to the findings: silence about it would look like "nothing to do".
std::vector<advisor::Finding> with_skipped(const advisor::Advice& advice) {
  std::vector<advisor::Finding> all = advice.findings;
  for (const advisor::SkippedStatement& statement : advice.skipped) {
    all.push_back({"not_analysed", statement.query_id, "", statement.reason});
  }
  return all;
}

json::array findings(const View& view, const ListQuery& query) {
  json::array array;
  for (const DatabaseReport& database : view.report.databases) {
    if (!wanted(query, database.advice.database)) continue;
    for (const advisor::Finding& finding : with_skipped(database.advice)) {
      if (array.size() == query.limit) return array;
      array.emplace_back(with_database(to_json(finding), database.advice.database));
    }
  }
  return array;
}

/// Strongest first, over all databases: shares are of each one's own workload.
json::array alternatives(const View& view, const ListQuery& query) {
  auto list = rows<advisor::Alternative>(
      view, query, [](const DatabaseReport& database) -> auto& { return database.advice.alternatives; });
  sort_heaviest_first(list, [](const advisor::Alternative& alternative) { return alternative.saves_alone; });
  return items(list, query);
}

json::array unhelped_statements(const View& view, const ListQuery& query) {
  auto list = rows<advisor::UnhelpedStatement>(
      view, query, [](const DatabaseReport& database) -> auto& { return database.advice.unhelped; });
  sort_heaviest_first(list, [](const advisor::UnhelpedStatement& statement) { return statement.share; });
  return items(list, query);
}

json::value advice_of(const View& view, const std::string& database) {
  for (const DatabaseReport& report : view.report.databases) {
    if (report.advice.database == database) return to_json_summary(report.advice);
  }
  return nullptr;
}

/// One item as long as one server is monitored; the filter keeps the databases asked for.
json::array targets(const View& view, const ListQuery& query) {
  json::array databases;
  for (const std::string& name : view.status.databases) {
    if (!wanted(query, name)) continue;
    databases.emplace_back(json::object{{"name", valid_utf8(name)}, {"advice", advice_of(view, name)}});
  }
  if (query.database && databases.empty()) return {};
  const Status& status = view.status;
  return {json::object{{"name", valid_utf8(status.target)},
                       {"display", valid_utf8(status.target_display)},
                       {"up", status.up},
                       {"ready", status.ready()},
                       {"server", status.server ? to_json(*status.server) : json::value(nullptr)},
                       {"databases", std::move(databases)}}};
}

model::Timestamp last_advice(const View& view) {
  return view.report.as_of;
}

model::Timestamp last_poll(const View& view) {
  model::Timestamp newest{};
  for (const auto& database : view.report.hotspots) newest = std::max(newest, database.as_of);
  return newest;
}

constexpr List kLists[] = {
    {"indexes", indexes, last_advice},           {"foreign_keys", foreign_keys, last_advice},
    {"hotspots", hotspots, last_poll},           {"hotspot_readings", hotspot_readings, last_poll},
    {"statements", statements, last_advice},     {"findings", findings, last_advice},
    {"alternatives", alternatives, last_advice}, {"unhelped_statements", unhelped_statements, last_advice},
    {"targets", targets, last_advice},
};

}  // namespace

const List* find_list(std::string_view name) {
  const auto* found = std::ranges::find(kLists, name, &List::name);
  return found == std::end(kLists) ? nullptr : found;
}

}  // namespace pgadvisor::daemon::http
