#pragma once

#include "tests/bench/fidelity/answers.hpp"
#include "tests/bench/session.hpp"
#include "tests/bench/schema.hpp"

#include <optional>
#include <vector>

namespace pgadvisor::bench {

/// HypoPG's answers, inside production itself, before the indexes exist there. Throws std::runtime_error when
/// the extension is not installed.
class HypoPg {
 public:
  HypoPg(testing::Cluster& cluster, const Schema& schema);

  [[nodiscard]] const std::vector<std::optional<Size>>& sizes() const { return sizes_; }
  void show(const IndexSet& set);
  [[nodiscard]] std::optional<double> cost(std::size_t statement);

 private:
  [[nodiscard]] std::optional<Size> size(const IndexDdl& index);

  Session session_;
  const Schema& schema_;
  std::vector<std::optional<Size>> sizes_;
  bool complete_ = true;  ///< it could make every index that is to be shown
};

}  // namespace pgadvisor::bench
