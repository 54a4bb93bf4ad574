#include "daemon/apply/read_facts.hpp"

#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgadvisor::daemon::apply {
namespace {

using model::Result;

model::Oid oid(const pg::Rows& rows, int row, int column) {
  return static_cast<model::Oid>(rows.integer(row, column));
}

std::string text(model::Oid oid) {
  return std::to_string(static_cast<std::uint32_t>(oid));
}

constexpr const char* kNodes = R"(
WITH RECURSIVE tree(oid, parent, depth) AS (
  SELECT $1::oid, 0::oid, 0
  UNION ALL
  SELECT i.inhrelid, i.inhparent, t.depth + 1 FROM tree t
  JOIN pg_catalog.pg_class p ON p.oid = t.oid AND p.relkind = 'p'
  JOIN pg_catalog.pg_inherits i ON i.inhparent = t.oid)
SELECT c.oid, n.nspname, c.relname, c.relkind, t.parent,
       pg_catalog.pg_has_role(c.relowner, 'USAGE') OR pg_catalog.current_setting('is_superuser') = 'on',
       CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_relation_size(c.oid) ELSE 0 END
FROM tree t JOIN pg_catalog.pg_class c ON c.oid = t.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
ORDER BY t.depth, c.oid)";

/// `%s` picks rows of pg_index i. Progress tells who builds what; a constraint, a foreign key, a replica
/// identity, CLUSTER or an extension rests on an index.
constexpr const char* kIndexes = R"(
SELECT i.indexrelid, n.nspname, c.relname, i.indrelid, pg_catalog.pg_get_indexdef(i.indexrelid),
       i.indisvalid AND i.indisready, c.relkind = 'I',
       (SELECT h.inhparent FROM pg_catalog.pg_inherits h WHERE h.inhrelid = i.indexrelid LIMIT 1),
       (SELECT p.pid FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid LIMIT 1),
       CASE WHEN i.indisprimary THEN 'the primary key'
            WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype = 'f')
              THEN 'a foreign key that refers to its table'
            WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid) THEN 'a constraint'
            WHEN i.indisreplident THEN 'the replica identity'
            WHEN i.indisclustered THEN 'CLUSTER'
            WHEN EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass
                         AND d.objid = i.indexrelid AND d.deptype = 'e') THEN 'an extension'
            ELSE '' END,
       CASE WHEN c.relkind = 'I' THEN 0 ELSE pg_catalog.pg_relation_size(c.oid) END
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE )";

ExistingIndex read_index(const pg::Rows& rows, int row) {
  ExistingIndex index;
  index.oid = oid(rows, row, 0);
  index.name = {rows.string(row, 1), rows.string(row, 2)};
  index.table = oid(rows, row, 3);
  index.ddl = rows.string(row, 4);
  if (const auto parsed = sql::parse_index_statement(index.ddl)) {
    if (const auto* create = std::get_if<sql::CreateIndexStatement>(&*parsed)) index.shape = create->shape;
  }
  index.is_valid = rows.boolean(row, 5);
  index.is_partitioned = rows.boolean(row, 6);
  index.parent = oid(rows, row, 7);
  if (!rows.is_null(row, 8)) index.built_by = static_cast<int>(rows.integer(row, 8));
  index.needed_for = rows.string(row, 9);
  index.size = {rows.integer(row, 10)};
  return index;
}

Result<model::Oid> find_relation(Session& session, const model::ObjectName& name) {
  const auto rows = session.query("SELECT pg_catalog.to_regclass($1)::oid", {sql::quote_name(name)});
  if (!rows) return rows.error();
  return oid(*rows, 0, 0);
}

std::string node_list(const TableFacts& facts) {
  std::string list;
  for (const auto& node : facts.nodes) list += (list.empty() ? "{" : ",") + text(node.oid);
  return list + "}";
}

Result<void> read_nodes(Session& session, model::Oid table, TableFacts& facts) {
  const auto rows = session.query(kNodes, {text(table)});
  if (!rows) return rows.error();
  for (int row = 0; row < rows->size(); ++row) {
    facts.nodes.push_back({oid(*rows, row, 0),
                           {rows->string(row, 1), rows->string(row, 2)},
                           rows->text(row, 3).front(),
                           oid(*rows, row, 4)});
    facts.is_owner = facts.is_owner && rows->boolean(row, 5);
    facts.heap_size += model::Bytes{rows->integer(row, 6)};
  }
  return {};
}

/// All relations of the schemas that our naming rule could meet, and the wanted name.
Result<void> read_names(Session& session, const std::string& wanted, TableFacts& facts) {
  const auto rows = session.query(
      "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
      "c.relnamespace WHERE (pg_catalog.starts_with(c.relname::text, 'ix_') OR c.relname = $2::name) AND "
      "c.relnamespace IN (SELECT t.relnamespace FROM pg_catalog.pg_class t WHERE t.oid = ANY ($1::oid[]))",
      {node_list(facts), wanted});
  if (!rows) return rows.error();
  for (int row = 0; row < rows->size(); ++row) {
    facts.names.insert({rows->string(row, 0), rows->string(row, 1)});
  }
  return {};
}

