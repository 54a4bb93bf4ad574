#pragma once

#include "advisor/selection/cost_tree.hpp"

#include <vector>

namespace pgadvisor::selection {

/// What is known of the whole workload's cost: the trees of its statements.
class Bounds {
 public:
  /// Knows nothing yet. `problem` outlives this object.
  explicit Bounds(const Problem& problem);

  /// True cost of the workload; the trees learn it, each to within `tolerance`. kForbidden or more when the
  /// guard refuses a plan. A stop request makes it an error.
  [[nodiscard]] model::Result<double> learn(const Configuration& configuration, double tolerance,
                                            const std::stop_token& stop);
  struct Change {
    double fall = 0;       ///< of the true cost
    double most = 0;       ///< fall of one statement's, as a share of what it costs without any candidate
    bool refused = false;  ///< some plan under the configuration that is changed to
  };
  /// From one configuration to another; the trees learn nothing.
  [[nodiscard]] model::Result<Change> compare(const Configuration& from, const Configuration& to) const;
  /// The lower bound's change from one configuration to another, asking nothing. Both differ in `moved`.
  [[nodiscard]] double change(const Configuration& from, const Configuration& to,
                              const Configuration& moved) const;

  [[nodiscard]] const std::vector<CostTree>& trees() const { return trees_; }
  [[nodiscard]] const Problem& problem() const { return problem_; }
  /// Size, number and exclusion.
  [[nodiscard]] bool fits(const Configuration& configuration, const Constraints& constraints) const;
  [[nodiscard]] double writes(const Configuration& configuration) const;

 private:
  const Problem& problem_;
  std::vector<CostTree> trees_;
};

}  // namespace pgadvisor::selection
