#include "advisor/selection/bounds.hpp"

#include <algorithm>
#include <iterator>

namespace pgadvisor::selection {
namespace {

/// Statements that cost nothing gain nothing.
constexpr double kLeastCost = 1e-9;

}  // namespace

Bounds::Bounds(const Problem& problem) : problem_(problem) {
  for (std::size_t statement = 0; statement < problem.statements; ++statement) {
    trees_.emplace_back(problem, statement);
  }
}

model::Result<double> Bounds::learn(const Configuration& configuration, double tolerance,
                                    const std::stop_token& stop) {
  double sum = 0;
  for (auto& tree : trees_) {
    if (stop.stop_requested()) return model::give_up("stopped");
    const auto cost = tree.learn(configuration, tolerance);
    if (!cost) return cost.error();
    sum += *cost;
  }
  return sum;
}

model::Result<Bounds::Change> Bounds::compare(const Configuration& from, const Configuration& to) const {
  Configuration moved;
  std::ranges::set_symmetric_difference(from, to, std::inserter(moved, moved.end()));
  Change change;
  for (std::size_t statement = 0; statement < trees_.size(); ++statement) {
    const auto& touching = trees_[statement].all();
    if (std::ranges::none_of(moved, [&](auto id) { return touching.contains(id); })) continue;
    const auto before = problem_.plan(statement, from);
    if (!before) return before.error();
    const auto after = problem_.plan(statement, to);
    if (!after) return after.error();
    const auto bare = problem_.plan(statement, {});
    if (!bare) return bare.error();
    const double fall = before->cost - after->cost;
    change.fall += fall;
    change.most = std::max(change.most, fall / std::max(bare->cost, kLeastCost));
    change.refused = change.refused || after->refused;
  }
  return change;
}

double Bounds::change(const Configuration& from, const Configuration& to, const Configuration& moved) const {
  double sum = 0;
  for (const auto& tree : trees_) {
    if (std::ranges::any_of(moved, [&](auto id) { return tree.named().contains(id); })) {
      sum += tree.bound(to) - tree.bound(from);
    }
  }
  return sum;
}

bool Bounds::fits(const Configuration& configuration, const Constraints& constraints) const {
  model::Bytes size;
  for (const auto id : configuration) size += problem_.candidates.at(id).size;
  return std::ssize(configuration) <= constraints.max_count &&
         (constraints.budget.value == 0 || size <= constraints.budget) &&
         std::ranges::all_of(problem_.exclusive, [&](const Configuration& one_of) {
           return std::ranges::count_if(one_of, [&](auto id) { return configuration.contains(id); }) <= 1;
         });
}

double Bounds::writes(const Configuration& configuration) const {
  double sum = 0;
  for (const auto id : configuration) sum += problem_.candidates.at(id).writes;
  return sum;
}

}  // namespace pgadvisor::selection
