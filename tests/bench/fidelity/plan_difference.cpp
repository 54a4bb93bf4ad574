#include "tests/bench/fidelity/plan_difference.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace pgadvisor::bench {
namespace {

using boost::json::object;

struct Node {
  std::string title;  ///< "Index Scan of people using people_pkey"
  std::string relation;
  std::string index_condition;
  std::string condition;  ///< with the filter
  double rows = 0;
  double cost = 0;
};

std::string text_of(const object& node, const char* key) {
  const auto* value = node.if_contains(key);
  return value ? std::string(value->as_string()) : std::string();
}

std::string condition_of(const object& plan) {
  auto condition = text_of(plan, "Index Cond");
  const auto filter = text_of(plan, "Filter");
  return condition.empty() || filter.empty() ? condition + filter : condition + " AND " + filter;
}

/// Children first: what a node inherits from them is not its own. An index scan below a bitmap does not name
/// its relation: it is that of its parents.
void flatten(const object& plan, const std::string& parents_relation, std::vector<Node>& nodes) {
  const auto own = text_of(plan, "Relation Name");
  const auto relation = own.empty() ? parents_relation : own;
  if (const auto* children = plan.if_contains("Plans")) {
    for (const auto& child : children->as_array()) flatten(child.as_object(), relation, nodes);
  }
  Node node{text_of(plan, "Node Type"),
            relation,
            text_of(plan, "Index Cond"),
            condition_of(plan),
            plan.at("Plan Rows").to_number<double>(),
            plan.at("Total Cost").to_number<double>()};
  if (!own.empty()) node.title += " of " + own;
  if (const auto index = text_of(plan, "Index Name"); !index.empty()) node.title += " using " + index;
  nodes.push_back(std::move(node));
}

std::vector<Node> nodes_of(const std::string& plan) {
  std::vector<Node> nodes;
  flatten(boost::json::parse(plan).as_array()[0].at("Plan").as_object(), {}, nodes);
  return nodes;
}

bool equal(double a, double b) {
  return std::abs(a - b) <= 0.001 * std::max(std::abs(a), std::abs(b));
}

std::optional<ScanCondition> scan_of(const Node& node, const std::string& condition,
                                     std::optional<double> rows) {
  if (condition.empty() || node.relation.empty()) return {};
  return ScanCondition{node.relation, condition, rows};
}

/// Nothing when the nodes are alike.
PlanDifference node_difference(const Node& ours, const Node& theirs) {
  if (ours.title != theirs.title)
    return {fmt::format("another plan: sandbox {} ({:.2f}), production {} ({:.2f})", ours.title, ours.cost,
                        theirs.title, theirs.cost),
            scan_of(ours, ours.condition, ours.rows)};
  if (!equal(ours.rows, theirs.rows))
    return {fmt::format("rows of {}: sandbox {:.0f}, production {:.0f}", ours.title, ours.rows, theirs.rows),
            scan_of(ours, ours.condition, ours.rows)};
  if (!equal(ours.cost, theirs.cost))
    return {fmt::format("cost of {}: sandbox {:.2f}, production {:.2f}", ours.title, ours.cost, theirs.cost),
            scan_of(ours, ours.index_condition, {})};
  return {};
}

}  // namespace

PlanDifference plan_difference(const std::string& sandbox, const std::string& production) {
  const auto ours = nodes_of(sandbox);
  const auto theirs = nodes_of(production);
  for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i) {
    if (auto difference = node_difference(ours[i], theirs[i]); !difference.text.empty()) return difference;
  }
  if (ours.size() == theirs.size()) return {};
  return {fmt::format("another plan: sandbox {} nodes, production {}", ours.size(), theirs.size()), {}};
}

}  // namespace pgadvisor::bench
