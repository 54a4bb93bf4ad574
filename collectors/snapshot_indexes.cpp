#include "collectors/expression_tree.hpp"
#include "collectors/index_identity.hpp"
#include "collectors/row_reading.hpp"
#include "collectors/snapshot_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace pgadvisor::collectors {

namespace {

constexpr int kFirstWithNullsNotDistinct = 150000;

/// Columns of indexes_step()'s query.
enum Field {
  kOid,
  kSchema,
  kName,
  kTable,
  kMethod,
  kKeyCount,
  kColumns,
  kUnique,
  kPrimary,
  kExclusion,
  kValid,
  kClustered,
  kReplicaIdentity,
  kOptions,
  kClasses,
  kCollations,
  kBacksConstraint,
  kParent,
  kTuples,
  kPages,
  kLive,
  kImmediate,
  kNullsNotDistinct,
  kExpressions,
  kPredicate,
  kKeyOptions,
  kConstraint,
  kForeignKey,
  kExtension,
  kStorage,
  kTablespace
};

std::vector<std::int16_t> small_numbers(std::string_view vector_text) {
  std::vector<std::int16_t> small;
  std::ranges::transform(numbers_of(vector_text), std::back_inserter(small),
                         [](std::int64_t number) { return static_cast<std::int16_t>(number); });
  return small;
}

/// See model::Index::has_special_keys.
bool has_special_keys(const model::Index& index, const SnapshotDraft& draft) {
  const auto& columns = draft.snapshot.tables[draft.table_positions.at(index.table)].columns;
  for (std::size_t i = 0; i < index.operator_classes.size() && i < index.columns.size(); ++i) {
    if (index.columns[i] == 0 || !draft.default_operator_classes.contains(index.operator_classes[i]))
      return true;
    const auto column = std::ranges::find(columns, index.columns[i], &model::Column::number);
    const bool collated = i < index.collations.size() && index.collations[i] != model::Oid::kInvalid;
    if (collated && column != columns.end() && column->collation != index.collations[i]) return true;
  }
  return false;
}

/// "2 siglen=32|3 siglen=8": the attributes that have any.
std::vector<std::string> key_options(std::string_view joined, std::size_t keys) {
  if (joined.empty()) return {};
  std::vector<std::string> options(keys);
  while (!joined.empty()) {
    const auto end = std::min(joined.find('|'), joined.size());
    const auto entry = joined.substr(0, end);
    std::size_t attribute = 0;
    const auto [text, error] = std::from_chars(entry.data(), entry.data() + entry.size(), attribute);
    if (error == std::errc{} && attribute >= 1 && attribute <= keys)
      options[attribute - 1] = std::string(text, entry.data() + entry.size());
    joined.remove_prefix(std::min(end + 1, joined.size()));
  }
  return options;
}

/// What kind of index it is, and what it holds.
void read_definition(const pg::Rows& rows, int row, model::Index& index) {
  index.method = rows.string(row, kMethod);
  index.key_count = static_cast<std::int16_t>(rows.integer(row, kKeyCount));
  index.columns = small_numbers(rows.text(row, kColumns));
  index.options = small_numbers(rows.text(row, kOptions));
  index.operator_classes = oids_of(rows.text(row, kClasses));
  index.collations = oids_of(rows.text(row, kCollations));
  index.key_options = key_options(rows.text(row, kKeyOptions), static_cast<std::size_t>(index.key_count));
  index.has_expressions = !rows.is_null(row, kExpressions);
  index.expressions = list_members(rows.text(row, kExpressions));
  index.is_partial = !rows.is_null(row, kPredicate);
  index.predicate = normal_predicate(rows.text(row, kPredicate));
  index.not_null = not_null_columns(rows.text(row, kPredicate));
  index.storage = rows.string(row, kStorage);
  index.tablespace = rows.string(row, kTablespace);
}

/// What rests on it.
void read_roles(const pg::Rows& rows, int row, model::Index& index) {
  index.is_unique = rows.boolean(row, kUnique);
  index.is_primary = rows.boolean(row, kPrimary);
  index.is_exclusion = rows.boolean(row, kExclusion);
  index.is_valid = rows.boolean(row, kValid);
  index.is_live = rows.boolean(row, kLive);
  index.is_clustered = rows.boolean(row, kClustered);
  index.is_replica_identity = rows.boolean(row, kReplicaIdentity);
  index.is_immediate = rows.boolean(row, kImmediate);
  index.nulls_not_distinct = rows.boolean(row, kNullsNotDistinct);
  index.backs_constraint = rows.boolean(row, kBacksConstraint);
  index.constraint = rows.string(row, kConstraint);
  index.foreign_key = rows.string(row, kForeignKey);
  index.parent = oid(rows, row, kParent);
}

void read_indexes(const pg::Rows& rows, SnapshotDraft& draft) {
  for (int row = 0; row < rows.size(); ++row) {
    model::Index index;
    index.oid = oid(rows, row, kOid);
    index.name = object_name(rows, row, kSchema);
    index.table = oid(rows, row, kTable);
    if (!draft.table_positions.contains(index.table)) continue;  // created meanwhile
    read_definition(rows, row, index);
    read_roles(rows, row, index);
    const auto& table = draft.snapshot.tables[draft.table_positions.at(index.table)];
    // CREATE EXTENSION records a table as its own, not the table's indexes.
    index.in_extension = table.in_extension || rows.boolean(row, kExtension);
    index.has_special_keys = has_special_keys(index, draft);
    index.identity = index_identity(index, table);
    index.reltuples = rows.real(row, kTuples);
    index.relpages = rows.integer(row, kPages);
    index.pages = index.relpages;
    draft.snapshot.indexes.push_back(std::move(index));
  }
  // Here and not there: the expressions would go through the sort, which is too much for its memory.
  std::ranges::sort(draft.snapshot.indexes, {}, &model::Index::oid);
}

void read_operator_classes(const pg::Rows& rows, SnapshotDraft& draft) {
  for (int row = 0; row < rows.size(); ++row) draft.default_operator_classes.insert(oid(rows, row, 0));
}

void read_builds(const pg::Rows& rows, SnapshotDraft& draft) {
  for (int row = 0; row < rows.size(); ++row) {
    draft.builds.unseen = draft.builds.unseen || rows.is_null(row, 0);
    draft.builds.relations.insert({oid(rows, row, 0), oid(rows, row, 1)});
  }
}

/// A build that was seen before or after the catalog was read, or one that has ended meanwhile.
model::IndexBuild build_of(const model::Index& index, const IndexBuilds& builds,
                           const std::set<model::Oid>& still_invalid) {
  if (builds.relations.contains(index.oid) || builds.relations.contains(index.table) ||
      !still_invalid.contains(index.oid))
    return model::IndexBuild::kRunning;
  return builds.unseen ? model::IndexBuild::kUnseen : model::IndexBuild::kNone;
}

void read_invalid_indexes(const pg::Rows& rows, SnapshotDraft& draft) {
  std::set<model::Oid> still;
  for (int row = 0; row < rows.size(); ++row) still.insert(oid(rows, row, 0));
  for (auto& index : draft.snapshot.indexes)
    if (!index.is_valid) index.build = build_of(index, draft.builds, still);
}

}  // namespace

