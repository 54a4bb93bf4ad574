#include "advisor/selection/cost_tree.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace pgadvisor::selection {
namespace {

/// Of what a refused plan saves, this share may hang on indexes that are not the cause.
constexpr double kBesideTheCause = 0.5;

bool includes(const Configuration& all, const Configuration& some) {
  return std::ranges::includes(all, some);
}

bool meets(const Configuration& a, const Configuration& b) {
  return std::ranges::any_of(a, [&](auto candidate) { return b.contains(candidate); });
}

/// Leaves out of the groups what is decided anyway; false when no configuration is left in the region.
bool simplify(Region& region) {
  std::erase_if(region.groups, [&](const auto& group) { return meets(group, region.needs); });
  for (auto& group : region.groups) group = without(std::move(group), region.bans);
  std::ranges::sort(region.groups);
  region.groups.erase(std::unique(region.groups.begin(), region.groups.end()), region.groups.end());
  return std::ranges::none_of(region.groups, &Configuration::empty);
}

}  // namespace

bool Region::contains(const Configuration& configuration) const {
  return includes(configuration, needs) && !meets(bans, configuration) &&
         std::ranges::all_of(groups, [&](const auto& group) { return meets(group, configuration); });
}

CostTree::CostTree(const Problem& problem, std::size_t statement)
    : problem_(problem), statement_(statement), all_(problem.touching(statement)), nodes_(1) {}

/// Each step decides only what the parent left open. Within a node that the configuration is not part of,
/// where nothing contains it, the step leads to what lacks most.
std::size_t CostTree::find(const Configuration& configuration, std::size_t from) const {
  auto node = from;
  while (!nodes_[node].children.empty()) {
    const auto& children = nodes_[node].children;
    const auto next = std::ranges::find_if(
        children, [&](std::size_t child) { return nodes_[child].decided.contains(configuration); });
    assert(next != children.end() || from != 0);
    node = next == children.end() ? children.front() : *next;
  }
  return node;
}

model::Result<Plan> CostTree::plan(const Configuration& visible) {
  ++questions_;
  return problem_.plan(statement_, visible);
}

/// What every configuration without these costs at least, by all answers.
double CostTree::least(const Configuration& bans) const {
  double least = 0;
  for (const auto& node : nodes_) {
    if (node.asked && includes(bans, node.region.bans)) least = std::max(least, node.cost);
  }
  return least;
}

/// By the cheapest plan seen that is possible in the region, where none can be cheaper by the tolerance.
bool CostTree::derive(Node& leaf, double tolerance) const {
  const Node* cheapest = nullptr;
  for (const auto& node : nodes_) {
    const bool possible = node.asked && !node.derived && !meets(leaf.region.bans, node.used);
    if (possible && (cheapest == nullptr || node.cost < cheapest->cost)) cheapest = &node;
  }
  if (cheapest == nullptr || cheapest->cost > leaf.cost + tolerance) return false;
  leaf.refused = cheapest->refused;
  leaf.used = cheapest->used;
  leaf.cause = cheapest->cause;
  leaf.asked = leaf.derived = true;
  return true;
}

/// Leaves out one after the other, where the guard refuses what is left as well.
model::Result<Configuration> CostTree::cause_of(const Plan& refused) {
  const auto bare = plan({});
  if (!bare) return bare.error();
  const double most = refused.cost + kBesideTheCause * (bare->cost - refused.cost);
  auto cause = refused.used;
  for (const auto candidate : refused.used) {
    if (!cause.contains(candidate) || cause.size() == 1) continue;
    auto others = plan(without(cause, candidate));
    if (!others) return others.error();
    if (others->refused && others->cost <= most) cause = std::move(others->used);
  }
  return cause;
}

model::Result<void> CostTree::ask(Node& leaf) {
  auto answer = plan(without(all_, leaf.region.bans));
  if (!answer) return answer.error();
  auto cause = answer->refused ? cause_of(*answer) : answer->used;
  if (!cause) return cause.error();
  leaf.cause = std::move(*cause);
  leaf.cost = std::max(leaf.cost, answer->cost);
  leaf.refused = answer->refused;
  leaf.used = std::move(answer->used);
  leaf.asked = true;
  leaf.derived = false;
  return {};
}

/// Of the candidate's family, not decided in the region and not in the configuration.
Configuration CostTree::stand_ins(CandidateId candidate, const Region& region,
                                  const Configuration& configuration) const {
  Configuration result;
  const int family = problem_.candidates.at(candidate).family;
  for (const auto other : all_) {
    if (other != candidate && problem_.candidates.at(other).family == family &&
        !configuration.contains(other) && !region.bans.contains(other) && !region.needs.contains(other)) {
      result.insert(other);
    }
  }
  return result;
}

