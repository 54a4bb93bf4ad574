#include "tests/bench/fidelity/hypopg.hpp"

#include "collectors/model/units.hpp"

#include <algorithm>
#include <stdexcept>

namespace pgadvisor::bench {

HypoPg::HypoPg(testing::Cluster& cluster, const Schema& schema)
    : session_(cluster.dsn(schema.name)), schema_(schema) {
  session_.execute("CREATE EXTENSION hypopg");
  for (const auto& index : schema.indexes) sizes_.push_back(size(index));
}

/// It knows no GIN, no GiST, no partitioned tables: it refuses those.
std::optional<Size> HypoPg::size(const IndexDdl& index) {
  try {
    session_.execute("SELECT hypopg_reset()");
    const auto rows =
        session_.query("SELECT hypopg_relation_size(indexrelid) FROM hypopg_create_index($1)", {index.sql});
    if (rows.size() == 0) return {};
    return Size{rows.real(0, 0) / static_cast<double>(model::kBlockSize), 0, {}};
  } catch (const std::runtime_error&) {
    return {};
  }
}

void HypoPg::show(const IndexSet& set) {
  session_.execute("SELECT hypopg_reset()");
  complete_ =
      set.size() > 1 || std::ranges::all_of(set, [&](auto index) { return sizes_[index].has_value(); });
  for (const auto index : set) {
    if (sizes_[index]) (void)session_.query("SELECT hypopg_create_index($1)", {schema_.indexes[index].sql});
  }
}

std::optional<double> HypoPg::cost(std::size_t statement) {
  if (!complete_) return {};
  const auto plan = session_.plan(schema_.statements.at(statement));
  return plan ? std::optional(total_cost(*plan)) : std::nullopt;
}

}  // namespace pgadvisor::bench
