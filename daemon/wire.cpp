#include "daemon/wire.hpp"

#include "collectors/sql/quote.hpp"
#include "daemon/utf8.hpp"
#include "daemon/wire_lists.hpp"
#include "daemon/wire_values.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>

namespace pgadvisor::daemon {

namespace json = boost::json;

namespace {

json::object key_json(const model::IndexKey& key) {
  return {{"column", json_text_or_null(key.column)},
          {"expression", json_text_or_null(key.expression)},
          {"operator_class", json_text_or_null(key.operator_class)},
          {"collation", json_text_or_null(key.collation)},
          {"descending", key.descending},
          {"nulls_first", key.nulls_first}};
}

json::object definition_json(const model::IndexDefinition& definition) {
  json::array keys;
  for (const model::IndexKey& key : definition.keys) keys.emplace_back(key_json(key));
  return {
      {"schema", json_text(definition.table.schema)}, {"table", json_text(definition.table.name)},
      {"method", json_text(definition.method)},       {"keys", std::move(keys)},
      {"include", json_texts(definition.include)},    {"predicate", json_text_or_null(definition.predicate)}};
}

json::object served_json(const advisor::ServedStatement& statement) {
  return {{"query_id", json_text(statement.query_id)},
          {"query", json_text(statement.query)},
          {"weight", json_number(statement.weight)},
          {"cost_before", json_number(statement.cost_before.value)},
          {"cost_after", json_number(statement.cost_after.value)},
          {"plan_before", json_plan(statement.plan_before)},
          {"plan_after", json_plan(statement.plan_after)}};
}

json::object replaced_json(const advisor::ReplacedIndex& replaced) {
  return {{"index", json_text(sql::quote_name(replaced.index))},
          {"size_bytes", replaced.size.value},
          {"ddl", json_text(replaced.ddl)},
          {"rollback", json_text(replaced.rollback)}};
}

json::object workload_json(const advisor::Advice& advice) {
  json::array skipped;
  for (const advisor::SkippedStatement& statement : advice.skipped) {
    skipped.emplace_back(
        json::object{{"query_id", json_text(statement.query_id)}, {"reason", json_text(statement.reason)}});
  }
  json::value window = nullptr;
  if (advice.window.from != advice.window.to) {
    window = json::object{{"from", to_rfc3339(advice.window.from)}, {"to", to_rfc3339(advice.window.to)}};
  }
  return {{"statements", advice.statements},
          {"analysed", advice.analysed},
          {"skipped", std::move(skipped)},
          {"window", std::move(window)},
          {"coverage", advice.coverage ? to_json(*advice.coverage) : json::value(nullptr)}};
}

json::object cost_json(const advisor::Advice& advice) {
  const double gap =
      advice.cost_after > 0 ? std::max(0.0, (advice.cost_after - advice.cost_bound) / advice.cost_after) : 0;
  return {{"before", json_number(advice.cost_before)},
          {"after", json_number(advice.cost_after)},
          {"bound", json_number(advice.cost_bound)},
          {"gap", json_number(gap)},
          {"saved_ms_per_day", json_duration(advice.saved_per_day)}};
}

json::object summary(const advisor::Advice& advice) {
  return {{"database", json_text(advice.database)},
          {"server_version", advice.server_version},
          {"planner", json::object{{"sandbox_version", advice.sandbox_version},
                                   {"calls", advice.planner_calls},
                                   {"seconds", json_number(advice.planner_seconds)}}},
          {"workload", workload_json(advice)},
          {"cost", cost_json(advice)},
          {"size_bytes", advice.size.value},
          {"seconds", json_number(advice.seconds)}};
}

}  // namespace

json::value to_json(const advisor::TimeCoverage& coverage) {
  json::array rest;
  for (const advisor::NotAnalysed& entry : coverage.rest) {
    rest.emplace_back(json::object{{"reason", json_text(entry.reason)},
                                   {"statements", entry.statements},
                                   {"time_ms", json_number(entry.time.count())}});
  }
  return json::object{
      {"time_ms", json_number(coverage.total.count())},
      {"analysed_ms", json_number(coverage.analysed.count())},
      {"not_analysed", std::move(rest)},
      {"evictions", coverage.evictions},
      {"of_active_time", coverage.of_active_time ? json_number(*coverage.of_active_time) : nullptr}};
}

json::value to_json_summary(const advisor::Advice& advice) {
  return summary(advice);
}

json::value to_json(const advisor::Advice& advice) {
  json::object object = summary(advice);
  object.emplace("recommendations", json_list(advice.recommendations));
  object.emplace("alternatives", json_list(advice.alternatives));
  object.emplace("unhelped_statements", json_list(advice.unhelped));
  object.emplace("findings", json_list(advice.findings));
  return object;
}

json::value to_json(const advisor::Recommendation& recommendation) {
  const advisor::Recommendation& r = recommendation;
  json::array statements;
  for (const advisor::ServedStatement& statement : r.statements) {
    statements.emplace_back(served_json(statement));
  }
  json::array replaces;
  for (const advisor::ReplacedIndex& replaced : r.replaces) replaces.emplace_back(replaced_json(replaced));
  return json::object{{"id", json_text(r.id)},
                      {"ddl", json_text(r.ddl)},
                      {"rollback", json_text(r.rollback)},
                      {"table", json_text(sql::quote_name(r.definition.table))},
                      {"index_name", json_text(r.index_name)},
                      {"definition", definition_json(r.definition)},
                      {"kind", json_texts(r.kinds)},
                      {"size_bytes", r.size.value},
                      {"benefit", json::object{{"share", json_number(r.benefit_share)},
                                               {"cost", json_number(r.benefit_cost.value)},
                                               {"time_ms", json_duration(r.benefit_time)},
                                               {"time_per_day_ms", json_duration(r.benefit_per_day)}}},
                      {"write_overhead", json_write_overhead(r.write_overhead)},
                      {"statements", std::move(statements)},
                      {"replaces", std::move(replaces)},
                      {"confidence", json_text(to_string(r.confidence))},
                      {"reasons", json_texts(r.reasons)}};
}

json::value to_json(const advisor::StatementSummary& statement) {
  return json::object{{"query_id", json_text(statement.query_id)},
                      {"query", json_text(statement.query)},
                      {"calls", statement.calls},
                      {"total_time_ms", json_number(statement.total_time.count())},
                      {"cost_before", json_number(statement.cost_before.value)},
                      {"cost_after", json_number(statement.cost_after.value)}};
}

json::value to_json(const advisor::Finding& finding) {
  return json::object{{"kind", json_text(finding.kind)},
                      {"query_id", json_text_or_null(finding.query_id)},
                      {"object", json_text_or_null(finding.object)},
                      {"message", json_text(finding.message)}};
}

}  // namespace pgadvisor::daemon
