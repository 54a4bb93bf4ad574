#pragma once

#include "advisor/sandbox/database.hpp"
#include "collectors/model/catalog.hpp"
#include "collectors/model/index_definition.hpp"
#include "tests/bench/fidelity/answers.hpp"
#include "tests/bench/schema.hpp"
#include "tests/support/cluster.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::bench {

/// pgadvisor's own answers: the sandbox's twin of a schema, with every index of it as a candidate. Made
/// before the indexes exist in production. Throws std::runtime_error when there can be no twin.
class Twin {
 public:
  Twin(sandbox::Server& server, testing::Cluster& cluster, const Schema& schema);

  [[nodiscard]] std::vector<std::optional<Size>> sizes() const;
  void show(const IndexSet& set);
  [[nodiscard]] std::optional<double> cost(std::size_t statement);

  /// EXPLAIN (FORMAT JSON) under what is shown. Only for statements that have a cost.
  [[nodiscard]] std::string plan(std::size_t statement);
  [[nodiscard]] const std::optional<sandbox::IndexSize>& predicted(std::size_t index) const {
    return candidates_.at(index).size;
  }
  /// Lets the planner believe what was really built, until believe_prediction().
  void believe(std::size_t index, const std::vector<BuiltPart>& built);
  void believe_prediction(std::size_t index);
  /// What the twin lacks of the schema, the indexes it could not make and the statements it could not read.
  [[nodiscard]] const std::vector<std::string>& left_out() const { return left_out_; }

 private:
  struct Candidate {
    sandbox::CandidateId id{};
    model::IndexDefinition definition;
    std::optional<sandbox::IndexSize> size;  ///< nullopt: refused
  };
  void prepare(const Schema& schema);
  void create(const IndexDdl& index);

  model::DatabaseSnapshot snapshot_;
  std::optional<sandbox::Database> database_;
  std::vector<std::optional<sandbox::StatementId>> statements_;
  std::vector<Candidate> candidates_;
  sandbox::Configuration shown_;
  std::vector<std::string> left_out_;
};

}  // namespace pgadvisor::bench
