#include "daemon/log.hpp"
#include "daemon/text.hpp"
#include "daemon/wire_values.hpp"

#include <fmt/format.h>
#include <boost/json/value.hpp>

namespace pgadvisor::daemon::text {
namespace {

namespace json = boost::json;

std::string string_of(const json::object& node, std::string_view key) {
  const auto* value = node.if_contains(key);
  return value && value->is_string() ? log::printable(value->get_string().c_str()) : std::string{};
}

double number_of(const json::object& node, std::string_view key) {
  const auto* value = node.if_contains(key);
  return value && value->is_number() ? value->to_number<double>() : 0;
}

void add_node(std::string& text, const json::object& node, int depth) {
  auto line = string_of(node, "Node Type");
  if (const auto join = string_of(node, "Join Type"); !join.empty() && join != "Inner") line += " " + join;
  if (const auto index = string_of(node, "Index Name"); !index.empty()) line += " using " + index;
  if (const auto relation = string_of(node, "Relation Name"); !relation.empty()) {
    line += " on " + relation;
    if (const auto alias = string_of(node, "Alias"); alias != relation) line += " " + alias;
  }
  text += fmt::format("  {:{}}{}  (cost={:.2f}..{:.2f} rows={:.0f})\n", "", depth * 2, line,
                      number_of(node, "Startup Cost"), number_of(node, "Total Cost"),
                      number_of(node, "Plan Rows"));
  for (const auto* label :
       {"Index Cond", "Recheck Cond", "Filter", "Hash Cond", "Merge Cond", "Join Filter"}) {
    const auto condition = string_of(node, label);
    if (!condition.empty()) text += fmt::format("  {:{}}    {}: {}\n", "", depth * 2, label, condition);
  }
  const auto* children = node.if_contains("Plans");
  if (!children || !children->is_array()) return;
  for (const auto& child : children->get_array()) {
    if (child.is_object()) add_node(text, child.get_object(), depth + 1);
  }
}

}  // namespace

std::string plan_tree(const std::string& explain_json) {
  const auto document = json_plan(explain_json);
  const auto* plan = document.if_contains("Plan");
  std::string text;
  if (plan && plan->is_object()) add_node(text, plan->get_object(), 0);
  return text;
}

}  // namespace pgadvisor::daemon::text
