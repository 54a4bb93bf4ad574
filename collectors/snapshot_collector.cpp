#include "collectors/snapshot_collector.hpp"

#include "collectors/identity_collector.hpp"
#include "collectors/relation_sizes.hpp"
#include "collectors/row_reading.hpp"
#include "collectors/snapshot_definitions.hpp"
#include "collectors/snapshot_ends.hpp"
#include "collectors/snapshot_rows.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace pgadvisor::collectors {

namespace {

/// pg_relation_size() and bt_metap() open each relation, which the backend then remembers (4 kB each): only
/// for those that matter most to the planner.
constexpr std::size_t kMostMeasured = 3000;

constexpr const char* kSizeSql =
    "SELECT o.relation, pg_catalog.pg_relation_size(o.relation::regclass) FROM pg_catalog.unnest($1::oid[]) "
    "o(relation)";

/// The forms that values are written in: see collect_snapshot().
pg::SessionSettings text_forms() {
  return {{"DateStyle", "ISO, MDY"}, {"IntervalStyle", "postgres"}, {"extra_float_digits", "1"},
          {"bytea_output", "hex"},   {"xmlbinary", "base64"},       {"lc_monetary", "C"}};
}

bool has_storage(char kind) {
  return kind == 'r' || kind == 'm';
}

bool is_partitioned_index(const model::Index& index, const SnapshotDraft& draft) {
  return draft.snapshot.tables[draft.table_positions.at(index.table)].kind == 'p';
}

/// The largest tables and indexes by relpages.
std::vector<model::Oid> worth_measuring(const SnapshotDraft& draft) {
  std::vector<std::pair<std::int64_t, model::Oid>> relations;
  for (const auto& table : draft.snapshot.tables) {
    if (has_storage(table.kind)) relations.emplace_back(-table.relpages, table.oid);
  }
  for (const auto& index : draft.snapshot.indexes) {
    if (!is_partitioned_index(index, draft)) relations.emplace_back(-index.relpages, index.oid);
  }
  std::sort(relations.begin(), relations.end());
  relations.resize(std::min(relations.size(), kMostMeasured));
  std::vector<model::Oid> oids;
  for (const auto& relation : relations) oids.push_back(relation.second);
  return oids;
}

void take_sizes(const Measurements& sizes, std::size_t asked, model::DatabaseSnapshot& snapshot) {
  const auto take = [&](auto& relation) {
    const auto size = sizes.find(relation.oid);
    if (size != sizes.end()) relation.pages = size->second / snapshot.server.block_size;
  };
  std::for_each(snapshot.tables.begin(), snapshot.tables.end(), take);
  std::for_each(snapshot.indexes.begin(), snapshot.indexes.end(), take);
  if (sizes.size() < asked) {
    snapshot.limitations.push_back(fmt::format(
        "the sizes of {} relations that are locked or gone are those of their last VACUUM or ANALYZE",
        asked - sizes.size()));
  }
}

std::vector<model::Oid> measured_btrees(const SnapshotDraft& draft, const Measurements& sizes) {
  std::vector<model::Oid> btrees;
  for (const auto& index : draft.snapshot.indexes) {
    if (index.method == "btree" && sizes.contains(index.oid)) btrees.push_back(index.oid);
  }
  return btrees;
}

/// The planner takes the fast root's level (_bt_getrootheight). pageinspect is for superusers only, whatever
/// is granted; its schema may be any.
std::optional<std::string> height_sql(const SnapshotDraft& draft, bool superuser) {
  const auto& extensions = draft.snapshot.extensions;
  const auto found =
      std::find_if(extensions.begin(), extensions.end(),
                   [](const model::Extension& extension) { return extension.name == "pageinspect"; });
  if (!superuser || found == extensions.end()) return std::nullopt;
  return fmt::format(
      "SELECT o.relation, m.fastlevel FROM pg_catalog.unnest($1::oid[]) o(relation), "
      "{}.bt_metap(o.relation::regclass::text) m",
      sql::quote_identifier(found->schema));
}

boost::asio::awaitable<model::Result<void>> measure(pg::Connection& connection, SnapshotDraft& draft,
                                                    bool superuser) {
  std::vector<model::Oid> relations = worth_measuring(draft);
  const std::size_t asked = relations.size();
  const auto sizes = co_await measure_relations(connection, kSizeSql, std::move(relations));
  if (!sizes) co_return sizes.error();
  take_sizes(*sizes, asked, draft.snapshot);
  const auto sql = height_sql(draft, superuser);
  if (!sql) co_return model::Result<void>();
  const auto heights = co_await measure_relations(connection, *sql, measured_btrees(draft, *sizes));
  if (!heights) co_return heights.error();
  for (auto& index : draft.snapshot.indexes) {
    const auto height = heights->find(index.oid);
    if (height != heights->end()) index.tree_height = static_cast<int>(height->second);
  }
  co_return model::Result<void>();
}

}  // namespace

