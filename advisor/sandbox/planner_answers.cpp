#include "advisor/sandbox/planner_answers.hpp"

#include "advisor/sandbox/json_members.hpp"
#include "collectors/sql/parentheses.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <map>

namespace pgadvisor::sandbox {

namespace json = boost::json;
using sql::strip_parentheses;

namespace {

std::string text(const json::object& object, std::string_view name) {
  return std::string(object.at(name).as_string());
}

bool flag(const json::object& object, std::string_view name) {
  return object.at(name).as_bool();
}

std::vector<std::string> texts(const json::object& object, std::string_view name) {
  std::vector<std::string> list;
  for (const auto& value : object.at(name).as_array()) list.emplace_back(value.as_string());
  return list;
}

Term term(const json::object& object) {
  return {text(object, "column"), strip_parentheses(text(object, "expression"))};
}

model::ObjectName name(const json::object& object) {
  return {text(object, "schema"), text(object, "table")};
}

ClauseKind clause_kind(const std::string& word) {
  static const std::map<std::string, ClauseKind> kinds{{"equality", ClauseKind::kEquality},
                                                       {"in_list", ClauseKind::kInList},
                                                       {"range", ClauseKind::kRange},
                                                       {"null_test", ClauseKind::kNullTest},
                                                       {"boolean", ClauseKind::kBoolean},
                                                       {"operator", ClauseKind::kOperator},
                                                       {"or", ClauseKind::kOr},
                                                       {"other", ClauseKind::kOther}};
  return kinds.at(word);
}

std::vector<Support> supports(const json::object& object) {
  std::vector<Support> list;
  for (const auto& value : object.at("supports").as_array()) {
    const auto& support = value.as_object();
    list.push_back({text(support, "method"), text(support, "operator_class"),
                    static_cast<int>(number_in(support, "strategy")),
                    strip_parentheses(text(support, "condition")), flag(support, "exact")});
  }
  std::sort(list.begin(), list.end());
  return list;
}

std::vector<std::string> sorted_texts(const json::object& object, std::string_view name) {
  auto list = texts(object, name);
  std::sort(list.begin(), list.end());
  return list;
}

/// The part that clauses and distances have in common.
Clause shape(const json::object& object) {
  Clause clause;
  clause.kind = clause_kind(text(object, "kind"));
  clause.key = term(object);
  clause.op = text(object, "op");
  clause.op_schema = text(object, "op_schema");
  clause.value = text(object, "value");
  clause.collation = text(object, "collation");
  clause.supports = supports(object);
  return clause;
}

std::vector<Clause> clauses(const json::array& array) {
  std::vector<Clause> list;
  for (const auto& value : array) {
    const auto& object = value.as_object();
    Clause clause = shape(object);
    clause.text = strip_parentheses(text(object, "text"));
    clause.columns = sorted_texts(object, "columns");
    clause.cast_column = text(object, "cast_column");
    clause.cast_implicit = flag(object, "cast_implicit");
    for (const auto& arm : object.at("arms").as_array()) clause.arms.push_back(clauses(arm.as_array()));
    clause.has_parameter = flag(object, "has_parameter");
    clause.has_literal = flag(object, "has_literal");
    clause.immutable = flag(object, "immutable");
    clause.selectivity = number_in(object, "selectivity");
    list.push_back(std::move(clause));
  }
  return list;
}

std::vector<JoinKey> joins(const json::array& array) {
  std::vector<JoinKey> list;
  for (const auto& value : array) {
    const auto& join = value.as_object();
    list.push_back(
        {term(join), flag(join, "also_constant"), text(join, "op"), text(join, "op_schema"), supports(join)});
  }
  return list;
}

std::vector<SortKey> sort_keys(const json::array& array) {
  std::vector<SortKey> list;
  for (const auto& value : array) {
    const auto& key = value.as_object();
    list.push_back({term(key), flag(key, "descending"), flag(key, "nulls_first")});
  }
  return list;
}

Scan scan(const json::object& object) {
  Scan scan;
  scan.relation = name(object);
  scan.rows = number_in(object, "rows");
  scan.tuples = number_in(object, "tuples");
  scan.clauses = clauses(object.at("clauses").as_array());
  scan.joins = joins(object.at("joins").as_array());
  scan.join_clauses = clauses(object.at("join_clauses").as_array());
  scan.order = sort_keys(object.at("order").as_array());
  for (const auto& value : object.at("orders").as_array()) {
    const auto& order = value.as_object();
    scan.orders.push_back(
        {text(order, "purpose"), sort_keys(order.at("keys").as_array()), flag(order, "complete")});
  }
  for (const auto& value : object.at("distances").as_array())
    scan.distances.push_back(shape(value.as_object()));
  scan.limit = number_in(object, "limit");
  scan.fraction = number_in(object, "fraction");
  scan.columns = sorted_texts(object, "columns");
  scan.output = sorted_texts(object, "output");
  scan.whole_row = flag(object, "whole_row");
  scan.locked = flag(object, "locked");
  scan.written = flag(object, "written");
  return scan;
}

Write write(const json::object& object) {
  Write write{text(object, "command").front(), name(object), texts(object, "columns")};
  for (const auto& value : object.at("arbiter").as_array()) write.arbiter.push_back(term(value.as_object()));
  return write;
}

PlanCost plan_cost(const json::object& object) {
  PlanCost cost;
  cost.total = {number_in(object, "total")};
  cost.expected = {number_in(object, "expected")};
  cost.rows = number_in(object, "rows");
  for (const auto& value : object.at("candidates").as_array()) {
    cost.used.insert(CandidateId{value.to_number<std::uint32_t>()});
  }
  for (auto& index : texts(object, "existing")) cost.existing.insert(std::move(index));
  for (const auto& value : object.at("sequential").as_array())
    cost.sequential.insert(name(value.as_object()));
  return cost;
}

/// A database in SQL_ASCII may hand over bytes that are no UTF-8: they pass through.
model::Result<json::value> parse(std::string_view text) {
  json::parse_options options;
  options.allow_invalid_utf8 = true;
  boost::system::error_code error;
  auto value = json::parse(text, error, {}, options);
  if (error) return model::skip("the planner module's answer is no JSON: " + error.message());
  return value;
}

}  // namespace

model::Result<StatementScans> parse_scans(std::string_view text_form) {
  auto parsed = parse(text_form);
  if (!parsed) return parsed.error();
  StatementScans result;
  std::vector<const json::value*> seen;
  for (const auto& value : parsed->at("scans").as_array()) {
    if (std::any_of(seen.begin(), seen.end(), [&](const json::value* other) { return *other == value; }))
      continue;
    seen.push_back(&value);
    result.scans.push_back(scan(value.as_object()));
  }
  for (const auto& value : parsed->at("writes").as_array()) result.writes.push_back(write(value.as_object()));
  return result;
}

model::Result<std::vector<PlanCost>> parse_costs(std::string_view text_form) {
  auto parsed = parse(text_form);
  if (!parsed) return parsed.error();
  std::vector<PlanCost> costs;
  for (const auto& value : parsed->as_array()) costs.push_back(plan_cost(value.as_object()));
  return costs;
}

}  // namespace pgadvisor::sandbox
