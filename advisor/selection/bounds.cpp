#include "advisor/selection/bounds.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace pgadvisor::selection {
namespace {

/// Statements that cost nothing gain nothing.
constexpr double kLeastCost = 1e-9;

std::span<const std::size_t> positions_of(CandidateId candidate,
                                          const std::map<CandidateId, std::vector<std::size_t>>& positions) {
  const auto found = positions.find(candidate);
  return found == positions.end() ? std::span<const std::size_t>{} : found->second;
}

}  // namespace

Bounds::Bounds(const Problem& problem) : problem_(problem) {
  for (std::size_t statement = 0; statement < problem.statements; ++statement) {
    statements_.push_back(statement);
    const auto& tree = trees_.emplace_back(problem, statement);
    auto& tables = tables_.emplace_back();
    for (const auto id : tree.all()) {
      touched_[id].push_back(statement);
      tables.insert(static_cast<std::size_t>(problem.candidates.at(id).table));
    }
  }
  for (std::size_t set = 0; set < problem.exclusive.size(); ++set) {
    for (const auto id : problem.exclusive[set]) exclusive_[id].push_back(set);
  }
}

std::span<const std::size_t> Bounds::exclusive(CandidateId candidate) const {
  return positions_of(candidate, exclusive_);
}

std::span<const std::size_t> Bounds::touched(CandidateId candidate) const {
  return positions_of(candidate, touched_);
}

