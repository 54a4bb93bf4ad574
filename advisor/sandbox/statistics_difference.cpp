#include "advisor/sandbox/statistics_difference.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace pgadvisor::sandbox {
namespace {

using Rows = std::map<model::ObjectName, std::vector<const model::ColumnStatistics*>>;

/// In an order that does not depend on where the catalog keeps them.
Rows by_relation(const model::DatabaseSnapshot& snapshot) {
  Rows rows;
  for (const auto& row : snapshot.column_statistics) rows[row.relation].push_back(&row);
  for (auto& [relation, list] : rows) {
    std::ranges::sort(list, {}, [](const auto* row) { return std::tie(row->column, row->inherited); });
  }
  return rows;
}

bool equal(const std::vector<const model::ColumnStatistics*>& a,
           const std::vector<const model::ColumnStatistics*>& b) {
  return std::ranges::equal(a, b, [](const auto* x, const auto* y) { return *x == *y; });
}

/// The tables themselves and their indexes, which have statistics of their own where they hold expressions.
std::set<model::ObjectName> with_indexes(const model::DatabaseSnapshot& snapshot,
                                         const std::vector<model::ObjectName>& changed) {
  std::set<model::ObjectName> names(changed.begin(), changed.end());
  std::set<model::Oid> tables;
  for (const auto& table : snapshot.tables) {
    if (names.contains(table.name)) tables.insert(table.oid);
  }
  for (const auto& index : snapshot.indexes) {
    if (tables.contains(index.table)) names.insert(index.name);
  }
  return names;
}

}  // namespace

StatisticsDifference statistics_difference(const model::DatabaseSnapshot& from,
                                           const model::DatabaseSnapshot& to,
                                           const std::vector<model::ObjectName>& changed) {
  const Rows before = by_relation(from), now = by_relation(to);
  std::set<model::ObjectName> again = with_indexes(to, changed);
  for (const auto& [relation, rows] : before) {
    if (!now.contains(relation)) again.insert(relation);
  }
  for (const auto& [relation, rows] : now) {
    const auto old = before.find(relation);
    if (old == before.end() || !equal(old->second, rows)) again.insert(relation);
  }
  StatisticsDifference difference;
  for (const auto& relation : again) {
    difference.relations.push_back(relation);
    if (const auto rows = now.find(relation); rows != now.end()) {
      for (const auto* row : rows->second) difference.columns.push_back(*row);
    }
  }
  std::ranges::copy_if(
      to.extended_statistics, std::back_inserter(difference.objects), [&](const auto& object) {
        return !changed.empty() ||
               std::ranges::find(from.extended_statistics, object) == from.extended_statistics.end();
      });
  return difference;
}

}  // namespace pgadvisor::sandbox
