#pragma once

#include "advisor/selection/bounds.hpp"

#include <map>
#include <optional>

namespace pgadvisor::selection {

/// minimise sum of bounds + writes + rent for each index, over all configurations within the constraints: a
/// binary x for each candidate, for each statement a share of each node of its tree. The root's is 1, the
/// shares of children sum to their parent's. Candidate by candidate the shares of nodes that come to need it
/// are at most x, of those that come to ban it at most 1 - x; the shares of nodes with one group at most the
/// sum of its x. Nodes that the guard forbids have no share; of candidates that exclude each other the x sum
/// up to 1 at most. With plans in place of leaves it is the programme of CoPhy (Dash, Polyzotis, Ailamaki,
/// VLDB 2011); leaves bound plans never seen as well. Solved by CBC.
class Programme {
 public:
  /// Leaves of one statement whose bounds differ by less than `tolerance` are taken as one.
  Programme(const Bounds& bounds, const Constraints& constraints, double rent, double tolerance);

  struct Relaxed {
    std::map<CandidateId, double> shares;  ///< x > 0
    double least = 0;                      ///< no configuration costs less
  };
  /// With fractions of indexes allowed.
  [[nodiscard]] Relaxed relax() const;

  struct Better {
    std::optional<Configuration> configuration;  ///< one below the limit, if any was found
    double least = 0;                            ///< no configuration costs less; the limit, when proven so
    int nodes = 0;                               ///< of the search tree
  };
  /// Is there a configuration that costs less than `limit`? Ends after `nodes` nodes without a full answer.
  [[nodiscard]] Better better_than(double limit, int nodes) const;

 private:
  struct Entry {
    int row;
    double value;
  };

  int row(double lower, double upper);
  int column(double objective);
  void entry(int row, int column, double value);
  void add_candidate(CandidateId id, const Price& price, const Constraints& constraints, double rent);
  void add_exclusion(const Configuration& one_of);
  void add_statement(const CostTree& tree, const std::vector<CostTree::Outline>& outline);
  void load(void* model) const;  ///< into a Cbc_Model, which is no type of its own

  double scale_ = 1;     ///< programme's unit per unit of cost: keeps numbers in the solver's range
  double constant_ = 0;  ///< of statements that no configuration changes
  std::map<CandidateId, int> columns_;
  std::vector<double> row_lower_;
  std::vector<double> row_upper_;
  std::vector<double> objective_;
  std::vector<std::vector<Entry>> entries_;  ///< by column
};

}  // namespace pgadvisor::selection
