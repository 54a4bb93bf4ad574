#pragma once

#include "tests/bench/fidelity/answers.hpp"
#include "tests/bench/fidelity/built.hpp"
#include "tests/bench/fidelity/twin.hpp"
#include "tests/bench/schema.hpp"

#include <string>

namespace pgadvisor::bench {

/// Why a prediction was off, found by asking both sides again: nothing here is known beforehand.
class Evidence {
 public:
  Evidence(const Schema& schema, Twin& twin, Built& built) : schema_(schema), twin_(twin), built_(built) {}

  /// Rows in the index, distinct keys and their width: what the planner estimates against what is counted.
  [[nodiscard]] std::string of_size(std::size_t index);
  /// Gives the sandbox the true sizes; when that does not help, tells where the plans part.
  [[nodiscard]] std::string of_cost(const IndexSet& set, std::size_t statement, double real);

 private:
  [[nodiscard]] std::string wrong_sizes(const IndexSet& set) const;

  const Schema& schema_;
  Twin& twin_;
  Built& built_;
};

}  // namespace pgadvisor::bench
