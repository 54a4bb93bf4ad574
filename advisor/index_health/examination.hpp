#pragma once

#include "advisor/index_health/index_health.hpp"
#include "advisor/index_health/verdicts.hpp"
#include "advisor/selection/write_load.hpp"
#include "advisor/workload/analyse.hpp"

#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace pgadvisor::index_health {

/// Rows of each table that were deleted within the activity's window.
[[nodiscard]] ParentChanges deleted_rows(const model::DatabaseActivity& activity);

/// Turns the verdict on indexes that are used, but do not seem worth their size, into review.
void doubt_worth(std::vector<Judged>& judged, const Catalog& catalog);

/// What the sandbox has to say of verdicts. One database, once.
class Examination {
 public:
  /// All but `stop` outlive it.
  Examination(const Evidence& evidence, const Catalog& catalog, sandbox::Database& sandbox,
              std::stop_token stop);

  /// Finds what is bloated, or not worth its size, among the indexes that stay.
  [[nodiscard]] model::Result<void> weigh(std::vector<Judged>& judged);
  /// Rehearses drops, says what writes they save, writes the SQL down. A drop that makes statements much
  /// dearer becomes a review. Where a foreign key has no index, adds the statements that set keys to
  /// `changes`.
  [[nodiscard]] model::Result<void> prove(std::vector<Judged>& judged, const workload::Workload& workload,
                                          const ForeignKeys& foreign_keys, ParentChanges& changes);

  [[nodiscard]] std::vector<std::string> left_out() const { return left_out_; }

 private:
  [[nodiscard]] model::Result<void> weigh(Judged& judged);
  [[nodiscard]] model::Result<void> analyse(const workload::Workload& workload);
  void add_key_updates(ParentChanges& changes) const;
  [[nodiscard]] model::Result<void> rehearse(std::vector<Judged>& judged);
  [[nodiscard]] model::Result<void> write_down(Judged& judged);
  void add_writes(Judged& judged, const model::IndexDefinition& definition) const;
  void suggest_statistics(Judged& judged, const model::IndexDefinition& definition) const;

  const Evidence& evidence_;
  const Catalog& catalog_;
  sandbox::Database& sandbox_;
  std::stop_token stop_;
  std::set<model::ObjectName> analysed_tables_;                    ///< those with statistics
  std::map<model::ObjectName, const model::IndexMemory*> memory_;  ///< by index
  std::optional<workload::AnalysedWorkload> analysed_;
  std::optional<selection::WriteModel> writes_;
  std::vector<std::string> left_out_;
};

}  // namespace pgadvisor::index_health
