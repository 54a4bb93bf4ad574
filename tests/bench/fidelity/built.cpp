#include "tests/bench/fidelity/built.hpp"

#include <fmt/format.h>

namespace pgadvisor::bench {

Built::Built(testing::Cluster& cluster, const Schema& schema)
    : session_(cluster, schema.name), schema_(schema) {
  session_.execute("CREATE EXTENSION IF NOT EXISTS pageinspect");
  for (const auto& index : schema.indexes) build(index);
}

/// An index on a partitioned table counts as one: its pages are all its partitions', its height the highest.
void Built::build(const IndexDdl& index) {
  session_.execute(index.sql);
  const auto rows = session_.query(R"(
SELECT sum(pg_relation_size(t.relid)) / 8192,
  max(CASE WHEN c.relkind = 'i' AND am.amname = 'btree' THEN (bt_metap(t.relid::regclass::text)).level END),
  string_agg(t.relid::oid::text, ','), min(am.amname), sum(c.reltuples) FILTER (WHERE c.relkind = 'i')
FROM (SELECT $1::regclass AS relid UNION SELECT relid FROM pg_partition_tree($1::regclass)) t
JOIN pg_class c ON c.oid = t.relid
JOIN pg_am am ON am.oid = c.relam)",
                                   {index.name});
  sizes_.push_back(Size{rows.real(0, 0), rows.real(0, 4), {}});
  if (!rows.is_null(0, 1)) sizes_.back()->height = static_cast<int>(rows.integer(0, 1));
  oids_.push_back(rows.string(0, 2));
  methods_.push_back(rows.string(0, 3));
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
