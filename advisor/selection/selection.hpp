#pragma once

#include "advisor/sandbox/database.hpp"
#include "collectors/model/result.hpp"
#include "collectors/model/units.hpp"

#include <functional>
#include <map>
#include <set>
#include <stop_token>
#include <vector>

namespace pgadvisor::selection {

using sandbox::CandidateId;
using sandbox::Configuration;

/// What choosing a candidate costs, apart from its benefit.
struct Price {
  model::Bytes size;
  double writes = 0;  ///< cost of keeping it up to date, in the workload's unit
};

/// The workload as a function of the configuration: the sum over statements of weight x cost, and the parts
/// of it. Selection sees no planner, so that it is tested without one.
struct Problem {
  std::size_t statements = 0;
  /// Weighted cost of one statement under a configuration.
  std::function<model::Result<double>(std::size_t, const Configuration&)> cost;
  /// Announces questions so that they can be asked together; may do nothing.
  std::function<model::Result<void>(std::size_t, const std::vector<Configuration>&)> announce;
  std::function<bool(std::size_t, CandidateId)> touches;
  /// Candidates in a statement's plans under a configuration.
  std::function<model::Result<Configuration>(std::size_t, const Configuration&)> used;
  std::map<CandidateId, Price> candidates;
  /// Candidates that could stand in for one at a smaller size: the same keys and predicate, fewer columns
  /// INCLUDEd.
  std::function<Configuration(CandidateId)> leaner;
};

struct Constraints {
  model::Bytes budget;  ///< 0: unlimited
  int max_count = 50;
  /// Share of the workload's cost under the other indexes that each index has to save, net of its writes. Of
  /// what is left, not of what was: one very slow statement must not hide what all the others need.
  /// Also the share of an index's own saving that a smaller one may lack to take its place.
  double min_gain = 0.01;
};

struct Step {
  CandidateId candidate{};
  double gain = 0;  ///< fall of the workload's cost when it joins the steps before it
};

struct Selection {
  std::vector<Step> steps;  ///< most helpful first
  double cost_before = 0;
  double cost_after = 0;
  /// Cost with every candidate visible at once: what space and patience without limit could reach. The
  /// planner's shortcuts make it miss this now and then, never by much; a cost below it takes its place.
  double bound = 0;
};

/// Stage "select". First harvests: shows each statement all its candidates at once and keeps what its plans
/// use, a few rounds, hiding what was used (Valentin et al., DB2 Advisor, ICDE 2000), together with its
/// leaner forms. Then greedy by net gain (per byte under a budget), asking again only statements that the
/// last choice touched; then gives back what lost its use, or for which a smaller candidate does as well.
/// Deterministic. A stop request ends the search with the best so far.
[[nodiscard]] model::Result<Selection> select(const Problem& problem, const Constraints& constraints,
                                              std::stop_token stop);

}  // namespace pgadvisor::selection
