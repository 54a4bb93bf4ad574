#pragma once

#include "advisor/selection/relaxation.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace pgadvisor::selection {

/// The search tree of branch and bound over a relaxation: each branch has decided some candidates. A branch
/// whose least is not below a limit is given up. Who drives it asks the planner about what the relaxation
/// proposes and lowers the limit when that is better; the relaxation grows meanwhile, and the search goes on.
///
/// Decides the candidate whose decision raises the least most, both ways: tried out at first, later estimated
/// by what its decisions raised before (reliability branching: Achterberg, Koch, Martin, Operations Research
/// Letters 33, 2005).
class Branching {
 public:
  /// `relaxation` outlives this object, and is nobody else's meanwhile.
  explicit Branching(Relaxation& relaxation) : relaxation_(relaxation), open_{{}} {}

  /// Goes on to the branch with the lowest least. False when none is below `limit`.
  [[nodiscard]] bool next(double limit);
  /// The relaxation of the branch at hand; not feasible when it is not below `limit`.
  [[nodiscard]] Relaxation::Point relax(double limit);
  /// Decides one more candidate in the branch at hand. `point` has fractions.
  void split(const Relaxation::Point& point, double limit);
  /// No configuration in the branch at hand costs less, and it is not looked at again.
  void close(double least) { closed_ = std::min(closed_, least); }

  /// No configuration costs less, or not less than `limit`.
  [[nodiscard]] double least(double limit) const;
  [[nodiscard]] int relaxations() const { return relaxations_; }

 private:
  struct Decision {
    CandidateId candidate;
    bool in = false;
    double distance = 1;  ///< that its share moved
    double least = 0;     ///< before
  };
  struct Branch {
    double least = 0;
    std::map<CandidateId, bool> decided = {};
    std::optional<Decision> last = {};                 ///< unless its effect is known already
    std::shared_ptr<const Simplex::Basis> basis = {};  ///< of the solution that was split; null: the first
  };
  /// What decisions one way raised the least by, per unit of distance.
  struct Experience {
    double sum = 0;
    int count = 0;
  };

  void enter(Branch branch);
  void learn(const Decision& decision, double least);
  [[nodiscard]] bool is_reliable(CandidateId candidate) const;
  [[nodiscard]] double estimate(const Decision& decision) const;
  [[nodiscard]] double try_out(const Decision& decision, const Simplex::Basis& basis, double limit);

  Relaxation& relaxation_;
  std::vector<Branch> open_;
  Branch now_;
  std::map<std::pair<CandidateId, bool>, Experience> experience_;
  double closed_ = Simplex::kUnlimited;
  int relaxations_ = 0;
};

/// x that is neither 0 nor 1.
[[nodiscard]] bool is_fraction(double share);

}  // namespace pgadvisor::selection
