#include "tests/bench/fidelity/plan_difference.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace pgadvisor::bench {
namespace {

struct Node {
  std::string title;  ///< "Index Scan of people using people_pkey"
  std::string alias;  ///< of the relation; empty for others
  double rows = 0;
  double cost = 0;
};

std::string text_of(const boost::json::object& node, const char* key) {
  const auto* value = node.if_contains(key);
  return value ? std::string(value->as_string()) : std::string();
}

/// Children first: what a node inherits from them is not its own.
void flatten(const boost::json::object& plan, std::vector<Node>& nodes) {
  if (const auto* children = plan.if_contains("Plans")) {
    for (const auto& child : children->as_array()) flatten(child.as_object(), nodes);
  }
  Node node{text_of(plan, "Node Type"), text_of(plan, "Alias"), plan.at("Plan Rows").to_number<double>(),
            plan.at("Total Cost").to_number<double>()};
  if (const auto relation = text_of(plan, "Relation Name"); !relation.empty())
    node.title += " of " + relation;
  if (const auto index = text_of(plan, "Index Name"); !index.empty()) node.title += " using " + index;
  nodes.push_back(std::move(node));
}

std::vector<Node> nodes_of(const std::string& plan) {
  std::vector<Node> nodes;
  flatten(boost::json::parse(plan).as_array()[0].at("Plan").as_object(), nodes);
  return nodes;
}

bool equal(double a, double b) {
  return std::abs(a - b) <= 0.001 * std::max(std::abs(a), std::abs(b));
}

/// Whether a scan of the same relation returns so many rows; an index scan below a bitmap names no relation.
bool has_scan(const std::vector<Node>& nodes, const std::string& alias, double rows) {
  return std::ranges::any_of(nodes, [&](const Node& node) {
    return !node.alias.empty() && (alias.empty() || node.alias == alias) && equal(node.rows, rows);
  });
}

std::string rows_difference(const Node& sandbox, const Node& production, const std::vector<Node>& bare) {
  const auto text = fmt::format("rows of {}: sandbox {:.0f}, production {:.0f}", sandbox.title, sandbox.rows,
                                production.rows);
  if (has_scan(bare, sandbox.alias, production.rows))
    return text + ", also without any index: the statistics differ";
  if (has_scan(bare, sandbox.alias, sandbox.rows)) {
    return text + fmt::format(", but {:.0f} without any index: it reads an index's real end", sandbox.rows);
  }
  return text;
}

}  // namespace

std::string plan_difference(const std::string& sandbox, const std::string& production,
                            const std::optional<std::string>& bare) {
  const auto ours = nodes_of(sandbox);
  const auto theirs = nodes_of(production);
  const auto without = bare ? nodes_of(*bare) : std::vector<Node>{};
  const auto common = std::min(ours.size(), theirs.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (ours[i].title != theirs[i].title)
      return fmt::format("another plan: sandbox {} ({:.2f}), production {} ({:.2f})", ours[i].title,
                         ours[i].cost, theirs[i].title, theirs[i].cost);
    if (!equal(ours[i].rows, theirs[i].rows)) return rows_difference(ours[i], theirs[i], without);
    if (!equal(ours[i].cost, theirs[i].cost))
      return fmt::format("cost of {}: sandbox {:.2f}, production {:.2f}", ours[i].title, ours[i].cost,
                         theirs[i].cost);
  }
  if (ours.size() != theirs.size()) {
    return fmt::format("another plan: sandbox {} nodes, production {}", ours.size(), theirs.size());
  }
  return {};
}

}  // namespace pgadvisor::bench
