#include "collectors/history/slice_reader.hpp"

#include "collectors/history/server_store.hpp"
#include "collectors/history/statement_rows.hpp"

#include <fmt/format.h>

namespace pgadvisor::history {

namespace {

std::int64_t second(model::Timestamp time) {
  return std::chrono::ceil<std::chrono::seconds>(time).time_since_epoch().count();
}

/// The slices of [?1, ?2) that a table has, as s(slice).
std::string existing_slices(const char* table) {
  return fmt::format(
      "WITH RECURSIVE s(slice) AS (SELECT min(slice) FROM {0} WHERE slice >= ?1 AND slice < ?2 "
      "UNION ALL SELECT (SELECT min(slice) FROM {0} WHERE slice > s.slice AND slice < ?2) "
      "FROM s WHERE s.slice IS NOT NULL) ",
      table);
}

void bind_window(Statement& rows, const model::Window& window) {
  rows.bind(1, second(window.from)).bind(2, second(window.to));
}

}  // namespace

template <class Counters>
model::Slice<Counters> SliceReader::made_of(std::int64_t slice, const Counters& counters) const {
  const bool coarse = slice % kHour == 0 && slice < coarse_before_;
  return {model::Timestamp(std::chrono::seconds(slice)),
          model::Seconds(static_cast<double>(coarse ? kHour : length_)), counters};
}

model::StatementSlices SliceReader::statements(const std::string& database,
                                               const std::vector<model::QueryId>& statements,
                                               const model::Window& window) {
  Statement rows = database_.prepare(
      existing_slices("statement_delta") +
      fmt::format("SELECT s.slice, {} FROM s JOIN statement_delta ON statement_delta.slice = s.slice "
                  "AND statement IN (SELECT e.id FROM statement e JOIN database_oid o ON o.server = e.server "
                  "AND o.oid = e.database_oid JOIN database d ON d.id = o.database "
                  "WHERE e.query_id = ?3 AND d.name = ?4) ORDER BY s.slice",
                  kCounters));
  model::StatementSlices slices;
  for (const auto statement : statements) {
    std::map<std::int64_t, model::StatementCounters> sums;  // by slice, over users
    bind_window(rows, window);
    rows.bind(3, static_cast<std::int64_t>(statement)).bind(4, std::string_view(database));
    while (rows.step()) sums[rows.integer(0)] += read_counters(rows, 1);
    for (const auto& [slice, counters] : sums) slices[statement].push_back(made_of(slice, counters));
  }
  return slices;
}

std::vector<SliceReader::Row> SliceReader::relation(const std::string& database, bool is_index,
                                                    const model::ObjectName& name,
                                                    const model::Window& window) {
  Statement rows = database_.prepare(
      existing_slices("relation_delta") +
      "SELECT s.slice, sum(c1), sum(c2), sum(c3), sum(c4), sum(c5), sum(c6), sum(c7), sum(c8) "
      "FROM s JOIN relation_delta r ON r.slice = s.slice AND r.relation IN (SELECT n.id FROM relation n "
      "JOIN database d ON d.id = n.database WHERE d.name = ?3 AND n.is_index = ?4 AND n.schema = ?5 "
      "AND n.name = ?6) GROUP BY s.slice ORDER BY s.slice");
  bind_window(rows, window);
  rows.bind(3, std::string_view(database))
      .bind(4, std::int64_t{is_index})
      .bind(5, std::string_view(name.schema))
      .bind(6, std::string_view(name.name));
  std::vector<Row> result;
  while (rows.step()) result.push_back({rows.integer(0), read_relation_counters(rows, 1)});
  return result;
}

std::vector<model::TableSlice> SliceReader::table(const std::string& database, const model::ObjectName& table,
                                                  const model::Window& window) {
  std::vector<model::TableSlice> slices;
  for (const auto& [slice, counters] : relation(database, false, table, window)) {
    slices.push_back(made_of(slice, to_table(counters)));
  }
  return slices;
}

std::vector<model::IndexSlice> SliceReader::index(const std::string& database, const model::ObjectName& index,
                                                  const model::Window& window) {
  std::vector<model::IndexSlice> slices;
  for (const auto& [slice, counters] : relation(database, true, index, window)) {
    slices.push_back(made_of(slice, to_index(counters)));
  }
  return slices;
}

}  // namespace pgadvisor::history
