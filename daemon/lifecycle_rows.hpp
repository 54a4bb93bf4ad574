#pragma once

#include "advisor/lifecycle/catalog.hpp"
#include "collectors/history/proposal_rows.hpp"
#include "daemon/proposals.hpp"

#include <optional>

namespace pgadvisor::daemon {

/// Storage rows to and from domain values. A row that this binary does not understand (of a newer one) is
/// nullopt.
[[nodiscard]] history::ProposalRow to_row(const TrackedProposal& tracked);
[[nodiscard]] std::optional<TrackedProposal> from_row(const history::ProposalRow& row);

[[nodiscard]] history::ProposalChangeRow to_row(const std::string& proposal, const lifecycle::Change& change);
[[nodiscard]] std::optional<lifecycle::Change> from_row(const history::ProposalChangeRow& row);

[[nodiscard]] history::CatalogRows to_rows(const lifecycle::Catalog& catalog);
[[nodiscard]] lifecycle::Catalog from_rows(const history::CatalogRows& rows);

}  // namespace pgadvisor::daemon
