#include "advisor/selection/relaxation.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pgadvisor::selection {
namespace {

/// A solution may miss a limit by as much: Clp's own tolerance.
constexpr double kFeasible = 1e-7;

}  // namespace

Relaxation::Relaxation(const Bounds& bounds, const Constraints& constraints)
    : bounds_(bounds),
      budget_(constraints.budget),
      exclusion_rows_(bounds.problem().exclusive.size(), -1),
      statements_(bounds.trees().size()) {
  double highest = 0;
  for (const auto& tree : bounds.trees()) highest = std::max(highest, tree.node(0).cost);
  if (highest > 0) scale_ = 1000 / highest;
  count_row_ = simplex_.add_row(0, constraints.max_count);
  if (budget_.value > 0) budget_row_ = simplex_.add_row(0, 1);
  for (auto& statement : statements_) statement.nodes.resize(1);
}

void Relaxation::set_rents(Rents rents) {
  rents_ = std::move(rents);
  for (const auto& [id, column] : columns_) simplex_.set_objective(column, charge(id));
}

void Relaxation::limit(CandidateId candidate, double lower, double upper) {
  simplex_.set_limits(columns_.at(candidate), lower, upper);
}

/// A row for each set of which two members are in the programme.
void Relaxation::add_exclusions(CandidateId candidate, int column) {
  for (const auto set : bounds_.exclusive(candidate)) {
    auto& row = exclusion_rows_[set];
    if (row < 0) {
      row = simplex_.add_row(0, 1);
      for (const auto other : bounds_.problem().exclusive[set]) {
        if (const auto known = columns_.find(other); known != columns_.end() && other != candidate) {
          simplex_.add_entry(row, known->second, 1);
        }
      }
    }
    simplex_.add_entry(row, column, 1);
  }
}

int Relaxation::column_of(CandidateId candidate) {
  const auto [found, fresh] = columns_.try_emplace(candidate, 0);
  if (!fresh) return found->second;
  const int column = simplex_.add_column(charge(candidate));
  found->second = column;
  simplex_.add_entry(count_row_, column, 1);
  if (budget_row_ >= 0) simplex_.add_entry(budget_row_, column, share_of_budget(candidate));
  add_exclusions(candidate, column);
  return column;
}

template <class Key, class Candidates>
void Relaxation::link(Links<Key>& links, const Key& key, const Candidates& candidates, int share) {
  const auto [found, fresh] = links.try_emplace(key);
  auto& link = found->second;
  if (fresh) {
    for (const auto id : candidates) link.columns.push_back(column_of(id));
    link.candidates = static_cast<int>(link.columns.size());
  }
  if (link.row >= 0) {
    simplex_.add_entry(link.row, share, 1);
  } else {
    link.columns.push_back(share);
  }
}

bool Relaxation::is_broken(const Link& link, const Kind& kind) const {
  double sum = 0;
  int at = 0;
  for (const int column : link.columns) {
    sum += (at++ < link.candidates ? kind.sign : 1) * simplex_.value(column);
  }
  return sum > kind.upper + kFeasible;
}

void Relaxation::add_row(Link& link, const Kind& kind) {
  link.row = simplex_.add_row(-Simplex::kUnlimited, kind.upper);
  int at = 0;
  for (const int column : link.columns) {
    simplex_.add_entry(link.row, column, at++ < link.candidates ? kind.sign : 1);
  }
  link.columns = {};
}

template <class Key>
bool Relaxation::add_broken(Links<Key>& links, const Kind& kind) {
  bool added = false;
  for (auto& [key, link] : links) {
    if (link.row >= 0 || !is_broken(link, kind)) continue;
    add_row(link, kind);
    added = true;
  }
  return added;
}

/// Rows for what the last solution breaks; false when it breaks nothing.
bool Relaxation::add_broken() {
  bool added = false;
  for (auto& statement : statements_) {
    added |= add_broken(statement.needing, kNeeds);
    added |= add_broken(statement.banning, kBans);
    added |= add_broken(statement.grouping, kNeeds);
  }
  return added;
}

void Relaxation::set_cost(const Share& share, const CostTree::Node& node) {
  if (share.column < 0) return;
  simplex_.set_objective(share.column, share.row < 0 ? node.cost * scale_ : 0);
  simplex_.set_limits(share.column, 0, node.forbidden() ? 0 : 1);
}

void Relaxation::add_share(Statement& shares, const CostTree& tree, std::size_t node, int row_of_parent) {
  const auto& decided = tree.node(node).decided;
  auto& share = shares.nodes[node];
  share.column = simplex_.add_column(0);
  simplex_.add_entry(row_of_parent, share.column, 1);
  for (const auto id : decided.needs) link(shares.needing, id, std::array{id}, share.column);
  for (const auto id : decided.bans) link(shares.banning, id, std::array{id}, share.column);
  for (const auto& group : decided.groups) link(shares.grouping, group, group, share.column);
}

void Relaxation::open(Statement& shares, const CostTree& tree, std::size_t node) {
  auto& share = shares.nodes[node];
  const double own = node == 0 ? 1 : 0;
  share.row = simplex_.add_row(own, own);
  if (node > 0) simplex_.add_entry(share.row, share.column, -1);
  for (const auto child : tree.node(node).children) add_share(shares, tree, child, share.row);
}

void Relaxation::follow(std::size_t statement, double tolerance) {
  const auto& tree = bounds_.trees()[statement];
  auto& shares = statements_[statement];
  const auto highest = tree.highest();
  shares.nodes.resize(highest.size());
  for (std::size_t node = 0; node < highest.size(); ++node) {  // parents come before their children
    const bool known = node == 0 || shares.nodes[node].column >= 0;
    if (!known) continue;
    const auto& own = tree.node(node);
    if (shares.nodes[node].row < 0 && !own.children.empty() && highest[node] - own.cost > tolerance) {
      open(shares, tree, node);
    }
    set_cost(shares.nodes[node], own);
  }
  if (shares.nodes[0].row < 0) constant_ += tree.node(0).cost;
}

void Relaxation::follow(double tolerance) {
  constant_ = 0;
  for (std::size_t statement = 0; statement < statements_.size(); ++statement) follow(statement, tolerance);
}

Relaxation::Point Relaxation::solve(double ceiling) {
  Point point;
  do {
    point.feasible = simplex_.solve((ceiling - constant_) * scale_);
    if (!point.feasible) return point;
  } while (add_broken());
  point.least = constant_ + simplex_.objective() / scale_;
  for (const auto& [id, column] : columns_) {
    if (simplex_.value(column) > 1e-6) point.shares[id] = simplex_.value(column);
  }
  return point;
}

Nodes Relaxation::leaves(double share) const {
  Nodes result;
  for (std::size_t statement = 0; statement < statements_.size(); ++statement) {
    const auto& nodes = statements_[statement].nodes;
    for (std::size_t node = 0; node < nodes.size(); ++node) {
      if (nodes[node].row >= 0) continue;
      const bool known = nodes[node].column >= 0;
      const double its = node == 0 ? 1 : known ? simplex_.value(nodes[node].column) : 0;
      if (its > share) result[statement].push_back({node, its});
    }
  }
  return result;
}

}  // namespace pgadvisor::selection
