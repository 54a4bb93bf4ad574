#include "advisor/recommendation/unhelped.hpp"

#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace pgadvisor::recommendation {
namespace {

using advisor::UnhelpedStatement;
using model::Result;
using sandbox::Clause;
using sandbox::ClauseKind;
using sandbox::Scan;

constexpr std::size_t kMostUnhelped = 20;
/// Of the workload's cost: what takes less is not worth a word.
constexpr double kMaterial = 0.01;
/// Of its own cost: what falls by less stays as it is.
constexpr double kNearly = 0.05;
/// Of a table's rows: who reads so many reads most pages anyway, in whatever order.
constexpr double kMostRows = 0.3;

/// A statement's scans of tables that are large enough for an index.
struct Reads {
  std::vector<const Scan*> large;
  std::set<model::ObjectName> inherited;   ///< parents of inheritance trees, which get no index
  std::set<model::ObjectName> foreign;     ///< partitioned ones with a foreign table, which get none either
  std::set<model::ObjectName> sequential;  ///< large ones that today's plans read whole
  std::set<std::string> indexes;           ///< that today's plans use
  bool any = false;
};

/// Whether the plan reads so many pages of the table, or of its partitions, by sequential scans.
bool is_read_whole(const workload::Part& part, const model::Table& table, const model::TableTrees& trees,
                   std::int64_t min_pages) {
  std::int64_t pages = 0;
  for (const auto* leaf : trees.leaves(table))
    pages += part.sequential.contains(leaf->name) ? leaf->pages : 0;
  return pages >= min_pages;
}

Reads reads_of(const workload::AnalysedStatement& statement, const model::TableTrees& trees,
               std::int64_t min_table_pages) {
  Reads reads;
  for (const auto& part : statement.parts) {
    reads.indexes.insert(part.indexes.begin(), part.indexes.end());
    for (const auto& scan : part.scans.scans) {
      reads.any = true;
      const auto* table = trees.find(scan.relation);
      if (table == nullptr) continue;
      if (table->has_children && table->kind != 'p') reads.inherited.insert(table->name);
      if (trees.has_foreign_leaf(*table)) reads.foreign.insert(table->name);
      if (trees.pages(*table) < min_table_pages) continue;
      reads.large.push_back(&scan);
      if (is_read_whole(part, *table, trees, min_table_pages)) reads.sequential.insert(table->name);
    }
  }
  return reads;
}

bool is_joined_or_sorted(const Scan& scan) {
  return !scan.joins.empty() || !scan.join_clauses.empty() || !scan.order.empty() || !scan.orders.empty() ||
         !scan.distances.empty();
}

bool is_unconditional(const Scan& scan) {
  return scan.clauses.empty() && !is_joined_or_sorted(scan);
}

bool is_unservable(const Clause& clause) {
  return clause.kind == ClauseKind::kOther && clause.supports.empty();
}

/// It has conditions, and none that an index could search.
bool is_unservable(const Scan& scan) {
  return !scan.clauses.empty() && !is_joined_or_sorted(scan) &&
         std::ranges::all_of(scan.clauses, [](const auto& clause) { return is_unservable(clause); });
}

/// All of it is read, each row for itself: a nested loop could not read less.
bool reads_most_rows(const Scan& scan) {
  return scan.tuples > 0 && scan.rows >= kMostRows * scan.tuples && scan.fraction == 0 && scan.limit < 0 &&
         scan.joins.empty() && scan.join_clauses.empty();
}

template <class Names>
std::string listed(const Names& names) {
  std::vector<std::string> quoted;
  for (const auto& name : names) quoted.push_back(sql::quote_name(name));
  return fmt::format("{}", fmt::join(quoted, ", "));
}

std::set<model::ObjectName> tables_of(const std::vector<const Scan*>& scans) {
  std::set<model::ObjectName> tables;
  for (const auto* scan : scans) tables.insert(scan->relation);
  return tables;
}

std::string most_rows_sentence(const std::vector<const Scan*>& scans) {
  std::set<std::string> shares;
  for (const auto* scan : scans) {
    shares.insert(fmt::format("{:.0f} % of {}", 100 * std::min(1.0, scan->rows / scan->tuples),
                              sql::quote_name(scan->relation)));
  }
  return fmt::format(
      "It needs most rows, by the planner's estimate {}: no index reads these faster than the table.",
      fmt::join(shares, ", "));
}

}  // namespace

