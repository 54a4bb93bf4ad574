#include "advisor/index_health/rehearsal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>

namespace pgadvisor::index_health {

namespace {

using advisor::Rehearsal;
using model::NextStep;
using model::Result;

/// The cost of one execution, and the names of the indexes that its plans use.
struct Planned {
  model::Cost cost;
  std::set<std::string> used;
};

/// Nothing when the planner fails on it.
Result<std::optional<Planned>> plan(const workload::AnalysedStatement& statement,
                                    sandbox::Database& sandbox) {
  Planned sum;
  const auto add = [&](sandbox::StatementId prepared, double times) -> Result<bool> {
    const auto costs = sandbox.costs(prepared, std::array{sandbox::Configuration{}});
    if (!costs && costs.error().next == NextStep::kReconnect) return costs.error();
    if (!costs) return false;
    sum.cost += costs->front().total * times;
    sum.used.insert(costs->front().existing.begin(), costs->front().existing.end());
    return true;
  };
  for (const auto& part : statement.parts) {
    std::vector<std::pair<sandbox::StatementId, double>> plans;
    for (const auto& variant : part.variants)
      plans.emplace_back(variant.prepared, part.times * variant.share);
    if (plans.empty()) plans.emplace_back(part.prepared, part.times);
    for (const auto& [prepared, times] : plans) {
      const auto planned = add(prepared, times);
      if (!planned) return planned.error();
      if (!*planned) return std::optional<Planned>();
    }
  }
  return std::optional(std::move(sum));
}

/// As the planner's answers name them.
std::string name_in_plan(const model::Index& index) {
  return fmt::format("{}.{}", index.name.schema, index.name.name);
}

/// An index that is to go, as plans name its parts.
struct Drop {
  const Subject* subject;
  std::set<std::string> names;
};

Drop make_drop(const Subject& subject) {
  Drop drop{&subject, {}};
  for (const auto* part : subject.parts) drop.names.insert(name_in_plan(*part));
  return drop;
}

/// The tables by which statements meet its index: its own, those above it, as whose part they read it, and
/// those below it.
std::set<model::ObjectName> tables_of(const Subject& subject, const Catalog& catalog) {
  std::set<model::ObjectName> tables;
  for (const auto* table = subject.table; table != nullptr; table = catalog.table(table->parent))
    if (!tables.insert(table->name).second) break;
  for (const auto* leaf : catalog.leaves(*subject.table)) tables.insert(leaf->name);
  return tables;
}

bool uses(const Planned& planned, const Drop& drop) {
  return std::ranges::any_of(drop.names, [&](const auto& name) { return planned.used.contains(name); });
}

class Rehearsing {
 public:
  Rehearsing(std::span<const Subject* const> drops, const Catalog& catalog, sandbox::Database& sandbox)
      : sandbox_(sandbox) {
    for (const auto* subject : drops) {
      for (const auto& table : tables_of(*subject, catalog)) by_table_[table].push_back(drops_.size());
      drops_.push_back(make_drop(*subject));
      result_[subject->index->oid];
    }
  }

  Result<std::map<model::Oid, Rehearsal>> run(std::span<const workload::AnalysedStatement> statements,
                                              const std::stop_token& stop) {
    const auto before = plan_all(statements, stop);
    if (!before) return before.error();
    if (auto hidden = hide(); !hidden) return hidden.error();
    const auto after = plan_all(statements, stop);
    if (auto shown = sandbox_.hide({}); !shown) return shown.error();
    if (!after) return after.error();
    for (const auto& [position, planned] : *before) {
      const auto again = after->find(position);
      if (again != after->end()) compare(statements[position], planned, again->second);
    }
    for (auto& [index, rehearsal] : result_) {
      std::ranges::stable_sort(rehearsal.statements, std::greater{},
                               [](const advisor::WorseStatement& worse) {
                                 return worse.weight * (worse.cost_after - worse.cost_before).value;
                               });
    }
    return std::move(result_);
  }

 private:
  using ByPosition = std::map<std::size_t, Planned>;

  /// Those on tables that the statement reads.
  [[nodiscard]] std::set<std::size_t> concerned(const workload::AnalysedStatement& statement) const {
    std::set<std::size_t> drops;
    for (const auto& part : statement.parts) {
      for (const auto& table : part.tables) {
        const auto found = by_table_.find(table);
        if (found != by_table_.end()) drops.insert(found->second.begin(), found->second.end());
      }
    }
    return drops;
  }

  Result<ByPosition> plan_all(std::span<const workload::AnalysedStatement> statements,
                              const std::stop_token& stop) {
    ByPosition plans;
    for (std::size_t i = 0; i < statements.size(); ++i) {
      if (stop.stop_requested()) return model::give_up("stopped");
      if (concerned(statements[i]).empty()) continue;
      auto planned = plan(statements[i], sandbox_);
      if (!planned) return planned.error();
      if (*planned) plans.emplace(i, std::move(**planned));
    }
    return plans;
  }

  Result<void> hide() {
    std::vector<sandbox::CandidateId> ids;
    for (const auto& drop : drops_) {
      const auto id = sandbox_.find_index(drop.subject->index->name);
      if (!id) return id.error();
      if (*id) ids.push_back(**id);
    }
    return sandbox_.hide(ids);
  }

  void compare(const workload::AnalysedStatement& statement, const Planned& before, const Planned& after) {
    const bool worse = after.cost.value > before.cost.value * (1 + kLeastRise);
    for (const auto position : concerned(statement)) {
      const auto& drop = drops_[position];
      auto& rehearsal = result_[drop.subject->index->oid];
      ++rehearsal.planned;
      if (!worse || !uses(before, drop)) continue;
      rehearsal.statements.push_back({statement.statement.id, statement.statement.query,
                                      statement.statement.calls, before.cost, after.cost});
    }
  }

  sandbox::Database& sandbox_;
  std::vector<Drop> drops_;
  std::map<model::ObjectName, std::vector<std::size_t>> by_table_;  ///< positions in drops_
  std::map<model::Oid, Rehearsal> result_;
};

}  // namespace

Result<std::map<model::Oid, Rehearsal>> rehearse(std::span<const Subject* const> drops,
                                                 const Catalog& catalog,
                                                 std::span<const workload::AnalysedStatement> statements,
                                                 sandbox::Database& sandbox, std::stop_token stop) {
  return Rehearsing(drops, catalog, sandbox).run(statements, stop);
}

}  // namespace pgadvisor::index_health
