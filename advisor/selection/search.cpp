#include "advisor/selection/search.hpp"

#include <algorithm>
#include <numeric>

namespace pgadvisor::selection {
namespace {

/// Rounds of the harvest: the best plan, and two alternatives for when a budget rules the best one out.
constexpr int kHarvestRounds = 3;

}  // namespace

model::Result<void> Search::harvest(std::stop_token stop) {
  for (std::size_t statement = 0; statement < problem_.statements; ++statement) {
    const auto base = problem_.cost(statement, {});
    if (!base) return base.error();
    costs_.push_back(*base);
    Configuration visible;
    for (const auto& [candidate, price] : problem_.candidates) {
      if (problem_.touches(statement, candidate)) visible.insert(candidate);
    }
    const auto best = problem_.cost(statement, visible);
    if (!best) return best.error();
    bound_ += std::min(*best, *base);
    for (int round = 0; round < kHarvestRounds && !visible.empty() && !stop.stop_requested(); ++round) {
      const auto used = problem_.used(statement, visible);
      if (!used) return used.error();
      if (used->empty()) break;
      for (const auto candidate : *used) {
        pool_.insert(candidate);
        visible.erase(candidate);
      }
    }
  }
  for (const auto candidate : Configuration(pool_)) pool_.merge(problem_.leaner(candidate));
  stale_ = pool_;
  return {};
}

std::vector<std::size_t> Search::touched(const Configuration& candidates) const {
  std::vector<std::size_t> statements;
  for (std::size_t statement = 0; statement < problem_.statements; ++statement) {
    if (std::any_of(candidates.begin(), candidates.end(),
                    [&](auto candidate) { return problem_.touches(statement, candidate); })) {
      statements.push_back(statement);
    }
  }
  return statements;
}

Configuration Search::changed(const Configuration& out, const Configuration& in) const {
  auto configuration = chosen_;
  for (const auto candidate : out) configuration.erase(candidate);
  configuration.insert(in.begin(), in.end());
  return configuration;
}

model::Result<void> Search::refresh_one(CandidateId candidate) {
  const auto difference = change({}, {candidate});
  if (!difference) return difference.error();
  gains_[candidate] = -*difference - price(candidate).writes;
  return {};
}

model::Result<void> Search::refresh() {
  std::vector<std::vector<Configuration>> questions(problem_.statements);
  for (const auto candidate : stale_) {
    for (const auto statement : touched({candidate}))
      questions[statement].push_back(changed({}, {candidate}));
  }
  for (std::size_t statement = 0; statement < questions.size(); ++statement) {
    if (questions[statement].empty()) continue;
    if (auto done = problem_.announce(statement, questions[statement]); !done) return done;
  }
  for (const auto candidate : stale_) {
    if (auto done = refresh_one(candidate); !done) return done;
  }
  stale_.clear();
  return {};
}

model::Result<double> Search::change(const Configuration& out, const Configuration& in) {
  auto moved = out;
  moved.insert(in.begin(), in.end());
  const auto configuration = changed(out, in);
  double difference = 0;
  for (const auto statement : touched(moved)) {
    const auto cost = problem_.cost(statement, configuration);
    if (!cost) return cost.error();
    difference += *cost - costs_[statement];
  }
  return difference;
}

model::Result<void> Search::apply(const Configuration& out, const Configuration& in) {
  auto moved = out;
  moved.insert(in.begin(), in.end());
  chosen_ = changed(out, in);
  for (const auto statement : touched(moved)) {
    const auto cost = problem_.cost(statement, chosen_);
    if (!cost) return cost.error();
    costs_[statement] = *cost;
    for (const auto candidate : pool_) {
      if (problem_.touches(statement, candidate)) stale_.insert(candidate);
    }
  }
  return {};
}

model::Bytes Search::size() const {
  model::Bytes sum;
  for (const auto candidate : chosen_) sum += price(candidate).size;
  return sum;
}

double Search::cost() const {
  return std::accumulate(costs_.begin(), costs_.end(), 0.0);
}

}  // namespace pgadvisor::selection
