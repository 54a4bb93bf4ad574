#include "advisor/selection/selection.hpp"

#include "advisor/selection/search.hpp"

#include <algorithm>
#include <optional>

namespace pgadvisor::selection {
namespace {

using model::Result;

bool fits(const Search& search, const Constraints& constraints, CandidateId candidate) {
  return constraints.budget.value == 0 || search.size() + search.price(candidate).size <= constraints.budget;
}

/// Gain where space is free, gain per byte where it is not.
double score(const Search& search, const Constraints& constraints, CandidateId candidate) {
  const double bytes = static_cast<double>(std::max<std::int64_t>(1, search.price(candidate).size.value));
  return constraints.budget.value == 0 ? search.gain(candidate) : search.gain(candidate) / bytes;
}

/// What an index has to save at this point of the search.
double least_gain(const Search& search, const Constraints& constraints) {
  return std::max(constraints.min_gain * search.cost(), 1e-9);
}

std::optional<CandidateId> best_addition(const Search& search, const Constraints& constraints) {
  std::optional<CandidateId> best;
  for (const auto candidate : search.pool()) {
    if (search.chosen().contains(candidate) || search.gain(candidate) < least_gain(search, constraints) ||
        !fits(search, constraints, candidate)) {
      continue;
    }
    if (!best || score(search, constraints, candidate) > score(search, constraints, *best)) best = candidate;
  }
  return best;
}

Result<void> add_greedily(Search& search, const Constraints& constraints, std::stop_token stop) {
  while (std::ssize(search.chosen()) < constraints.max_count && !stop.stop_requested()) {
    if (auto done = search.refresh(); !done) return done;
    const auto best = best_addition(search, constraints);
    if (!best) break;
    if (auto done = search.apply({}, {*best}); !done) return done;
  }
  return {};
}

/// Drops a choice whose absence costs less than an index has to save; true when one was dropped.
Result<bool> drop_one(Search& search, const Constraints& constraints) {
  for (const auto candidate : Configuration(search.chosen())) {
    const auto loss = search.change({candidate}, {});
    if (!loss) return loss.error();
    if (*loss - search.price(candidate).writes >= least_gain(search, constraints)) continue;
    if (auto done = search.apply({candidate}, {}); !done) return done.error();
    return true;
  }
  return false;
}

/// Replaces a choice by a smaller candidate that saves nearly as much: all but the share that an index has to save.
Result<bool> shrink_one(Search& search, const Constraints& constraints) {
  for (const auto candidate : Configuration(search.chosen())) {
    const auto saved = search.change({candidate}, {});
    if (!saved) return saved.error();
    for (const auto smaller : search.pool()) {
      if (search.chosen().contains(smaller) || search.price(smaller).size >= search.price(candidate).size)
        continue;
      const auto loss = search.change({candidate}, {smaller});
      if (!loss) return loss.error();
      const double net = *loss + search.price(smaller).writes - search.price(candidate).writes;
      if (net >= constraints.min_gain * *saved) continue;
      if (auto done = search.apply({candidate}, {smaller}); !done) return done.error();
      return true;
    }
  }
  return false;
}

/// Both kinds of step shrink the configuration, so this ends.
Result<void> give_back(Search& search, const Constraints& constraints, std::stop_token stop) {
  while (!stop.stop_requested()) {
    const auto dropped = drop_one(search, constraints);
    if (!dropped) return dropped.error();
    if (*dropped) continue;
    const auto shrunk = shrink_one(search, constraints);
    if (!shrunk) return shrunk.error();
    if (!*shrunk) break;
  }
  return {};
}

/// The chosen ones in the order in which they help most, each with its gain on top of those before it.
Result<std::vector<Step>> order(Search& search) {
  const Configuration chosen = search.chosen();
  if (auto done = search.apply(chosen, {}); !done) return done.error();
  std::vector<Step> steps;
  Configuration left = chosen;
  while (!left.empty()) {
    std::optional<Step> best;
    for (const auto candidate : left) {
      const auto difference = search.change({}, {candidate});
      if (!difference) return difference.error();
      if (!best || -*difference > best->gain) best = Step{candidate, -*difference};
    }
    if (auto done = search.apply({}, {best->candidate}); !done) return done.error();
    left.erase(best->candidate);
    steps.push_back(*best);
  }
  return steps;
}

}  // namespace

Result<Selection> select(const Problem& problem, const Constraints& constraints, std::stop_token stop) {
  Search search(problem);
  if (auto done = search.harvest(stop); !done) return done.error();
  Selection selection;
  selection.cost_before = search.cost();
  selection.bound = search.bound();
  if (auto done = add_greedily(search, constraints, stop); !done) return done.error();
  if (auto done = give_back(search, constraints, stop); !done) return done.error();
  selection.cost_after = search.cost();
  selection.bound = std::min(selection.bound, selection.cost_after);
  auto steps = order(search);
  if (!steps) return steps.error();
  selection.steps = std::move(*steps);
  return selection;
}

}  // namespace pgadvisor::selection