boost::asio::awaitable<model::Result<model::DatabaseSnapshot>> collect_snapshot(
    pg::Connection& connection, model::DatabaseProperties database) {
  SnapshotDraft draft;
  draft.snapshot.database = std::move(database);
  std::string sql = "SELECT " + microseconds("pg_catalog.clock_timestamp()") +
                    ", pg_catalog.current_setting('is_superuser') = 'on'"
                    ", pg_catalog.has_table_privilege('pg_catalog.pg_statistic', 'SELECT')"
                    " AND pg_catalog.has_table_privilege('pg_catalog.pg_statistic_ext_data', 'SELECT')";
  const auto head = co_await connection.query(std::move(sql));
  if (!head) co_return head.error();
  draft.snapshot.taken_at = timestamp(*head, 0, 0);
  const auto identity = co_await collect_identity(connection);
  if (!identity) co_return identity.error();
  draft.snapshot.server = *identity;
  const auto formed = co_await connection.set(text_forms());
  if (!formed) co_return formed.error();
  const Access access{connection.server_version(), head->boolean(0, 2)};
  for (const SnapshotStep& step : snapshot_steps(access)) {
    const auto rows = co_await connection.query(step.sql);
    if (!rows) co_return rows.error();
    step.read(*rows, draft);
  }
  const auto measured = co_await measure(connection, draft, head->boolean(0, 1));
  if (!measured) co_return measured.error();
  const auto defined = co_await collect_definitions(connection, draft.snapshot);
  if (!defined) co_return defined.error();
  const auto read = co_await collect_ends(connection, draft.snapshot);
  if (!read) co_return read.error();
  co_return std::move(draft.snapshot);
}

boost::asio::awaitable<model::Result<std::string>> collect_fingerprint(pg::Connection& connection) {
  // xmin moves with every change of a catalog row; ANALYZE rewrites pg_class in place and is seen by its
  // counter.
  std::string sql = fmt::format(
      "WITH r AS MATERIALIZED (SELECT c.oid, c.xmin, c.relkind FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'm', 'f', 'i', "
      "'I') "
      "AND c.relpersistence <> 't' AND {}) SELECT pg_catalog.md5(pg_catalog.concat_ws(':', "
      "(SELECT pg_catalog.concat_ws(':', pg_catalog.count(*), pg_catalog.sum(oid::bigint), "
      "pg_catalog.sum(xmin::text::bigint)) FROM r), "
      "(SELECT pg_catalog.sum(pg_catalog.pg_stat_get_analyze_count(oid) + "
      "pg_catalog.pg_stat_get_autoanalyze_count(oid)) FROM r WHERE relkind IN ('r', 'm', 'p')), "
      "(SELECT pg_catalog.sum(i.xmin::text::bigint) FROM pg_catalog.pg_index i JOIN r ON r.oid = "
      "i.indexrelid), "
      "(SELECT pg_catalog.concat_ws(':', pg_catalog.count(*), pg_catalog.sum(a.xmin::text::bigint)) "
      "FROM pg_catalog.pg_attribute a JOIN r ON r.oid = a.attrelid WHERE a.attnum > 0), "
      "(SELECT pg_catalog.concat_ws(':', pg_catalog.count(*), pg_catalog.sum(k.xmin::text::bigint)) "
      "FROM pg_catalog.pg_constraint k WHERE k.conrelid <> 0), "
      "(SELECT pg_catalog.sum(e.xmin::text::bigint) FROM pg_catalog.pg_extension e), "
      "(SELECT pg_catalog.sum(s.xmin::text::bigint) FROM pg_catalog.pg_db_role_setting s), "
      // What the role may read; a GRANT on a table moves the row of pg_class.
      "(SELECT pg_catalog.concat_ws(':', pg_catalog.count(*), pg_catalog.sum(m.xmin::text::bigint)) "
      "FROM pg_catalog.pg_auth_members m), "
      "(SELECT pg_catalog.concat_ws(':', o.rolsuper, o.rolinherit, o.rolbypassrls) FROM pg_catalog.pg_roles "
      "o "
      "WHERE o.rolname = current_user), "
      "({}), pg_catalog.pg_conf_load_time()))",
      kUserNamespace, other_objects_step().sql);
  const auto rows = co_await connection.query(std::move(sql));
  if (!rows) co_return rows.error();
  co_return rows->string(0, 0);
}

}  // namespace pgadvisor::collectors
