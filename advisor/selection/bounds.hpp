#pragma once

#include "advisor/selection/cost_tree.hpp"

#include <algorithm>
#include <compare>
#include <map>
#include <set>
#include <span>
#include <stop_token>
#include <vector>

namespace pgadvisor::selection {

/// What each index has to save beside its writes.
struct Rents {
  std::vector<double> tables;  ///< by table
  double extending = 0;        ///< and one that extends an existing index, at least

  [[nodiscard]] double of(const Price& price) const {
    const double rent = tables[static_cast<std::size_t>(price.table)];
    return price.extends ? std::max(rent, extending) : rent;
  }
};
/// A tree's node and its share in a relaxation, above 0.
struct NodeShare {
  std::size_t node;
  double share;
};
/// By statement.
using Nodes = std::map<std::size_t, std::vector<NodeShare>>;

/// Of a cost. What is forbidden counts first, and apart: beside kForbidden a cost would vanish.
struct Rise {
  int forbidden = 0;  ///< statements whose plans the guard refuses
  double cost = 0;    ///< of the other statements

  friend auto operator<=>(const Rise&, const Rise&) = default;
  friend Rise operator+(const Rise& one, const Rise& other) {
    return {one.forbidden + other.forbidden, one.cost + other.cost};
  }
};

/// What is known of the whole workload's cost: the trees of its statements. And what indexes are charged for.
class Bounds {
 public:
  /// Knows nothing yet. `problem` outlives this object.
  explicit Bounds(const Problem& problem);

  /// True cost of the workload; kForbidden or more when the guard refuses a plan. A stop request makes it an
  /// error.
  [[nodiscard]] model::Result<double> cost(const Configuration& configuration, const std::stop_token& stop);
  /// Answers cost(), or where that is no less than `enough` maybe a lower bound of it which is not either:
  /// asks no more than it takes to tell. The trees learn it likewise, each to within `tolerance`.
  [[nodiscard]] model::Result<double> learn(const Configuration& configuration, double enough,
                                            double tolerance, const std::stop_token& stop);
  /// CostTree::refine() of these nodes, where what their share adds to the workload's cost is not known to
  /// within `tolerance`; answers for how many there was more to learn. A stop request makes it an error.
  [[nodiscard]] model::Result<int> refine(const Nodes& nodes, const Configuration& configuration,
                                          double tolerance, const std::stop_token& stop);
  struct Change {
    double fall = 0;       ///< of the true cost
    double most = 0;       ///< fall of one statement's, as a share of what it costs without any candidate
    bool refused = false;  ///< some plan under the configuration that is changed to
  };
  /// From one configuration to another; the trees learn nothing.
  [[nodiscard]] model::Result<Change> compare(const Configuration& from, const Configuration& to) const;
  /// Lower bound of the workload's cost.
  [[nodiscard]] double bound(const Configuration& configuration) const;
  /// By what the lower bound rises from one configuration to another, asking nothing. Both differ in `moved`.
  [[nodiscard]] Rise rise(const Configuration& from, const Configuration& to,
                          const Configuration& moved) const;

  /// What the trees asked so far.
  [[nodiscard]] int questions() const;
  [[nodiscard]] const std::vector<CostTree>& trees() const { return trees_; }
  [[nodiscard]] const Problem& problem() const { return problem_; }
  /// Positions in Problem::exclusive of the sets that the candidate is part of.
  [[nodiscard]] std::span<const std::size_t> exclusive(CandidateId candidate) const;
  /// Statements that the candidate touches, in order.
  [[nodiscard]] std::span<const std::size_t> touched(CandidateId candidate) const;
  /// Size, number and exclusion.
  [[nodiscard]] bool fits(const Configuration& configuration, const Constraints& constraints) const;
  /// Writes and rent.
  [[nodiscard]] double charge(const Configuration& configuration, const Rents& rents) const;

  /// What the statements that indexes on a table could serve cost, given what each statement does.
  [[nodiscard]] std::vector<double> by_table(std::span<const double> costs) const;

 private:
  [[nodiscard]] std::vector<std::size_t> touched(const Configuration& candidates) const;
  /// What a statement costs at least and at most.
  struct Range {
    double least = 0;
    double most = 0;
  };
  /// Makes the ranges of these statements their true costs.
  [[nodiscard]] model::Result<void> ask(const Configuration& configuration,
                                        std::span<const std::size_t> statements, std::vector<Range>& ranges,
                                        const std::stop_token& stop);
  [[nodiscard]] static double least(std::span<const Range> ranges);
  [[nodiscard]] std::vector<std::size_t> furthest(std::span<const Range> ranges, double enough) const;

  const Problem& problem_;
  std::vector<CostTree> trees_;
  std::vector<std::size_t> statements_;  ///< all of them
  std::map<CandidateId, std::vector<std::size_t>> touched_;
  std::map<CandidateId, std::vector<std::size_t>> exclusive_;
  std::vector<std::set<std::size_t>> tables_;  ///< by statement: those that its candidates are on
};

}  // namespace pgadvisor::selection