/// `answered`: by the parent's answer.
void CostTree::add_child(std::size_t parent, const Region& decided, bool answered) {
  Region region = nodes_[parent].region;
  region.needs.insert(decided.needs.begin(), decided.needs.end());
  region.bans.insert(decided.bans.begin(), decided.bans.end());
  region.groups.insert(region.groups.end(), decided.groups.begin(), decided.groups.end());
  if (!simplify(region)) return;
  Node child{std::move(region), decided, parent, nodes_[parent].cost};
  if (answered) {
    child.refused = nodes_[parent].refused;
    child.asked = true;
    child.derived = nodes_[parent].derived;
    child.used = nodes_[parent].used;
    child.cause = nodes_[parent].cause;
  } else {
    child.cost = std::max(child.cost, least(child.region.bans));
  }
  nodes_[parent].children.push_back(nodes_.size());
  nodes_.push_back(std::move(child));
}

/// What the configuration lacks is decided first, and with it all that could stand in for it: one question
/// then speaks for the whole family. That something of the family is there after all is a region of its own.
void CostTree::split(std::size_t leaf, const Configuration& configuration) {
  std::vector<CandidateId> open;
  std::ranges::set_difference(nodes_[leaf].cause, nodes_[leaf].region.needs, std::back_inserter(open));
  const auto rank = [&](auto id) {
    return std::tuple(configuration.contains(id), -problem_.candidates.at(id).size.value, id);
  };
  std::ranges::sort(open, {}, rank);
  Region with;
  for (const auto candidate : open) {
    auto others = stand_ins(candidate, nodes_[leaf].region, configuration);
    others = without(std::move(others), with.needs);
    named_.insert(candidate);
    named_.insert(others.begin(), others.end());
    Region lacking = with;
    lacking.bans.insert(candidate);
    if (!others.empty()) {
      Region replaced = lacking;
      replaced.groups.push_back(others);
      add_child(leaf, replaced, false);
      lacking.bans.insert(others.begin(), others.end());
    }
    add_child(leaf, lacking, false);
    with.needs.insert(candidate);
  }
  add_child(leaf, with, true);
}

model::Result<double> CostTree::cost(const Configuration& configuration) {
  Configuration touching;
  std::ranges::set_intersection(configuration, all_, std::inserter(touching, touching.end()));
  if (last_ && last_->configuration == touching) return last_->cost;
  const auto answer = plan(touching);
  if (!answer) return answer.error();
  last_ = {std::move(touching), answer->refused ? kForbidden : answer->cost};
  return last_->cost;
}

model::Result<double> CostTree::learn(const Configuration& configuration, double tolerance) {
  const auto truth = cost(configuration);
  if (!truth) return truth.error();
  while (true) {
    const auto leaf = find(configuration);
    auto& node = nodes_[leaf];
    const bool refused = *truth == kForbidden;
    // A plan that costs the same as a derived one may be refused all the same, or not.
    if (node.derived && node.refused != refused) {
      if (auto done = ask(node); !done) return done.error();
    }
    if (node.forbidden() && !refused) node.cause = node.used;
    if (node.exact() || *truth - node.cost <= tolerance) return truth;
    if (auto done = ask_more(leaf, configuration, tolerance); !done) return done.error();
  }
}

model::Result<bool> CostTree::refine(std::size_t node, const Configuration& configuration, double tolerance,
                                     double share) {
  const auto leaf = find(configuration, node);
  if (nodes_[leaf].exact()) return false;
  const double open = seen(nodes_[leaf].region, configuration) - nodes_[leaf].cost;
  if (share * open <= tolerance) return false;
  if (auto done = ask_more(leaf, configuration, tolerance); !done) return done.error();
  return true;
}

/// Splits the leaf where it was asked about already.
model::Result<void> CostTree::ask_more(std::size_t leaf, const Configuration& configuration,
                                       double tolerance) {
  if (nodes_[leaf].asked) {
    split(leaf, configuration);
    leaf = find(configuration, leaf);
  }
  auto& node = nodes_[leaf];
  if (node.asked) return {};
  node.cost = std::max(node.cost, least(node.region.bans));
  return derive(node, tolerance) ? model::Result<void>() : ask(node);
}

/// The cheapest plan of all answers that is possible under the configuration, with what the region needs and
/// without what it bans; kForbidden when there is none.
double CostTree::seen(const Region& region, const Configuration& configuration) const {
  const auto visible = [&](auto candidate) {
    return region.needs.contains(candidate) ||
           (configuration.contains(candidate) && !region.bans.contains(candidate));
  };
  double cheapest = kForbidden;
  for (const auto& node : nodes_) {
    if (node.seen() && std::ranges::all_of(node.used, visible)) {
      cheapest = std::min(cheapest, node.cost);
    }
  }
  return cheapest;
}

std::vector<double> CostTree::highest() const {
  std::vector<double> result;
  for (const auto& node : nodes_) result.push_back(node.forbidden() ? kForbidden : node.cost);
  for (auto node = nodes_.size() - 1; node > 0; --node) {
    result[nodes_[node].parent] = std::max(result[nodes_[node].parent], result[node]);
  }
  return result;
}

}  // namespace pgadvisor::selection
