#pragma once

#include "advisor/selection/selection.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace pgadvisor::selection {

/// The cost of what the guard refuses: far above all others, and finite, so that differences are defined.
inline constexpr double kForbidden = 1e30;

/// A set of configurations: those that hold all of `needs`, something of each of `groups`, and nothing of
/// `bans`.
struct Region {
  Configuration needs;
  Configuration bans;
  std::vector<Configuration> groups;

  [[nodiscard]] bool contains(const Configuration& configuration) const;
};

/// What is known of one statement's cost as a function of the configuration: a tree of regions, the root's
/// being all configurations, each with a lower bound of the cost, exact for some leaves.
///
/// Rests on one property of a planner: more visible indexes never make the cheapest plan dearer. An answer
/// for the visible set S, cost c with the indexes U, then says: c for every T with U <= T <= S, and at least
/// c for every T <= S. A region asks with all candidates visible but its banned ones: the planner, or where
/// a plan that is possible then costs no more than some answer says that it must, nobody. Where U is not in
/// the region's needs, the region is split: with all of U, where the answer is exact, and without one of U
/// each.
///
/// Of a plan that the guard refuses not all of U matters, but its cause: as few of U as are refused by
/// themselves while they save half as much. What holds the cause, up to S, is then taken to be refused as
/// well, until it is found not to be. So do strengthened cuts in logic-based Benders decomposition.
class CostTree {
 public:
  struct Node {
    Region region;
    Region decided = {};  ///< what of it the parent's has not
    std::size_t parent = 0;
    double cost = 0;                         ///< lower bound, weighted
    bool refused = false;                    ///< the guard refuses the answer's plan
    bool asked = false;                      ///< about exactly this region
    bool derived = false;                    ///< not by the planner: exact to within a tolerance
    Configuration used = {};                 ///< by the answer's plan
    Configuration cause = {};                ///< of it, what makes the guard refuse the plan; all of one
                                             ///< that it accepts
    std::vector<std::size_t> children = {};  ///< empty: a leaf

    [[nodiscard]] bool exact() const { return asked && std::ranges::includes(region.needs, cause); }
    /// Its plan is one that may be taken, at this cost.
    [[nodiscard]] bool seen() const { return asked && !derived && !refused; }
    /// No configuration of the region may be chosen.
    [[nodiscard]] bool forbidden() const { return exact() && refused; }
  };

  /// `problem` outlives this object.
  CostTree(const Problem& problem, std::size_t statement);

  /// The statement's true cost at this configuration; kForbidden when the guard refuses the plan.
  [[nodiscard]] model::Result<double> cost(const Configuration& configuration);
  /// Asks until the lower bound at this configuration is the statement's true cost there, or less than
  /// `tolerance` below. Answers cost().
  [[nodiscard]] model::Result<double> learn(const Configuration& configuration, double tolerance);
  /// Learns more of one leaf below a node, the one that the configuration leads to: splits it where the
  /// answer leaves it open, first by what the configuration lacks, and asks. False when nothing is open, or
  /// this share of what a plan seen already costs above the leaf's bound is no more than `tolerance`.
  [[nodiscard]] model::Result<bool> refine(std::size_t node, const Configuration& configuration,
                                           double tolerance, double share = 1);
  /// Lower bound of the cost under a configuration, without asking; kForbidden where that is known.
  [[nodiscard]] double bound(const Configuration& configuration) const {
    const auto& leaf = nodes_[find(configuration)];
    return leaf.forbidden() ? kForbidden : leaf.cost;
  }

  /// Upper bound of the cost under a configuration: the cheapest plan of the answers that is possible then;
  /// kForbidden where there is none.
  [[nodiscard]] double seen(const Configuration& configuration) const { return seen({}, configuration); }

  /// The highest bound below each node, by its index; a parent's index is below its children's.
  [[nodiscard]] std::vector<double> highest() const;
  [[nodiscard]] const Node& node(std::size_t index) const { return nodes_[index]; }
  /// What was asked so far.
  [[nodiscard]] int questions() const { return questions_; }
  /// Candidates that touch the statement.
  [[nodiscard]] const Configuration& all() const { return all_; }
  /// Those that make a difference somewhere in the tree.
  [[nodiscard]] const Configuration& named() const { return named_; }

 private:
  [[nodiscard]] std::size_t find(const Configuration& configuration, std::size_t from = 0) const;
  [[nodiscard]] model::Result<Plan> plan(const Configuration& visible);
  [[nodiscard]] double least(const Configuration& bans) const;
  [[nodiscard]] bool derive(Node& leaf, double tolerance) const;
  [[nodiscard]] model::Result<Configuration> cause_of(const Plan& refused);
  [[nodiscard]] model::Result<void> ask(Node& leaf);
  [[nodiscard]] model::Result<void> ask_more(std::size_t leaf, const Configuration& configuration,
                                             double tolerance);
  [[nodiscard]] double seen(const Region& region, const Configuration& configuration) const;
  void split(std::size_t leaf, const Configuration& configuration);
  [[nodiscard]] Configuration stand_ins(CandidateId candidate, const Region& region,
                                        const Configuration& configuration) const;
  void add_child(std::size_t parent, const Region& decided, bool asked);

  /// What cost() was asked last.
  struct Lesson {
    Configuration configuration;  ///< of those that touch the statement
    double cost;
  };

  const Problem& problem_;
  std::size_t statement_;
  Configuration all_;
  Configuration named_;
  std::vector<Node> nodes_;
  std::optional<Lesson> last_;
  int questions_ = 0;
};

}  // namespace pgadvisor::selection
