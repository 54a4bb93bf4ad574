#pragma once

#include "advisor/sandbox/database.hpp"
#include "collectors/model/result.hpp"
#include "collectors/model/units.hpp"

#include <functional>
#include <map>
#include <set>
#include <span>
#include <stop_token>
#include <vector>

namespace pgadvisor::selection {

using sandbox::CandidateId;
using sandbox::Configuration;

[[nodiscard]] inline Configuration without(Configuration all, CandidateId one) {
  all.erase(one);
  return all;
}

[[nodiscard]] inline Configuration without(Configuration all, const Configuration& some) {
  for (const auto candidate : some) all.erase(candidate);
  return all;
}

/// What choosing a candidate costs, apart from its benefit.
struct Price {
  model::Bytes size;
  double writes = 0;     ///< cost of keeping it up to date, in the workload's unit
  int family = 0;        ///< candidates that could stand in for each other: one table, one first key
  bool extends = false;  ///< does all that an existing index does: has to matter to the whole workload
  int table = 0;         ///< candidates of one table have the same number, from 0
  int keys = -1;  ///< those that differ in what they INCLUDE only have the same number; -1: there is none
};

/// How a statement is executed under a configuration.
struct Plan {
  double cost = 0;       ///< weighted
  Configuration used;    ///< candidates in it
  bool refused = false;  ///< the guard forbids every configuration under which this plan is taken
};

/// What is to be done for a statement.
using Work = std::function<model::Result<void>(std::size_t statement)>;

[[nodiscard]] inline model::Result<void> one_by_one(std::span<const std::size_t> statements,
                                                    const Work& work) {
  for (const auto statement : statements) {
    if (auto done = work(statement); !done) return done;
  }
  return {};
}

/// The workload as a function of the configuration: the sum over statements of weight x cost, and the parts
/// of it. Selection sees no planner, so that it is tested without one.
struct Problem {
  std::size_t statements = 0;
  std::function<model::Result<Plan>(std::size_t statement, const Configuration&)> plan;
  std::function<Configuration(std::size_t statement)> touching;  ///< what could be used for it
  /// Does the work for each of these statements, for some of them at the same time; ends at an error. The
  /// work may ask for plans of its own statement only.
  std::function<model::Result<void>(std::span<const std::size_t> statements, const Work& work)> for_each =
      one_by_one;
  std::map<CandidateId, Price> candidates;
  std::vector<Configuration> exclusive;  ///< of each of these sets one candidate at most
};

struct Constraints {
  model::Bytes budget;  ///< 0: unlimited
  int max_count = 50;
  /// Share that each index has to save, net of its writes, of what the statements that indexes on its table
  /// could serve cost under the others. Of its table's, so that what each of many tables needs counts. Of
  /// what is left, not of what was: one very slow statement must not hide what all the others need. Of next
  /// to nothing left, though, anything is a large share: it also has to save this share of what the workload
  /// cost, or of what one statement did and a hundredth of this share of the workload; one that extends an
  /// existing index, of the workload.
  /// Also the share of an index's own saving that a smaller one may lack to take its place, unless an index
  /// would be worth what is lacking.
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
  /// No set within the budget whose indexes have to save no more than these (see Constraints::min_gain; on
  /// one table: no more indexes) has a lower cost, writes weighed in. Proven, as far as more visible indexes
  /// never make a plan dearer (the planner's shortcuts break that now and then, by 0.1 % where it was seen)
  /// and as the guard refuses what lies between two sets that it refuses for the same cause (so it did for
  /// all of 882 such sets of TPC-H): a cost below it takes its place.
  double bound = 0;

  [[nodiscard]] Configuration chosen() const {
    Configuration candidates;
    for (const auto& step : steps) candidates.insert(step.candidate);
    return candidates;
  }
};

/// Stage "select": the set that minimises workload cost + writes + what each index has to save.
///
/// Keeps a lower bound of each statement's cost for every configuration (CostTree). Solves the linear
/// relaxation over these bounds and asks the planner about the regions that its solution rests on, which
/// raises the bound just there: logic-based Benders decomposition (Hooker, Ottosson, Mathematical Programming
/// 96, 2003). When the bound hardly rises any more, tries the sets near the solution (local search); then
/// branch and bound does the same branch by branch. Ends when no set can be better by half a hundredth (by
/// two when that takes long), or when the effort is spent; effort is counted in steps and questions, so that
/// the same problem has the same answer. A stop request ends it with the best so far.
[[nodiscard]] model::Result<Selection> select(const Problem& problem, const Constraints& constraints,
                                              std::stop_token stop);

}  // namespace pgadvisor::selection
