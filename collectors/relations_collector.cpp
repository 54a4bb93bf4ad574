#include "collectors/relations_collector.hpp"

#include "collectors/row_reading.hpp"

#include <unordered_map>
#include <utility>

namespace pgadvisor::collectors {

namespace {

std::string tables_sql() {
  return std::string(
             "SELECT c.oid, n.nspname, c.relname, pg_catalog.pg_stat_get_numscans(c.oid), "
             "pg_catalog.pg_stat_get_tuples_returned(c.oid), pg_catalog.pg_stat_get_tuples_fetched(c.oid), "
             "pg_catalog.pg_stat_get_tuples_inserted(c.oid), pg_catalog.pg_stat_get_tuples_updated(c.oid), "
             "pg_catalog.pg_stat_get_tuples_deleted(c.oid), "
             "pg_catalog.pg_stat_get_tuples_hot_updated(c.oid), "
             "c.relpages, c.reltuples "
             "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
             "WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND ") +
         kUserNamespace;
}

std::string indexes_sql() {
  return std::string(
             "SELECT c.oid, n.nspname, c.relname, i.indrelid, pg_catalog.pg_stat_get_numscans(c.oid), "
             "pg_catalog.pg_stat_get_tuples_returned(c.oid), pg_catalog.pg_stat_get_tuples_fetched(c.oid) "
             "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
             "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
             "WHERE c.relkind = 'i' AND c.relpersistence <> 't' AND ") +
         kUserNamespace;
}

std::vector<model::TableSample> read_tables(const pg::Rows& rows) {
  std::vector<model::TableSample> tables;
  for (int row = 0; row < rows.size(); ++row) {
    model::TableCounters counters;
    counters.seq_scan = rows.integer(row, 3);
    counters.seq_tup_read = rows.integer(row, 4);
    counters.idx_tup_fetch = rows.integer(row, 5);  // bitmap scans; read_indexes() adds the plain ones
    counters.inserted = rows.integer(row, 6);
    counters.updated = rows.integer(row, 7);
    counters.deleted = rows.integer(row, 8);
    counters.hot_updated = rows.integer(row, 9);
    tables.push_back(
        {object_name(rows, row, 1), oid(rows, row, 0), counters, rows.integer(row, 10), rows.real(row, 11)});
  }
  return tables;
}

/// Also sums up each table's idx_scan and idx_tup_fetch, as pg_stat_all_tables does.
void read_indexes(const pg::Rows& rows, model::RelationPoll& poll) {
  std::unordered_map<model::Oid, model::TableSample*> tables;
  for (auto& table : poll.tables) tables.emplace(table.oid, &table);
  for (int row = 0; row < rows.size(); ++row) {
    const auto table = tables.find(oid(rows, row, 3));
    if (table == tables.end()) continue;  // created between the two queries
    const model::IndexCounters counters{rows.integer(row, 4), rows.integer(row, 5), rows.integer(row, 6)};
    table->second->counters.idx_scan += counters.scans;
    table->second->counters.idx_tup_fetch += counters.tuples_fetched;
    poll.indexes.push_back({object_name(rows, row, 1), table->second->table, oid(rows, row, 0), counters});
  }
}

}  // namespace

boost::asio::awaitable<model::Result<model::RelationPoll>> collect_relations(pg::Connection& connection) {
  std::string sql =
      "SELECT " + microseconds("pg_catalog.clock_timestamp()") + ", " +
      microseconds("pg_catalog.pg_stat_get_db_stat_reset_time(oid)") + ", " +
      microseconds("pg_catalog.pg_postmaster_start_time()") + ", " +
      (connection.server_version() >= 140000 ? "pg_catalog.pg_stat_get_db_active_time(oid)" : "NULL") + ", " +
      microseconds("pg_catalog.pg_stat_get_bgwriter_stat_reset_time()") +
      " FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()";
  const auto head = co_await connection.query(std::move(sql));
  if (!head) co_return head.error();
  const auto tables = co_await connection.query(tables_sql());
  if (!tables) co_return tables.error();
  const auto indexes = co_await connection.query(indexes_sql());
  if (!indexes) co_return indexes.error();
  model::RelationPoll poll;
  if (head->size() > 0) {
    poll.taken_at = timestamp(*head, 0, 0);
    poll.stats_reset = optional_timestamp(*head, 0, 1);
    poll.postmaster_start = timestamp(*head, 0, 2);
    poll.counters_since = optional_timestamp(*head, 0, 4);
    if (!head->is_null(0, 3)) poll.active_time = model::Milliseconds(head->real(0, 3));
  }
  poll.tables = read_tables(*tables);
  read_indexes(*indexes, poll);
  co_return poll;
}

}  // namespace pgadvisor::collectors
