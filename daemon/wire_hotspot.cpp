#include "daemon/wire.hpp"
#include "daemon/wire_values.hpp"

#include <boost/json.hpp>

#include <utility>

namespace pgadvisor::daemon {

namespace json = boost::json;

namespace {

json::object reader_json(const advisor::HotspotStatement& statement) {
  return {{"query_id", json_text(statement.query_id)},
          {"query", json_text(statement.query)},
          {"calls", json_number(statement.calls)},
          {"blocks_per_call", json_number(statement.blocks_per_call)},
          {"rows_per_call", json_number(statement.rows_per_call)},
          {"share", json_number(statement.share)},
          {"planned", statement.planned},
          {"foreign_key", json_text_or_null(statement.foreign_key)}};
}

}  // namespace

json::value to_json(const advisor::Hotspot& hotspot) {
  json::array statements;
  for (const auto& statement : hotspot.statements) statements.emplace_back(reader_json(statement));
  return json::object{
      {"schema", json_text(hotspot.table.schema)},
      {"table", json_text(hotspot.table.name)},
      {"state", json_text(to_string(hotspot.state))},
      {"since", to_json_time(hotspot.since)},
      {"last_seen", to_json_time(hotspot.last_seen)},
      {"window",
       json::object{{"from", to_rfc3339(hotspot.window.from)}, {"to", to_rfc3339(hotspot.window.to)}}},
      {"seq_scans", hotspot.seq_scans},
      {"rows_read", hotspot.rows_read},
      {"read_bytes", hotspot.bytes_read.value},
      {"size_bytes", hotspot.table_size.value},
      {"bytes_per_second", json_number(hotspot.bytes_per_second)},
      {"usual_bytes_per_second",
       hotspot.usual_bytes_per_second ? json_number(*hotspot.usual_bytes_per_second) : json::value(nullptr)},
      {"cause", json_text(to_string(hotspot.cause))},
      {"statements", std::move(statements)},
      {"foreign_keys", json_texts(hotspot.foreign_keys)},
      {"recommendations", json_texts(hotspot.recommendations)},
      {"reasons", json_texts(hotspot.reasons)}};
}

json::value to_json_readings(const advisor::Hotspot& hotspot) {
  json::array readings;
  for (const auto& reading : hotspot.readings) {
    readings.emplace_back(
        json::object{{"from", to_json_time(reading.window.from)},
                     {"to", to_json_time(reading.window.to)},
                     {"bytes_per_second", reading.bytes_per_second ? json_number(*reading.bytes_per_second)
                                                                   : json::value(nullptr)}});
  }
  return json::object{{"schema", json_text(hotspot.table.schema)},
                      {"table", json_text(hotspot.table.name)},
                      {"readings", std::move(readings)}};
}

}  // namespace pgadvisor::daemon
