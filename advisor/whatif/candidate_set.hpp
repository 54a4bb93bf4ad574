#pragma once

#include "advisor/sandbox/database.hpp"
#include "advisor/sandbox/size_model.hpp"
#include "collectors/model/catalog.hpp"
#include "collectors/model/index_definition.hpp"

#include <map>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace pgadvisor::whatif {

struct Candidate {
  model::IndexDefinition definition;
  const model::Table* table = nullptr;  ///< in the snapshot, which outlives it
  sandbox::IndexSize size;
  double selectivity = 1;    ///< share of the table's rows in the index
  std::string sandbox_name;  ///< what its plans call it
  /// Other tables whose scans may read the index: the partitioned tables that its own belongs to, and the
  /// partitions. Sorted; null: none. Candidates on one table share it.
  std::shared_ptr<const std::vector<model::ObjectName>> relatives = nullptr;

  [[nodiscard]] model::Bytes bytes() const { return {size.pages * model::kBlockSize}; }
  [[nodiscard]] bool is_partitioned() const { return table->kind == 'p'; }
  /// Whether a scan that names this table may read the index.
  [[nodiscard]] bool is_within(const model::ObjectName& scanned) const;
};

using CandidateSet = std::map<sandbox::CandidateId, Candidate>;

/// Creates every definition in the sandbox, empty and hidden, with the size it would have in production.
/// Definitions that PostgreSQL refuses (a type without a B-tree operator class) are left out: no statement
/// can want them. `origin` is part of their names in the sandbox. A stop request makes the set empty: there
/// is no time left to ask about them.
[[nodiscard]] model::Result<CandidateSet> create_candidates(
    const std::set<model::IndexDefinition>& definitions, std::string_view origin,
    const model::DatabaseSnapshot& snapshot, sandbox::Database& sandbox, std::stop_token stop);

/// The size of one candidate that exists in the sandbox already (whatif --index).
[[nodiscard]] model::Result<Candidate> size_candidate(sandbox::CandidateId id,
                                                      const model::IndexDefinition& definition,
                                                      std::string sandbox_name,
                                                      const model::DatabaseSnapshot& snapshot,
                                                      sandbox::Database& sandbox);

}  // namespace pgadvisor::whatif
