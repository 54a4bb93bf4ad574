#include "collectors/sql/quote.hpp"
#include "daemon/wire.hpp"
#include "daemon/wire_lists.hpp"
#include "daemon/wire_values.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <utility>

namespace pgadvisor::daemon {

namespace json = boost::json;

namespace {

json::value rehearsal_json(const std::optional<advisor::Rehearsal>& rehearsal) {
  if (!rehearsal) return nullptr;
  json::array statements;
  for (const auto& statement : rehearsal->statements) {
    statements.emplace_back(json::object{{"query_id", json_text(statement.query_id)},
                                         {"query", json_text(statement.query)},
                                         {"weight", json_number(statement.weight)},
                                         {"cost_before", json_number(statement.cost_before.value)},
                                         {"cost_after", json_number(statement.cost_after.value)}});
  }
  return json::object{{"statements_planned", rehearsal->planned},
                      {"statements_worse", rehearsal->statements.size()},
                      {"statements", std::move(statements)}};
}

json::array use_json(const std::vector<advisor::MemberUse>& use) {
  json::array array;
  for (const auto& member : use) {
    array.emplace_back(json::object{{"member", json_text(member.member)},
                                    {"scans", member.scans},
                                    {"since", to_json_time(member.since)},
                                    {"last_scan", to_json_time(member.last_scan)}});
  }
  return array;
}

json::object member_json(const advisor::MemberReport& member) {
  return {{"name", json_text(member.name)},
          {"watched", member.watched},
          {"last_poll", to_json_time(member.last_poll)},
          {"coverage", json_number(member.coverage)},
          {"trouble", json_text_or_null(member.trouble)}};
}

}  // namespace

json::value to_json(const advisor::IndexReport& index) {
  return json::object{
      {"schema", json_text(index.index.schema)},
      {"name", json_text(index.index.name)},
      {"table_schema", json_text(index.table_schema)},
      {"table", json_text(index.table)},
      {"verdict", json_text(index.verdict)},
      {"detail", json_text_or_null(index.detail)},
      {"keeper", json_text_or_null(index.keeper)},
      {"reasons", json_texts(index.reasons)},
      {"size_bytes", index.size.value},
      {"reclaimable_bytes", index.reclaimable.value},
      {"size_ratio", index.size_ratio ? json_number(*index.size_ratio) : json::value(nullptr)},
      {"scans", index.scans},
      {"last_scan", to_json_time(index.last_scan)},
      {"since", to_json_time(index.since)},
      {"use", use_json(index.use)},
      {"write_overhead", json_write_overhead(index.write_overhead)},
      {"ddl", json_text_or_null(index.ddl)},
      {"rollback", json_text_or_null(index.rollback)},
      {"rehearsal", rehearsal_json(index.rehearsal)}};
}

json::value to_json(const advisor::ForeignKeyReport& key) {
  std::vector<std::string> references;
  for (const auto& table : key.references) references.push_back(sql::quote_name(table));
  return json::object{{"table", json_text(sql::quote_name(key.table))},
                      {"columns", json_texts(key.columns)},
                      {"names", json_texts(key.names)},
                      {"references", json_text(fmt::format("{}", fmt::join(references, ", ")))},
                      {"severity", json_text(to_string(key.severity))},
                      {"changes", json_number(key.changes)},
                      {"table_bytes", key.table_size.value},
                      {"reasons", json_texts(key.reasons)},
                      {"ddl", json_text(key.ddl)},
                      {"rollback", json_text(key.rollback)}};
}

json::value to_json(const advisor::IndexHealth& health, const std::string& database) {
  json::array members;
  for (const auto& member : health.members) members.emplace_back(member_json(member));
  return json::object{{"database", json_text(database)},
                      {"window", json::object{{"from", to_json_time(health.window.from)},
                                              {"to", to_json_time(health.window.to)},
                                              {"coverage", json_number(health.coverage)}}},
                      {"members", std::move(members)},
                      {"indexes", json_list(health.indexes)},
                      {"foreign_keys", json_list(health.foreign_keys)},
                      {"left_out", json_texts(health.left_out)}};
}

}  // namespace pgadvisor::daemon