/// In order.
std::vector<std::size_t> Bounds::touched(const Configuration& candidates) const {
  std::vector<std::size_t> result;
  for (const auto id : candidates) {
    const auto statements = touched(id);
    result.insert(result.end(), statements.begin(), statements.end());
  }
  std::ranges::sort(result);
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

int Bounds::questions() const {
  int sum = 0;
  for (const auto& tree : trees_) sum += tree.questions();
  return sum;
}

model::Result<double> Bounds::cost(const Configuration& configuration, const std::stop_token& stop) {
  std::vector<Range> ranges(trees_.size());
  if (auto done = ask(configuration, statements_, ranges, stop); !done) return done.error();
  return least(ranges);
}

model::Result<void> Bounds::ask(const Configuration& configuration, std::span<const std::size_t> statements,
                                std::vector<Range>& ranges, const std::stop_token& stop) {
  return problem_.for_each(statements, [&](std::size_t statement) -> model::Result<void> {
    if (stop.stop_requested()) return model::give_up("stopped");
    const auto cost = trees_[statement].cost(configuration);
    if (!cost) return cost.error();
    ranges[statement] = {*cost, *cost};
    return {};
  });
}

/// Asks what statements cost, first where that may be furthest from the bound, judged by the plans seen; then
/// has the trees learn it, first where it is.
model::Result<double> Bounds::learn(const Configuration& configuration, double enough, double tolerance,
                                    const std::stop_token& stop) {
  std::vector<Range> ranges;
  for (const auto& tree : trees_) {
    const double bound = tree.bound(configuration);
    ranges.push_back({bound, std::max(bound, tree.seen(configuration))});
  }
  auto known = ranges;
  for (auto open = furthest(known, enough); !open.empty(); open = furthest(known, enough)) {
    if (auto done = ask(configuration, open, known, stop); !done) return done.error();
  }
  for (const auto statement : statements_) ranges[statement].most = known[statement].least;
  const auto statements = furthest(ranges, enough);
  auto done = problem_.for_each(statements, [&](std::size_t statement) -> model::Result<void> {
    if (stop.stop_requested()) return model::give_up("stopped");
    const auto learned = trees_[statement].learn(configuration, tolerance);
    return learned ? model::Result<void>() : learned.error();
  });
  if (!done) return done.error();
  return least(known);
}

double Bounds::least(std::span<const Range> ranges) {
  return std::accumulate(ranges.begin(), ranges.end(), 0.0,
                         [](double sum, const Range& range) { return sum + range.least; });
}

/// The fewest statements that have to cost the most they can for the sum to be `enough`, in order; all whose
/// cost is not known where it never is.
std::vector<std::size_t> Bounds::furthest(std::span<const Range> ranges, double enough) const {
  const auto distance = [&](auto statement) { return ranges[statement].most - ranges[statement].least; };
  std::vector<std::size_t> statements;
  std::ranges::copy_if(statements_, std::back_inserter(statements),
                       [&](auto statement) { return distance(statement) > 0; });
  std::ranges::stable_sort(statements, std::ranges::greater{}, distance);
  double sum = least(ranges);
  auto last = statements.begin();
  for (; last != statements.end() && sum < enough; ++last) sum += distance(*last);
  statements.erase(last, statements.end());
  std::ranges::sort(statements);
  return statements;
}

model::Result<int> Bounds::refine(const Nodes& nodes, const Configuration& configuration, double tolerance,
                                  const std::stop_token& stop) {
  std::vector<std::size_t> statements;
  for (const auto& [statement, its] : nodes) statements.push_back(statement);
  std::vector<int> refined(trees_.size());
  auto done = problem_.for_each(statements, [&](std::size_t statement) -> model::Result<void> {
    for (const auto& [node, share] : nodes.at(statement)) {
      if (stop.stop_requested()) return model::give_up("stopped");
      const auto asked = trees_[statement].refine(node, configuration, tolerance, share);
      if (!asked) return asked.error();
      refined[statement] += *asked ? 1 : 0;
    }
    return {};
  });
  if (!done) return done.error();
  return std::accumulate(refined.begin(), refined.end(), 0);
}

model::Result<Bounds::Change> Bounds::compare(const Configuration& from, const Configuration& to) const {
  Configuration moved;
  std::ranges::set_symmetric_difference(from, to, std::inserter(moved, moved.end()));
  const auto statements = touched(moved);
  std::vector<Change> changes(trees_.size());
  auto done = problem_.for_each(statements, [&](std::size_t statement) -> model::Result<void> {
    const auto before = problem_.plan(statement, from);
    if (!before) return before.error();
    const auto after = problem_.plan(statement, to);
    if (!after) return after.error();
    const auto bare = problem_.plan(statement, {});
    if (!bare) return bare.error();
    const double fall = before->cost - after->cost;
    changes[statement] = {fall, fall / std::max(bare->cost, kLeastCost), after->refused};
    return {};
  });
  if (!done) return done.error();
  Change sum;
  for (const auto statement : statements) {
    const auto& one = changes[statement];
    sum.fall += one.fall;
    sum.most = std::max(sum.most, one.most);
    sum.refused = sum.refused || one.refused;
  }
  return sum;
}

double Bounds::bound(const Configuration& configuration) const {
  double sum = 0;
  for (const auto& tree : trees_) sum += tree.bound(configuration);
  return sum;
}

Rise Bounds::rise(const Configuration& from, const Configuration& to, const Configuration& moved) const {
  Rise rise;
  const auto add = [&](double bound, int sign) {
    if (bound == kForbidden) {
      rise.forbidden += sign;
    } else {
      rise.cost += sign * bound;
    }
  };
  for (const auto statement : touched(moved)) {
    const auto& tree = trees_[statement];
    if (std::ranges::any_of(moved, [&](auto id) { return tree.named().contains(id); })) {
      add(tree.bound(from), -1);
      add(tree.bound(to), 1);
    }
  }
  return rise;
}

bool Bounds::fits(const Configuration& configuration, const Constraints& constraints) const {
  model::Bytes size;
  for (const auto id : configuration) size += problem_.candidates.at(id).size;
  return std::ssize(configuration) <= constraints.max_count &&
         (constraints.budget.value == 0 || size <= constraints.budget) &&
         std::ranges::none_of(configuration, [&](auto id) {
           return std::ranges::any_of(exclusive(id), [&](std::size_t set) {
             return std::ranges::any_of(problem_.exclusive[set], [&](auto other) {
               return other != id && configuration.contains(other);
             });
           });
         });
}

double Bounds::charge(const Configuration& configuration, const Rents& rents) const {
  double sum = 0;
  for (const auto id : configuration) {
    const auto& price = problem_.candidates.at(id);
    sum += price.writes + rents.of(price);
  }
  return sum;
}

std::vector<double> Bounds::by_table(std::span<const double> costs) const {
  std::size_t tables = 0;
  for (const auto& [id, price] : problem_.candidates)
    tables = std::max(tables, static_cast<std::size_t>(price.table) + 1);
  std::vector<double> sums(tables);
  for (std::size_t statement = 0; statement < trees_.size(); ++statement) {
    for (const auto table : tables_[statement]) sums[table] += costs[statement];
  }
  return sums;
}

}  // namespace pgadvisor::selection
