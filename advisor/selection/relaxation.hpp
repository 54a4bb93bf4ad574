#pragma once

#include "advisor/selection/bounds.hpp"
#include "advisor/selection/simplex.hpp"

#include <boost/container/flat_map.hpp>

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

namespace pgadvisor::selection {

/// A linear programme whose optimum is below the cost of every configuration within the constraints: minimise
/// sum of bounds + writes + rents. A share x of each candidate, 0 to 1, and for each statement
/// a share of each node of its tree. The root's is 1, the shares of children sum up to their parent's.
/// Candidate by candidate the shares of nodes that come to need it are at most x, of those that come to ban
/// it at most 1 - x; the shares of nodes with one group at most the sum of its x. Nodes that the guard
/// forbids have no share; of candidates that exclude each other the x sum up to 1 at most. With plans in
/// place of leaves it is the relaxed programme of CoPhy (Dash, Polyzotis, Ailamaki, VLDB 2011); leaves bound
/// plans never seen as well.
///
/// Grows with the trees, so that a search that asks the planner meanwhile need not start anew. Most of what
/// shares may not be holds by itself: a row is in the programme from the first solution on that breaks it.
class Relaxation {
 public:
  /// `bounds` outlives this object.
  Relaxation(const Bounds& bounds, const Constraints& constraints);

  /// Takes in what the trees have learned; a subtree whose bounds differ by less than `tolerance` is one
  /// leaf.
  void follow(double tolerance);
  /// What indexes are charged beside their writes.
  void set_rents(Rents rents);
  /// Decides a candidate: left out (0, 0), taken in (1, 1) or open (0, 1).
  void limit(CandidateId candidate, double lower, double upper);

  struct Point {
    bool feasible = true;  ///< some configuration is within what is decided, and below a ceiling
    double least = 0;      ///< no configuration within what is decided costs less
    std::map<CandidateId, double> shares;  ///< x, where above 0
  };
  [[nodiscard]] Point solve(double ceiling = Simplex::kUnlimited);
  /// Of the last solution, and for the next one to start from, which takes less the nearer it is.
  [[nodiscard]] Simplex::Basis basis() const { return simplex_.basis(); }
  void start_from(Simplex::Basis basis) { simplex_.start_from(std::move(basis)); }
  /// Leaves with more than this share in the last solution, which its `least` rests on.
  [[nodiscard]] Nodes leaves(double share) const;

 private:
  /// What stands for a node of a tree.
  struct Share {
    int column = -1;  ///< none for a root, nor before the parent is opened
    int row = -1;     ///< of its children, once it is opened
  };
  /// Sum of some nodes' shares + sign x sum of some candidates' x <= upper.
  struct Link {
    int row = -1;                   ///< none yet: no solution broke it
    int candidates = 0;             ///< how many of the columns are theirs, the first ones
    std::vector<int> columns = {};  ///< until there is a row
  };
  struct Kind {
    double sign;
    double upper;
  };
  static constexpr Kind kNeeds{-1, 0};
  static constexpr Kind kBans{1, 1};
  template <class Key>
  using Links = boost::container::flat_map<Key, Link>;
  struct Statement {
    std::vector<Share> nodes;
    Links<CandidateId> needing;
    Links<CandidateId> banning;
    Links<Configuration> grouping;
  };

  void follow(std::size_t statement, double tolerance);
  void open(Statement& shares, const CostTree& tree, std::size_t node);
  void add_share(Statement& shares, const CostTree& tree, std::size_t node, int row_of_parent);
  void set_cost(const Share& share, const CostTree::Node& node);
  [[nodiscard]] int column_of(CandidateId candidate);
  [[nodiscard]] double charge(CandidateId candidate) const {
    return bounds_.charge({candidate}, rents_) * scale_;
  }
  [[nodiscard]] double share_of_budget(CandidateId candidate) const {
    return static_cast<double>(bounds_.problem().candidates.at(candidate).size.value) /
           static_cast<double>(budget_.value);
  }
  void add_exclusions(CandidateId candidate, int column);
  template <class Key, class Candidates>
  void link(Links<Key>& links, const Key& key, const Candidates& candidates, int share);
  template <class Key>
  [[nodiscard]] bool add_broken(Links<Key>& links, const Kind& kind);
  [[nodiscard]] bool is_broken(const Link& link, const Kind& kind) const;
  void add_row(Link& link, const Kind& kind);
  [[nodiscard]] bool add_broken();

  const Bounds& bounds_;
  model::Bytes budget_;  ///< 0: unlimited
  Simplex simplex_;
  double scale_ = 1;     ///< programme's unit per unit of cost: keeps numbers in the solver's range
  double constant_ = 0;  ///< of statements whose root is not opened
  Rents rents_;
  int count_row_ = -1;
  int budget_row_ = -1;
  std::map<CandidateId, int> columns_;
  std::vector<int> exclusion_rows_;  ///< by position in Problem::exclusive
  std::vector<Statement> statements_;
};

}  // namespace pgadvisor::selection
