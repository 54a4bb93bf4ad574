#pragma once

// Private to collectors/history.

#include "collectors/history/server_store.hpp"
#include "collectors/history/sqlite.hpp"
#include "collectors/model/catalog.hpp"
#include "collectors/model/usage.hpp"

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace pgadvisor::history {

/// How indexes are defined, by OID, and what was said of them, by name and definition. The caller holds the
/// transaction.
class IndexMemoryStore {
 public:
  IndexMemoryStore(Database& database, ServerStore& servers) : database_(database), servers_(servers) {}

  /// Drops what is in memory: it is read again when needed.
  void load() { identities_.clear(); }

  void record_definitions(const model::DatabaseSnapshot& snapshot);
  /// Whether the definition of each of the poll's indexes is known.
  [[nodiscard]] bool knows_all(const std::string& database, const model::RelationPoll& poll);

  /// Keeps the time of a verdict that is the same as before, and the smaller ratio.
  void remember(const std::string& database, const std::vector<model::IndexMemory>& indexes);
  [[nodiscard]] std::vector<model::IndexMemory> memory(const std::string& database);

 private:
  using Identities = std::unordered_map<model::Oid, std::string>;
  [[nodiscard]] Identities& identities(std::int64_t database);

  Database& database_;
  ServerStore& servers_;
  std::map<std::int64_t, Identities> identities_;  ///< by database
};

}  // namespace pgadvisor::history
