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

/// An index that is to go, as statements meet it.
struct Drop {
  const Subject* subject;
  std::set<model::ObjectName> tables;  ///< its own and those above it: statements name the root of partitions
  std::set<std::string> names;         ///< of its parts in plans
};

Drop make_drop(const Subject& subject, const Catalog& catalog) {
  Drop drop{&subject, {}, {}};
  for (const auto* table = subject.table; table != nullptr; table = catalog.table(table->parent))
    if (!drop.tables.insert(table->name).second) break;
  for (const auto* leaf : catalog.leaves(*subject.table)) drop.tables.insert(leaf->name);
  for (const auto* part : subject.parts) drop.names.insert(name_in_plan(*part));
  return drop;
}

bool reads(const workload::AnalysedStatement& statement, const Drop& drop) {
  return std::ranges::any_of(statement.parts, [&](const workload::Part& part) {
    return std::ranges::any_of(part.tables, [&](const auto& table) { return drop.tables.contains(table); });
  });
}

bool uses(const Planned& planned, const Drop& drop) {
  return std::ranges::any_of(drop.names, [&](const auto& name) { return planned.used.contains(name); });
}

class Rehearsing {
 public:
  Rehearsing(std::span<const Subject* const> drops, const Catalog& catalog, sandbox::Database& sandbox)
      : sandbox_(sandbox) {
    for (const auto* subject : drops) {
      drops_.push_back(make_drop(*subject, catalog));
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

  Result<ByPosition> plan_all(std::span<const workload::AnalysedStatement> statements,
                              const std::stop_token& stop) {
    ByPosition plans;
    for (std::size_t i = 0; i < statements.size(); ++i) {
      if (stop.stop_requested()) return model::give_up("stopped");
      const bool concerned =
          std::ranges::any_of(drops_, [&](const Drop& drop) { return reads(statements[i], drop); });
      if (!concerned) continue;
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
    for (const auto& drop : drops_) {
      if (!reads(statement, drop)) continue;
      auto& rehearsal = result_[drop.subject->index->oid];
      ++rehearsal.planned;
      if (!worse || !uses(before, drop)) continue;
      rehearsal.statements.push_back({statement.statement.id, statement.statement.query,
                                      statement.statement.calls, before.cost, after.cost});
    }
  }

  sandbox::Database& sandbox_;
  std::vector<Drop> drops_;
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