SnapshotStep operator_classes_step() {
  return {"SELECT oid FROM pg_catalog.pg_opclass WHERE opcdefault", read_operator_classes};
}

SnapshotStep indexes_step(int server_version) {
  return {
      fmt::format(
          "SELECT c.oid, n.nspname, c.relname, i.indrelid, m.amname, i.indnkeyatts, i.indkey, i.indisunique, "
          "i.indisprimary, i.indisexclusion, i.indisvalid AND i.indisready, i.indisclustered, "
          "i.indisreplident, i.indoption, i.indclass, i.indcollation, k.conindid IS NOT NULL, "
          "(SELECT h.inhparent FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid LIMIT 1), c.reltuples, "
          "c.relpages, i.indislive, i.indimmediate, {}, {}, {}, o.options, k.own, k.foreign_key, "
          "c.oid IN ({}), pg_catalog.array_to_string(c.reloptions, ','), s.spcname "
          "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
          "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_am m ON m.oid = "
          "c.relam "
          "LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace "
          "LEFT JOIN (SELECT conindid, pg_catalog.max(conname) FILTER (WHERE contype IN ('p', 'u', 'x')) AS "
          "own, "
          "pg_catalog.min(conname) FILTER (WHERE contype = 'f') AS foreign_key "
          "FROM pg_catalog.pg_constraint WHERE conindid <> 0 GROUP BY conindid) k ON k.conindid = c.oid "
          "LEFT JOIN (SELECT a.attrelid, pg_catalog.string_agg(a.attnum || ' ' || "
          "pg_catalog.array_to_string(a.attoptions, ','), '|') AS options "
          // OFFSET 0: few attributes have any, and those of tables are none of an index's.
          "FROM pg_catalog.pg_attribute a WHERE a.attoptions IS NOT NULL AND EXISTS (SELECT FROM "
          "pg_catalog.pg_index x WHERE x.indexrelid = a.attrelid OFFSET 0) GROUP BY a.attrelid) o "
          "ON o.attrelid = c.oid WHERE c.relkind IN ('i', 'I'){}",
          server_version >= kFirstWithNullsNotDistinct ? "i.indnullsnotdistinct" : "false",
          stripped_tree("i.indexprs"), stripped_tree("i.indpred"), extension_members(), user_relation()),
      read_indexes};
}

SnapshotStep index_builds_step() {
  return {
      "SELECT relid, index_relid FROM pg_catalog.pg_stat_progress_create_index "
      "WHERE datname = pg_catalog.current_database()",
      read_builds};
}

SnapshotStep invalid_indexes_step() {
  return {"SELECT indexrelid FROM pg_catalog.pg_index WHERE NOT (indisvalid AND indisready)",
          read_invalid_indexes};
}

}  // namespace pgadvisor::collectors
