#pragma once

#include "advisor/selection/selection.hpp"

namespace pgadvisor::selection {

/// The state of one search: the configuration chosen so far and what every statement costs under it. Keeps
/// the gain of each candidate of the pool until a statement that it touches changes.
class Search {
 public:
  explicit Search(const Problem& problem) : problem_(problem) {}

  /// Costs without any candidate, the bound, and the pool of candidates that some plan used.
  [[nodiscard]] model::Result<void> harvest(std::stop_token stop);

  /// Brings the gains of all candidates in the pool up to date.
  [[nodiscard]] model::Result<void> refresh();
  /// Net gain of adding a candidate of the pool, as of the last refresh().
  [[nodiscard]] double gain(CandidateId candidate) const { return gains_.at(candidate); }
  /// Workload cost if `out` left and `in` joined the configuration (either may be absent), minus today's.
  [[nodiscard]] model::Result<double> change(const Configuration& out, const Configuration& in);
  [[nodiscard]] model::Result<void> apply(const Configuration& out, const Configuration& in);

  [[nodiscard]] const Configuration& chosen() const { return chosen_; }
  [[nodiscard]] const Configuration& pool() const { return pool_; }
  [[nodiscard]] const Price& price(CandidateId candidate) const { return problem_.candidates.at(candidate); }
  [[nodiscard]] model::Bytes size() const;
  [[nodiscard]] double cost() const;
  [[nodiscard]] double bound() const { return bound_; }

 private:
  [[nodiscard]] std::vector<std::size_t> touched(const Configuration& candidates) const;
  [[nodiscard]] model::Result<void> refresh_one(CandidateId candidate);
  [[nodiscard]] Configuration changed(const Configuration& out, const Configuration& in) const;

  const Problem& problem_;
  Configuration chosen_;
  Configuration pool_;
  std::vector<double> costs_;  ///< by statement, under chosen_
  std::map<CandidateId, double> gains_;
  Configuration stale_;  ///< of the pool: gains to be computed anew
  double bound_ = 0;
};

}  // namespace pgadvisor::selection
