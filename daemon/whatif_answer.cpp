#include "daemon/whatif_answer.hpp"

#include "collectors/sql/quote.hpp"
#include "daemon/wire_values.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace pgadvisor::daemon {
namespace {

namespace json = boost::json;

json::object index_json(const WhatifIndex& index) {
  return {{"definition", json_text(sql::describe(index.definition))},
          {"size_bytes", index.size.value},
          {"tree_height", index.tree_height}};
}

json::object whatif_json(const WhatifStatement& statement) {
  return {{"query_id", json_text(statement.query_id)},
          {"query", json_text(statement.query)},
          {"cost_before", json_number(statement.cost_before.value)},
          {"cost_after", json_number(statement.cost_after.value)},
          {"plan_before", json_plan(statement.plan_before)},
          {"plan_after", json_plan(statement.plan_after)}};
}

}  // namespace

json::value to_json(const WhatifAnswer& answer) {
  json::array indexes;
  for (const auto& index : answer.indexes) indexes.push_back(index_json(index));
  json::array statements;
  for (const auto& statement : answer.statements) statements.push_back(whatif_json(statement));
  json::array skipped;
  for (const auto& entry : answer.skipped) {
    skipped.push_back(
        json::object{{"query_id", json_text(entry.query_id)}, {"reason", json_text(entry.reason)}});
  }
  return json::object{{"database", json_text(answer.database)},
                      {"server_version", answer.server_version},
                      {"planner", json::object{{"sandbox_version", answer.sandbox_version}}},
                      {"indexes", std::move(indexes)},
                      {"statements", std::move(statements)},
                      {"skipped", std::move(skipped)},
                      {"limitations", json_texts(answer.limitations)}};
}

}  // namespace pgadvisor::daemon
