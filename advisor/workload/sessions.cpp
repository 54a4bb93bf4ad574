#include "advisor/workload/sessions.hpp"

#include "collectors/sql/names_in.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <string>

namespace pgadvisor::workload {
namespace {

/// From so many relations on the planner no longer looks at every set of them (geqo_threshold).
constexpr std::size_t kMostJoined = 12;

using Names = std::set<std::string>;

/// Sets of relations that the planner could join.
double effort(const Names& tables) {
  return std::exp2(static_cast<double>(std::min(tables.size(), kMostJoined)));
}

std::vector<Names> tables_of(std::span<const Statement> statements, const model::DatabaseSnapshot& snapshot) {
  Names known;
  for (const auto& table : snapshot.tables) known.insert(table.name.name);
  std::vector<Names> tables;
  for (const auto& statement : statements) {
    auto names = sql::names_in(statement.text);
    std::erase_if(names, [&](const auto& name) { return !known.contains(name); });
    tables.push_back(std::move(names));
  }
  return tables;
}

}  // namespace

Shares share_out(std::span<const Statement> statements, const model::DatabaseSnapshot& snapshot,
                 int sessions) {
  const auto tables = tables_of(statements, snapshot);
  std::vector<std::size_t> order(statements.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(
      order, {}, [&](auto statement) -> const auto& { return tables[statement]; });
  double all = 0;
  for (const auto& names : tables) all += effort(names);
  Shares shares(static_cast<std::size_t>(sessions));
  double before = 0;
  for (const auto statement : order) {
    const double own = effort(tables[statement]);
    const auto session = static_cast<std::size_t>((before + own / 2) / all * sessions);
    shares[std::min(session, shares.size() - 1)].push_back(statement);
    before += own;
  }
  return shares;
}

}  // namespace pgadvisor::workload
