#pragma once

#include "tests/bench/fidelity/answers.hpp"
#include "tests/bench/session.hpp"
#include "tests/bench/schema.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::bench {

/// The truth: every index built in production, all but the shown ones marked invalid, which the planner
/// respects (plancat.c get_relation_info).
class Built {
 public:
  Built(testing::Cluster& cluster, const Schema& schema);

  [[nodiscard]] const std::vector<std::optional<Size>>& sizes() const { return sizes_; }
  /// The single indexes that sizes() sums up.
  [[nodiscard]] const std::vector<BuiltPart>& parts(std::size_t index) const { return parts_.at(index); }
  void show(const IndexSet& set);
  [[nodiscard]] std::optional<double> cost(std::size_t statement);

  [[nodiscard]] std::optional<std::string> plan(std::size_t statement);
  /// Rows the planner expects of a relation under what is shown; nullopt when the condition cannot stand
  /// alone (it names other relations).
  [[nodiscard]] std::optional<double> rows(const std::string& relation, const std::string& condition);
  /// The same with every index hidden, those of the schema itself too.
  [[nodiscard]] std::optional<double> rows_without_indexes(const std::string& relation,
                                                           const std::string& condition);
  /// Access method of each index.
  [[nodiscard]] const std::vector<std::string>& methods() const { return methods_; }
  [[nodiscard]] Session& session() { return session_; }

 private:
  void build(const IndexDdl& index);
  [[nodiscard]] std::vector<BuiltPart> measure_parts(const std::string& oids);

  Session session_;
  const Schema& schema_;
  std::vector<std::optional<Size>> sizes_;
  std::vector<std::vector<BuiltPart>> parts_;
  std::vector<std::string> methods_;
  std::vector<std::string> oids_;  ///< of each index, those of its partitions included: "1,2,3"
};

}  // namespace pgadvisor::bench
