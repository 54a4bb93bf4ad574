#pragma once

#include "advisor/lifecycle/proposal.hpp"
#include "advisor/report.hpp"

#include <map>
#include <string>
#include <vector>

namespace pgadvisor::daemon {

struct ProposalWithEvidence {
  lifecycle::Proposal proposal;
  std::string evidence;  ///< JSON, bounded: plans, then statements are left out of one that is too large
};

/// Everything that a report proposes for its database: what the life cycle takes in. Whatever else comes to
/// propose changes (verdicts on existing indexes) joins here.
[[nodiscard]] std::vector<ProposalWithEvidence> proposals_of(const advisor::DatabaseReport& report);

/// The statements that a change of a table's indexes touches: those it is meant for, then what else reads and
/// writes the table.
using TableStatements = std::map<model::ObjectName, advisor::TableStatements>;
[[nodiscard]] std::vector<lifecycle::MeasuredStatement> statements_around(
    const std::vector<std::string>& served, const model::ObjectName& table,
    const TableStatements& statements);

}  // namespace pgadvisor::daemon
