#pragma once

// Private to collectors/history.

#include "collectors/history/proposal_rows.hpp"
#include "collectors/history/server_store.hpp"
#include "collectors/history/sqlite.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::history {

/// The life cycle of proposals, and the catalogs it compares. Nothing here is bounded by itself: the caller
/// says what to forget. The caller of a reading method needs no transaction; writing ones take their own.
class ProposalStore {
 public:
  ProposalStore(Database& database, ServerStore& servers) : database_(database), servers_(servers) {}

  void record(const std::vector<ProposalRow>& proposals, const std::vector<ProposalChangeRow>& changes);
  /// With its changes.
  void forget(const std::vector<std::string>& ids);
  [[nodiscard]] std::vector<ProposalRow> proposals();
  /// Of all proposals, oldest first.
  [[nodiscard]] std::vector<ProposalChangeRow> changes();

  void record_catalog(const std::string& database, const CatalogRows& catalog);
  [[nodiscard]] std::optional<CatalogRows> catalog(const std::string& database);

 private:
  void store(const ProposalRow& row);
  void replace_tables(std::int64_t database, const CatalogRows& catalog);
  void replace_indexes(std::int64_t database, const CatalogRows& catalog);

  Database& database_;
  ServerStore& servers_;
};

}  // namespace pgadvisor::history
