#pragma once

#include "tests/bench/fidelity/answers.hpp"
#include "tests/bench/fidelity/built.hpp"
#include "tests/bench/fidelity/twin.hpp"
#include "tests/bench/schema.hpp"

#include <string>

namespace pgadvisor::bench {

/// Why a cost was predicted wrongly, found by asking both sides again: the sandbox with the true sizes,
/// production without its indexes. Nothing is known beforehand.
class CostEvidence {
 public:
  CostEvidence(const Schema& schema, Twin& twin, Built& built)
      : schema_(schema), twin_(twin), built_(built) {}

  /// `real` is production's cost.
  [[nodiscard]] std::string why(const IndexSet& set, std::size_t statement, double real);

 private:
  [[nodiscard]] std::string wrong_sizes(const IndexSet& set, std::size_t statement);
  [[nodiscard]] std::string difference(const std::string& plan, const IndexSet& set, std::size_t statement);
  void believe_true_sizes(const IndexSet& set);
  void believe_predicted_sizes(const IndexSet& set);

  const Schema& schema_;
  Twin& twin_;
  Built& built_;
};

}  // namespace pgadvisor::bench
