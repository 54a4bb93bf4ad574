#include "tests/bench/fidelity/built.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgadvisor::bench {

Built::Built(testing::Cluster& cluster, const Schema& schema)
    : session_(cluster.dsn(schema.name)), schema_(schema) {
  session_.execute("CREATE EXTENSION IF NOT EXISTS pageinspect");
  for (const auto& index : schema.indexes) build(index);
}

std::vector<BuiltPart> Built::measure_parts(const std::string& oids) {
  const auto rows = session_.query(fmt::format(R"(
SELECT n.nspname, t.relname, pg_relation_size(c.oid) / 8192, c.reltuples,
  CASE am.amname WHEN 'btree' THEN (bt_metap(c.oid::regclass::text)).level ELSE -1 END,
  gin.n_entry_pages, gin.n_data_pages, gin.n_entries
FROM pg_class c
JOIN pg_index i ON i.indexrelid = c.oid
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
JOIN pg_am am ON am.oid = c.relam
LEFT JOIN LATERAL gin_metapage_info(CASE am.amname WHEN 'gin' THEN get_raw_page(c.oid::regclass::text, 0) END) gin
  ON true
WHERE c.relkind = 'i' AND c.oid IN ({}))",
                                               oids));
  std::vector<BuiltPart> parts;
  for (int row = 0; row < rows.size(); ++row) {
    sandbox::IndexSize size{rows.integer(row, 2), rows.real(row, 3), static_cast<int>(rows.integer(row, 4))};
    if (!rows.is_null(row, 5)) size.gin = {rows.real(row, 5), rows.real(row, 6), rows.real(row, 7)};
    parts.push_back({{rows.string(row, 0), rows.string(row, 1)}, size});
  }
  return parts;
}

/// An index on a partitioned table counts as one: its pages are all its partitions', its height the highest.
void Built::build(const IndexDdl& index) {
  session_.execute(index.sql);
  const auto rows = session_.query(R"(
SELECT string_agg(t.relid::oid::text, ','), min(am.amname)
FROM (SELECT $1::regclass AS relid UNION SELECT relid FROM pg_partition_tree($1::regclass)) t
JOIN pg_class c ON c.oid = t.relid
JOIN pg_am am ON am.oid = c.relam)",
                                   {index.name});
  oids_.push_back(rows.string(0, 0));
  methods_.push_back(rows.string(0, 1));
  parts_.push_back(measure_parts(oids_.back()));
  Size total;
  for (const auto& [table, size] : parts_.back()) {
    total.pages += static_cast<double>(size.pages);
    total.tuples += size.tuples;
    if (size.tree_height >= 0) total.height = std::max(total.height.value_or(0), size.tree_height);
  }
  sizes_.push_back(total);
  session_.execute(
      fmt::format("UPDATE pg_index SET indisvalid = false WHERE indexrelid IN ({})", oids_.back()));
}

void Built::show(const IndexSet& set) {
  std::string shown = "0";
  for (const auto index : set) shown += ',' + oids_.at(index);
  std::string all = "0";
  for (const auto& oids : oids_) all += ',' + oids;
  session_.execute(
      fmt::format("UPDATE pg_index SET indisvalid = indexrelid IN ({0})"
                  " WHERE indexrelid IN ({1}) AND indisvalid <> (indexrelid IN ({0}))",
                  shown, all));
}

std::optional<std::string> Built::plan(std::size_t statement) {
  return session_.plan(schema_.statements.at(statement));
}

std::optional<double> Built::rows(const std::string& relation, const std::string& condition) {
  const auto plan = session_.plan(fmt::format("SELECT FROM {} WHERE {}", relation, condition));
  return plan ? std::optional(rows_of(*plan)) : std::nullopt;
}

std::optional<double> Built::rows_without_indexes(const std::string& relation, const std::string& condition) {
  session_.execute("BEGIN; UPDATE pg_index SET indisvalid = false WHERE indexrelid >= 16384");
  const auto estimated = rows(relation, condition);
  session_.execute("ROLLBACK");
  return estimated;
}

std::optional<double> Built::cost(std::size_t statement) {
  const auto text = plan(statement);
  return text ? std::optional(total_cost(*text)) : std::nullopt;
}

}  // namespace pgadvisor::bench