/// Rows times the average widths of the columns, eight bytes for the tuple's header, four for its line
/// pointer (itup.h), on pages that are filled to nine tenths (nbtree.h).
Result<void> read_rough_size(Session& session, const sql::IndexShape& wanted, TableFacts& facts) {
  std::string columns;
  for (const auto& key : wanted.keys) {
    if (key.column.empty()) return {};  // an expression: nobody knows its width
    columns += (columns.empty() ? "" : ",") + sql::quote_literal(key.column);
  }
  for (const auto& column : wanted.include) columns += "," + sql::quote_literal(column);
  const auto rows = session.query(
      "SELECT pg_catalog.sum(greatest(c.reltuples, 0)::float8 * (12 + coalesce((SELECT "
      "pg_catalog.sum(s.avg_width)::float8 FROM pg_catalog.pg_stats s WHERE s.schemaname = n.nspname AND "
      "s.tablename = c.relname AND NOT s.inherited AND s.attname = ANY (ARRAY[" +
          columns +
          "]::name[])), 'NaN'::float8)) / 0.9)::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace "
          "n ON "
          "n.oid = "
          "c.relnamespace WHERE c.oid = ANY ($1::oid[]) AND c.relkind IN ('r', 'm')",
      {node_list(facts)});
  if (!rows) return rows.error();
  const double size = rows->size() > 0 ? rows->real(0, 0) : 0;
  if (size > 0) facts.rough_index_size = model::Bytes{static_cast<std::int64_t>(size)};  // not for NaN
  return {};
}

}  // namespace

Result<void> check_writable(Session& session) {
  const auto rows = session.query(
      "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('default_transaction_read_only') = "
      "'on'");
  if (!rows) return rows.error();
  if (rows->boolean(0, 0)) {
    return model::give_up("this server is a standby: nothing can be changed on it", "connect to the primary");
  }
  if (rows->boolean(0, 1)) {
    return model::give_up("default_transaction_read_only is on for this role: nothing can be changed",
                          "connect as a role that may write, the owner of the table");
  }
  return {};
}

Result<std::string> current_database(Session& session) {
  const auto rows = session.query("SELECT pg_catalog.current_database()");
  if (!rows) return rows.error();
  return rows->string(0, 0);
}

Result<TableFacts> read_table(Session& session, const model::ObjectName& table,
                              const sql::CreateIndexStatement& wanted) {
  const auto found = find_relation(session, table);
  if (!found) return found.error();
  if (*found == model::Oid::kInvalid) {
    return model::give_up("there is no table " + sql::quote_name(table),
                          "check the database, the name, and search_path where it has no schema");
  }
  TableFacts facts;
  if (auto done = read_nodes(session, *found, facts); !done) return done.error();
  const auto indexes = session.query(
      std::string(kIndexes) + "i.indrelid = ANY ($1::oid[]) ORDER BY i.indexrelid", {node_list(facts)});
  if (!indexes) return indexes.error();
  for (int row = 0; row < indexes->size(); ++row) facts.indexes.push_back(read_index(*indexes, row));
  if (auto done = read_names(session, wanted.name, facts); !done) return done.error();
  if (auto done = read_rough_size(session, wanted.shape, facts); !done) return done.error();
  return facts;
}

Result<std::optional<std::pair<ExistingIndex, TableNode>>> find_index(Session& session,
                                                                      const model::ObjectName& index) {
  const auto found = find_relation(session, index);
  if (!found) return found.error();
  const auto rows = session.query(std::string(kIndexes) + "i.indexrelid = $1::oid", {text(*found)});
  if (!rows) return rows.error();
  if (rows->size() == 0) return std::nullopt;
  auto read = read_index(*rows, 0);
  TableFacts table;
  if (auto done = read_nodes(session, read.table, table); !done) return done.error();
  if (table.nodes.empty()) return std::nullopt;  // dropped meanwhile
  return std::pair(std::move(read), table.nodes.front());
}

std::vector<std::string> lock_holders(Session& session, const model::ObjectName& table) {
  std::vector<std::string> holders;
  const auto rows = session.query(
      "SELECT l.pid, l.mode, coalesce(a.backend_type, ''), coalesce(a.state, ''), "
      "coalesce(extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)::bigint, 0) "
      "FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid "
      "WHERE l.locktype = 'relation' AND l.granted AND l.relation = pg_catalog.to_regclass($1) "
      "AND l.pid <> pg_catalog.pg_backend_pid() AND l.mode IN ('ShareUpdateExclusiveLock', 'ShareLock', "
      "'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock') ORDER BY l.pid",
      {sql::quote_name(table)});
  if (!rows) return holders;
  for (int row = 0; row < rows->size(); ++row) {
    holders.push_back(fmt::format("backend {} ({} {}) holds {}, in a transaction of {} s",
                                  rows->integer(row, 0), rows->string(row, 2), rows->string(row, 3),
                                  rows->string(row, 1), rows->integer(row, 4)));
  }
  return holders;
}

}  // namespace pgadvisor::daemon::apply
