#include "collectors/history/index_memory_store.hpp"

#include <algorithm>

namespace pgadvisor::history {

IndexMemoryStore::Identities& IndexMemoryStore::identities(std::int64_t database) {
  const auto [known, added] = identities_.try_emplace(database);
  if (!added) return known->second;
  Statement rows = database_.prepare("SELECT oid, identity FROM index_definition WHERE database = ?");
  rows.bind(1, database);
  while (rows.step()) known->second[static_cast<model::Oid>(rows.integer(0))] = rows.text(1);
  return known->second;
}

void IndexMemoryStore::record_definitions(const model::DatabaseSnapshot& snapshot) {
  const auto id = servers_.database_id(snapshot.database.name);
  Identities& known = identities(id);
  Statement row =
      database_.prepare("INSERT OR REPLACE INTO index_definition (database, oid, identity) VALUES (?, ?, ?)");
  for (const auto& index : snapshot.indexes) {
    std::string& identity = known[index.oid];
    if (identity == index.identity) continue;
    identity = index.identity;
    row.bind(1, id)
        .bind(2, std::int64_t{static_cast<std::uint32_t>(index.oid)})
        .bind(3, std::string_view(identity))
        .run();
  }
}

bool IndexMemoryStore::knows_all(const std::string& database, const model::RelationPoll& poll) {
  const Identities& known = identities(servers_.database_id(database));
  return std::ranges::all_of(poll.indexes, [&](const auto& index) { return known.contains(index.oid); });
}

void IndexMemoryStore::remember(const std::string& database, const std::vector<model::IndexMemory>& indexes) {
  const auto id = servers_.database_id(database);
  Statement row = database_.prepare(
      "INSERT INTO index_memory AS old (database, schema, name, identity, verdict, since, best_ratio) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (database, schema, name) DO UPDATE SET "
      "since = CASE WHEN old.identity = ?4 AND old.verdict = ?5 THEN old.since ELSE ?6 END, "
      "best_ratio = CASE WHEN old.identity = ?4 THEN min(coalesce(old.best_ratio, ?7), coalesce(?7, "
      "old.best_ratio)) "
      "ELSE ?7 END, identity = ?4, verdict = ?5 "
      "WHERE old.identity <> ?4 OR old.verdict <> ?5 OR coalesce(?7 < old.best_ratio, ?7 IS NOT NULL)");
  for (const auto& index : indexes) {
    row.bind(1, id)
        .bind(2, std::string_view(index.index.schema))
        .bind(3, std::string_view(index.index.name))
        .bind(4, std::string_view(index.identity))
        .bind(5, std::string_view(index.verdict))
        .bind(6, to_microseconds(index.since));
    if (index.best_ratio) {
      row.bind(7, *index.best_ratio);
    } else {
      row.bind(7, std::optional<std::int64_t>{});
    }
    row.run();
  }
}

std::vector<model::IndexMemory> IndexMemoryStore::memory(const std::string& database) {
  Statement rows = database_.prepare(
      "SELECT schema, name, identity, verdict, since, best_ratio IS NULL, best_ratio FROM index_memory "
      "WHERE database = ?");
  rows.bind(1, servers_.database_id(database));
  std::vector<model::IndexMemory> memory;
  while (rows.step()) {
    auto& index = memory.emplace_back();
    index.index = {rows.text(0), rows.text(1)};
    index.identity = rows.text(2);
    index.verdict = rows.text(3);
    index.since = from_microseconds(rows.integer(4));
    if (rows.integer(5) == 0) index.best_ratio = rows.real(6);
  }
  return memory;
}

}  // namespace pgadvisor::history