std::optional<Reason> why_unhelped(const workload::AnalysedStatement& statement,
                                   const model::TableTrees& trees, std::int64_t min_table_pages) {
  const auto reads = reads_of(statement, trees, min_table_pages);
  const auto all_large = [&](auto holds) {
    return std::ranges::all_of(reads.large, [&](const auto* scan) { return holds(*scan); });
  };
  if (!reads.inherited.empty()) {
    return Reason{
        "inherited",
        fmt::format("It reads {}, from which other tables inherit: an index on it would leave those "
                    "out, and none is proposed.",
                    listed(reads.inherited))};
  }
  if (!reads.foreign.empty()) {
    return Reason{"foreign_partition",
                  fmt::format("It reads {}, of which a partition is a foreign table: PostgreSQL cannot index "
                              "that, and none is proposed.",
                              listed(reads.foreign))};
  }
  if (!reads.any) return Reason{"no_table", "It reads no table: there is nothing to index."};
  if (reads.large.empty()) {
    return Reason{"small_tables",
                  fmt::format("All tables it reads have fewer than {} pages: too small for an index "
                              "to pay.",
                              min_table_pages)};
  }
  if (reads.sequential.empty() && !reads.indexes.empty()) {
    return Reason{"served_already", "Existing indexes serve it already: it reads no large table whole."};
  }
  const auto tables = listed(tables_of(reads.large));
  if (all_large(is_unconditional)) {
    return Reason{"no_condition",
                  fmt::format("It asks for all of {}: no condition, join or order to index.", tables)};
  }
  if (all_large([](const Scan& scan) { return is_unservable(scan); })) {
    return Reason{"unservable_condition", fmt::format("No index can search its conditions on {}.", tables)};
  }
  if (all_large(reads_most_rows)) return Reason{"most_rows", most_rows_sentence(reads.large)};
  return std::nullopt;
}

Reason why_not_chosen(const selection::Problem& problem, const selection::Constraints& constraints,
                      const sandbox::Configuration& chosen, const selection::Plan& best) {
  if (best.refused) return {"slowdown", "it is expected to become slower with them"};
  auto together = chosen;
  together.insert(best.used.begin(), best.used.end());
  model::Bytes size;
  for (const auto id : together) size += problem.candidates.at(id).size;
  if (constraints.budget.value > 0 && size > constraints.budget) {
    return {"budget", "they do not fit in what the proposed ones leave of the storage budget"};
  }
  if (std::ssize(together) > constraints.max_count) {
    return {"max_indexes", "as many indexes as are allowed are proposed"};
  }
  return {"not_chosen", "they are not worth it for the whole workload"};
}

namespace {

std::optional<std::string> alternative_of(const Evidence& evidence, const sandbox::Configuration& used,
                                          std::span<const advisor::Alternative> alternatives) {
  for (const auto& alternative : alternatives) {
    for (const auto id : used) {
      if (evidence.candidates.at(id).definition == alternative.definition) return alternative.id;
    }
  }
  return std::nullopt;
}

Reason no_gain(double share) {
  if (share < 0.001) return {"no_gain", "No candidate lowers its cost."};
  return {"no_gain", fmt::format("All candidates together lower its cost by {:.1f} %.", 100 * share)};
}

/// `share`: what all candidates together would save of its cost, by the plan `best`.
UnhelpedStatement explain(const Evidence& evidence, const Choice& choice, const model::TableTrees& trees,
                          const workload::AnalysedStatement& statement, const sandbox::Configuration& chosen,
                          const selection::Plan& best, double share) {
  UnhelpedStatement result{statement.statement.id, statement.statement.query, 0, {}, {}, {}};
  Reason reason;
  if (share < kNearly) {
    reason = why_unhelped(statement, trees, choice.min_table_pages).value_or(no_gain(share));
  } else if (const auto id = alternative_of(evidence, best.used, choice.alternatives); id && !best.refused) {
    reason = {"not_chosen", "the alternatives say why they are not proposed"};
    result.alternative = *id;
  } else {
    reason = why_not_chosen(evidence.problem, choice.constraints, chosen, best);
  }
  result.message = share < kNearly ? std::move(reason.message)
                                   : fmt::format("Indexes could lower its cost by {:.1f} %: {}.", 100 * share,
                                                 reason.message);
  result.reason = std::move(reason.word);
  return result;
}

}  // namespace

Result<std::vector<UnhelpedStatement>> unhelped(const Evidence& evidence, const Choice& choice) {
  const auto& problem = evidence.problem;
  const auto chosen = evidence.selection.chosen();
  const double total = std::max(1e-9, evidence.selection.cost_before);
  const model::TableTrees trees(evidence.snapshot.tables);
  std::vector<UnhelpedStatement> result;
  for (std::size_t i = 0; i < problem.statements; ++i) {
    const auto before = problem.plan(i, {});
    if (!before) return before.error();
    if (before->cost < kMaterial * total) continue;
    const auto after = problem.plan(i, chosen);
    if (!after) return after.error();
    if (after->cost < (1 - kNearly) * before->cost) continue;
    const auto best = problem.plan(i, problem.touching(i));
    if (!best) return best.error();
    result.push_back(explain(evidence, choice, trees, evidence.whatif.statement(i), chosen, *best,
                             1 - best->cost / before->cost));
    result.back().share = before->cost / total;
  }
  std::ranges::stable_sort(result, std::ranges::greater{}, &UnhelpedStatement::share);
  if (result.size() > kMostUnhelped) result.resize(kMostUnhelped);
  return result;
}

}  // namespace pgadvisor::recommendation
