#include "collectors/history/proposal_store.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

namespace pgadvisor::history {

namespace {

constexpr const char* kColumns =
    "id, database, action, origin, table_schema, table_name, definition, index_schema, index_name, ddl, "
    "rollback, size, statements, baseline, state, since, by_whom, why, snoozed_until, absent_at, applied_at, "
    "missed, first_seen, last_seen, effect, evidence";
/// Of a proposal its last ones are kept.
constexpr int kMostChanges = 100;

ProposalRow read_proposal(const Statement& row) {
  ProposalRow proposal;
  proposal.id = row.text(0);
  proposal.database = row.text(1);
  proposal.action = row.text(2);
  proposal.origin = row.text(3);
  proposal.table = {row.text(4), row.text(5)};
  proposal.definition = row.text(6);
  proposal.index = {row.text(7), row.text(8)};
  proposal.ddl = row.text(9);
  proposal.rollback = row.text(10);
  proposal.size = row.integer(11);
  proposal.statements = row.text(12);
  proposal.baseline = row.integer(13);
  proposal.state = row.text(14);
  proposal.since = from_microseconds(row.integer(15));
  proposal.by = row.text(16);
  proposal.why = row.text(17);
  proposal.snoozed_until = optional_time(row, 18);
  proposal.absent_at = optional_time(row, 19);
  proposal.applied_at = optional_time(row, 20);
  proposal.missed = row.integer(21);
  proposal.first_seen = from_microseconds(row.integer(22));
  proposal.last_seen = from_microseconds(row.integer(23));
  proposal.effect = row.text(24);
  if (auto evidence = row.text(25); !evidence.empty()) proposal.evidence = std::move(evidence);
  return proposal;
}

CatalogIndexRow read_index(const Statement& row) {
  return {{row.text(0), row.text(1)}, {row.text(2), row.text(3)}, row.text(4),         row.text(5),
          row.integer(6) != 0,        row.integer(7) != 0,        row.integer(8) != 0, row.integer(9)};
}

}  // namespace

void ProposalStore::record(const std::vector<ProposalRow>& proposals,
                           const std::vector<ProposalChangeRow>& changes) {
  Transaction transaction(database_);
  for (const auto& proposal : proposals) store(proposal);
  Statement row = database_.prepare(
      "INSERT INTO proposal_change (proposal, at, from_state, to_state, by_whom, why) VALUES (?, ?, ?, ?, ?, "
      "?)");
  Statement oldest = database_.prepare(
      fmt::format("DELETE FROM proposal_change WHERE proposal = ?1 AND id NOT IN "
                  "(SELECT id FROM proposal_change WHERE proposal = ?1 ORDER BY id DESC LIMIT {})",
                  kMostChanges));
  for (const auto& change : changes) {
    row.bind(1, std::string_view(change.proposal))
        .bind(2, to_microseconds(change.at))
        .bind(3, std::string_view(change.from))
        .bind(4, std::string_view(change.to))
        .bind(5, std::string_view(change.by))
        .bind(6, std::string_view(change.why))
        .run();
    oldest.bind(1, std::string_view(change.proposal)).run();
  }
  transaction.commit();
}

void ProposalStore::store(const ProposalRow& proposal) {
  Statement row = database_.prepare(
      fmt::format("INSERT OR REPLACE INTO proposal ({}) VALUES (?1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                  "?, ?, ?, ?, ?, "
                  "?, ?, ?, ?, ?, ?, coalesce(?, (SELECT evidence FROM proposal WHERE id = ?1)))",
                  kColumns));
  int position = 0;
  const auto text = [&](std::string_view value) { row.bind(++position, value); };
  const auto number = [&](std::int64_t value) { row.bind(++position, value); };
  const auto time = [&](const std::optional<model::Timestamp>& value) {
    row.bind(++position, to_microseconds(value));
  };
  text(proposal.id);
  text(proposal.database);
  text(proposal.action);
  text(proposal.origin);
  text(proposal.table.schema);
  text(proposal.table.name);
  text(proposal.definition);
  text(proposal.index.schema);
  text(proposal.index.name);
  text(proposal.ddl);
  text(proposal.rollback);
  number(proposal.size);
  text(proposal.statements);
  number(proposal.baseline);
  text(proposal.state);
  time(proposal.since);
  text(proposal.by);
  text(proposal.why);
  time(proposal.snoozed_until);
  time(proposal.absent_at);
  time(proposal.applied_at);
  number(proposal.missed);
  time(proposal.first_seen);
  time(proposal.last_seen);
  text(proposal.effect);
  if (proposal.evidence) text(*proposal.evidence);  // else NULL
  row.run();
}

void ProposalStore::forget(const std::vector<std::string>& ids) {
  Transaction transaction(database_);
  Statement changes = database_.prepare("DELETE FROM proposal_change WHERE proposal = ?");
  Statement proposals = database_.prepare("DELETE FROM proposal WHERE id = ?");
  for (const auto& id : ids) {
    changes.bind(1, std::string_view(id)).run();
    proposals.bind(1, std::string_view(id)).run();
  }
  transaction.commit();
}

std::vector<ProposalRow> ProposalStore::proposals() {
  std::vector<ProposalRow> proposals;
  Statement rows =
      database_.prepare(fmt::format("SELECT {} FROM proposal ORDER BY first_seen, id", kColumns));
  while (rows.step()) proposals.push_back(read_proposal(rows));
  return proposals;
}

std::vector<ProposalChangeRow> ProposalStore::changes() {
  std::vector<ProposalChangeRow> changes;
  Statement rows = database_.prepare(
      "SELECT proposal, at, from_state, to_state, by_whom, why FROM proposal_change ORDER BY id");
  while (rows.step()) {
    changes.push_back({rows.text(0), from_microseconds(rows.integer(1)), rows.text(2), rows.text(3),
                       rows.text(4), rows.text(5)});
  }
  return changes;
}

void ProposalStore::record_catalog(const std::string& database, const CatalogRows& catalog) {
  Transaction transaction(database_);
  const std::int64_t id = servers_.database_id(database);
  database_.prepare("INSERT OR REPLACE INTO catalog_look (database, taken_at) VALUES (?, ?)")
      .bind(1, id)
      .bind(2, to_microseconds(catalog.taken_at))
      .run();
  replace_tables(id, catalog);
  replace_indexes(id, catalog);
  transaction.commit();
}

/// Only what differs is written: most looks find nothing new.
void ProposalStore::replace_tables(std::int64_t database, const CatalogRows& catalog) {
  std::set<model::ObjectName> gone;
  Statement known = database_.prepare("SELECT schema, name FROM catalog_table WHERE database = ?");
  known.bind(1, database);
  while (known.step()) gone.insert({known.text(0), known.text(1)});
  Statement added =
      database_.prepare("INSERT OR IGNORE INTO catalog_table (database, schema, name) VALUES (?, ?, ?)");
  for (const auto& table : catalog.tables) {
    if (gone.erase(table) > 0) continue;
    added.bind(1, database)
        .bind(2, std::string_view(table.schema))
        .bind(3, std::string_view(table.name))
        .run();
  }
  Statement dropped =
      database_.prepare("DELETE FROM catalog_table WHERE database = ? AND schema = ? AND name = ?");
  for (const auto& table : gone) {
    dropped.bind(1, database)
        .bind(2, std::string_view(table.schema))
        .bind(3, std::string_view(table.name))
        .run();
  }
}

void ProposalStore::replace_indexes(std::int64_t database, const CatalogRows& catalog) {
  std::map<model::ObjectName, CatalogIndexRow> gone;
  Statement known = database_.prepare(
      "SELECT table_schema, table_name, schema, name, definition, ddl, is_unique, backs_constraint, "
      "is_partitioned, size FROM catalog_index WHERE database = ?");
  known.bind(1, database);
  while (known.step()) {
    auto row = read_index(known);
    gone.emplace(row.index, row);
  }
  Statement added = database_.prepare(
      "INSERT OR REPLACE INTO catalog_index (database, table_schema, table_name, schema, name, definition, "
      "ddl, "
      "is_unique, backs_constraint, is_partitioned, size) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const auto& index : catalog.indexes) {
    const auto before = gone.find(index.index);
    const bool same = before != gone.end() && before->second == index;
    if (before != gone.end()) gone.erase(before);
    if (same) continue;
    added.bind(1, database)
        .bind(2, std::string_view(index.table.schema))
        .bind(3, std::string_view(index.table.name))
        .bind(4, std::string_view(index.index.schema))
        .bind(5, std::string_view(index.index.name))
        .bind(6, std::string_view(index.definition))
        .bind(7, std::string_view(index.ddl))
        .bind(8, std::int64_t{index.is_unique})
        .bind(9, std::int64_t{index.backs_constraint})
        .bind(10, std::int64_t{index.is_partitioned})
        .bind(11, index.size)
        .run();
  }
  Statement dropped =
      database_.prepare("DELETE FROM catalog_index WHERE database = ? AND schema = ? AND name = ?");
  for (const auto& [name, row] : gone) {
    dropped.bind(1, database)
        .bind(2, std::string_view(name.schema))
        .bind(3, std::string_view(name.name))
        .run();
  }
}

std::optional<CatalogRows> ProposalStore::catalog(const std::string& database) {
  Statement look = database_.prepare(
      "SELECT d.id, l.taken_at FROM database d JOIN catalog_look l ON l.database = d.id WHERE d.name = ?");
  look.bind(1, std::string_view(database));
  if (!look.step()) return std::nullopt;
  const std::int64_t id = look.integer(0);
  CatalogRows catalog{from_microseconds(look.integer(1)), {}, {}};
  Statement tables = database_.prepare("SELECT schema, name FROM catalog_table WHERE database = ?");
  tables.bind(1, id);
  while (tables.step()) catalog.tables.push_back({tables.text(0), tables.text(1)});
  Statement indexes = database_.prepare(
      "SELECT table_schema, table_name, schema, name, definition, ddl, is_unique, backs_constraint, "
      "is_partitioned, size FROM catalog_index WHERE database = ? ORDER BY schema, name");
  indexes.bind(1, id);
  while (indexes.step()) catalog.indexes.push_back(read_index(indexes));
  return catalog;
}

}  // namespace pgadvisor::history
