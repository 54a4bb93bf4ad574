#pragma once

#include "advisor/lifecycle/catalog.hpp"
#include "advisor/lifecycle/proposal.hpp"
#include "advisor/report.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace pgadvisor::daemon {

struct ProposalWithEvidence {
  lifecycle::Proposal proposal;
  std::string evidence;  ///< JSON, bounded: plans, then statements are left out of one that is too large
};

/// So many drops are proposed for one database, the largest gain first: what is open at the same time has to
/// fit into the history beside what was recommended and done.
inline constexpr std::size_t kMostDrops = 300;

/// Everything that a report proposes for its database: what the life cycle takes in. Recommendations, and the
/// drops of indexes that the verdict says can go, as far as `catalog`, the last look at the database, knows
/// their definition; null: there was no look, and no drop is proposed.
[[nodiscard]] std::vector<ProposalWithEvidence> proposals_of(const advisor::DatabaseReport& report,
                                                             const lifecycle::Catalog* catalog);

/// The statements that a change of a table's indexes touches: those it is meant for, then what else reads and
/// writes the table.
using TableStatements = std::map<model::ObjectName, advisor::TableStatements>;
[[nodiscard]] std::vector<lifecycle::MeasuredStatement> statements_around(
    const std::vector<std::string>& served, const model::ObjectName& table,
    const TableStatements& statements);

}  // namespace pgadvisor::daemon
