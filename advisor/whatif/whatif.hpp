#pragma once

#include "advisor/sandbox/database.hpp"
#include "advisor/whatif/candidate_set.hpp"
#include "advisor/workload/analyse.hpp"
#include "collectors/model/result.hpp"

#include <boost/container/flat_map.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

namespace pgadvisor::whatif {

/// What executing a statement once takes under a configuration.
struct Execution {
  model::Cost cost;
  model::Cost expected;         ///< as sandbox::PlanCost::expected
  sandbox::Configuration used;  ///< candidates in its plans
};

/// Planner answers for the parts of a workload, each asked at most once. A part whose parameters' values are
/// known costs the mean over its variants, weighted by their shares.
///
/// An answer for the visible set S whose plan uses U also holds for every T with U <= T <= S: the plan is
/// still possible under T, and nothing cheaper can be, since the planner took it as the cheapest of the
/// larger S. Only candidates that could serve a part (relevance.hpp) are part of a question. A configuration
/// that makes the planner fail (a timeout) counts as no gain: the part's base cost.
class WhatIf {
 public:
  /// All must outlive this object.
  WhatIf(sandbox::Database& sandbox, std::span<const workload::AnalysedStatement> statements,
         const CandidateSet& candidates);

  /// Does the work for each of these statements: those that the sandbox prepared in different sessions at the
  /// same time, in one session those on the same tables one after the other, since what the planner looks up
  /// of a table it looks up once. Of this object it may ask about its own statement only. Ends at an error.
  [[nodiscard]] model::Result<void> for_each(
      std::span<const std::size_t> statements,
      const std::function<model::Result<void>(std::size_t statement)>& work);

  /// One execution of a statement, its foreign-key checks included.
  [[nodiscard]] model::Result<Execution> execution(std::size_t statement,
                                                   const sandbox::Configuration& configuration);
  /// Candidates that could serve the statement or a check it fires.
  [[nodiscard]] sandbox::Configuration touching(std::size_t statement) const;
  /// Which of the statement's parts gains most: the one whose plans are worth showing.
  [[nodiscard]] model::Result<std::size_t> most_changed_part(std::size_t statement,
                                                             const sandbox::Configuration& configuration);

  /// Whether executions with different values use different candidates under this configuration.
  [[nodiscard]] model::Result<bool> depends_on_values(std::size_t statement,
                                                      const sandbox::Configuration& configuration);

  [[nodiscard]] const workload::AnalysedStatement& statement(std::size_t index) const {
    return statements_[index];
  }
  [[nodiscard]] std::size_t size() const { return statements_.size(); }

 private:
  struct Answer {
    sandbox::Configuration visible;
    Execution execution;
  };
  /// What a candidate could do for a part.
  struct Relevance {
    int likes = 0;              ///< candidates with the same keys and predicate have the same number
    std::vector<bool> covered;  ///< scans of the part that need nothing else
    std::int64_t pages = 0;
  };
  using Relevances = boost::container::flat_map<sandbox::CandidateId, Relevance>;
  /// A part, or one of its variants.
  struct PartState {
    std::size_t index;  ///< of the part in its statement
    const workload::Part* part;
    sandbox::StatementId prepared;
    double times;         ///< per execution of the statement
    Relevances relevant;  ///< candidates that could serve a scan of it
    std::vector<Answer> answers;
  };

  /// By each table whose scans may read them.
  using ByTable = std::map<model::ObjectName, std::vector<const CandidateSet::value_type*>>;
  [[nodiscard]] static Relevances relevance(const workload::Part& part, const ByTable& candidates);
  [[nodiscard]] static sandbox::Configuration relevant(const PartState& part,
                                                       const sandbox::Configuration& all);
  [[nodiscard]] static sandbox::Configuration shown(const PartState& part,
                                                    const sandbox::Configuration& question);
  [[nodiscard]] static const Execution* find(const PartState& part,
                                             const sandbox::Configuration& configuration);
  [[nodiscard]] model::Result<const Execution*> answer(PartState& part,
                                                       const sandbox::Configuration& configuration);

  sandbox::Database& sandbox_;
  std::span<const workload::AnalysedStatement> statements_;
  std::vector<std::vector<PartState>> parts_;  ///< by statement
  std::vector<std::size_t> ranks_;             ///< of the statements, ordered by the tables they read
};

}  // namespace pgadvisor::whatif
