#pragma once

#include "advisor/selection/selection.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace pgadvisor::selection {

inline constexpr model::Bytes kMegabyte{1 << 20};

/// A planner in miniature: each statement has plans, each with a cost and the candidates it needs; the
/// cheapest possible one is taken, as PostgreSQL does.
class Planner {
 public:
  struct Plan {
    double cost;
    Configuration needs;
    bool refused = false;
  };

  void statement(std::vector<Plan> plans) { statements_.push_back(std::move(plans)); }
  void candidate(int id, model::Bytes size, double writes = 0, int family = 0, bool extends = false,
                 int table = 0) {
    problem_.candidates[CandidateId(static_cast<unsigned>(id))] = {size, writes, family, extends, table};
  }

  /// They differ in what they INCLUDE only.
  void alike(const Configuration& candidates) {
    for (const auto id : candidates) problem_.candidates.at(id).keys = 0;
  }
  void exclusive(Configuration candidates) { problem_.exclusive.push_back(std::move(candidates)); }

  /// The sum over statements; nothing when a plan is refused or candidates exclude each other.
  [[nodiscard]] std::optional<double> cost(const Configuration& configuration) const {
    for (const auto& exclusive : problem_.exclusive) {
      if (std::ranges::count_if(exclusive, [&](auto id) { return configuration.contains(id); }) > 1)
        return {};
    }
    double sum = 0;
    for (std::size_t s = 0; s < statements_.size(); ++s) {
      const auto& plan = best(s, configuration);
      if (plan.refused) return {};
      sum += plan.cost;
    }
    return sum;
  }

  [[nodiscard]] const Plan& best(std::size_t statement, const Configuration& visible) const {
    const auto& plans = statements_[statement];
    return *std::min_element(plans.begin(), plans.end(), [&](const Plan& a, const Plan& b) {
      return std::pair(!possible(a, visible), a.cost) < std::pair(!possible(b, visible), b.cost);
    });
  }

  const Problem& problem() {
    problem_.statements = statements_.size();
    problem_.plan = [this](std::size_t s, const Configuration& c) -> model::Result<selection::Plan> {
      const auto& plan = best(s, c);
      return selection::Plan{plan.cost, plan.needs, plan.refused};
    };
    problem_.touching = [this](std::size_t s) {
      Configuration all;
      for (const auto& plan : statements_[s]) all.insert(plan.needs.begin(), plan.needs.end());
      return all;
    };
    return problem_;
  }

 private:
  static bool possible(const Plan& plan, const Configuration& visible) {
    return std::includes(visible.begin(), visible.end(), plan.needs.begin(), plan.needs.end());
  }
  std::vector<std::vector<Plan>> statements_;
  Problem problem_;
};

inline Selection run(Planner& planner, Constraints constraints = {{}, 50, 0.005}) {
  return select(planner.problem(), constraints, {}).value();
}

inline Configuration set(std::initializer_list<int> ids) {
  Configuration result;
  for (const int id : ids) result.insert(CandidateId(static_cast<unsigned>(id)));
  return result;
}

inline Configuration chosen(const Selection& selection) {
  Configuration result;
  for (const auto& step : selection.steps) result.insert(step.candidate);
  return result;
}

}  // namespace pgadvisor::selection
