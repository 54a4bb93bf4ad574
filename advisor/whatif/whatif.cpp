#include "advisor/whatif/whatif.hpp"

#include "advisor/whatif/relevance.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>

namespace pgadvisor::whatif {

using model::Cost;
using model::NextStep;
using model::Result;
using sandbox::Configuration;

WhatIf::WhatIf(sandbox::Database& sandbox, std::span<const workload::AnalysedStatement> statements,
               const CandidateSet& candidates)
    : sandbox_(sandbox), statements_(statements) {
  ByTable by_table;
  for (const auto& entry : candidates) {
    by_table[entry.second.definition.table].push_back(&entry);
    if (!entry.second.relatives) continue;
    for (const auto& relative : *entry.second.relatives) by_table[relative].push_back(&entry);
  }
  for (const auto& statement : statements_) {
    auto& parts = parts_.emplace_back();
    for (std::size_t i = 0; i < statement.parts.size(); ++i) {
      const auto& part = statement.parts[i];
      const auto could = relevance(part, by_table);
      if (part.variants.empty()) parts.push_back({i, &part, part.prepared, part.times, could, {}});
      for (const auto& variant : part.variants) {
        parts.push_back({i, &part, variant.prepared, part.times * variant.share, could, {}});
      }
    }
  }
  std::vector<std::size_t> order(statements_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(
      order, {}, [&](auto statement) -> const auto& { return statements_[statement].parts.front().tables; });
  ranks_.resize(order.size());
  for (std::size_t rank = 0; rank < order.size(); ++rank) ranks_[order[rank]] = rank;
}

WhatIf::Relevances WhatIf::relevance(const workload::Part& part, const ByTable& candidates) {
  const auto& scans = part.scans.scans;
  std::set<model::ObjectName> tables;
  for (const auto& scan : scans) tables.insert(scan.relation);
  Relevances result;
  std::map<model::IndexDefinition, int> likes;
  for (const auto& table : tables) {
    const auto on_table = candidates.find(table);
    if (on_table == candidates.end()) continue;
    for (const auto* candidate : on_table->second) {
      const auto& index = candidate->second.definition;
      if (result.contains(candidate->first)) continue;  // with another table of its tree
      if (std::ranges::none_of(scans, [&](const auto& scan) { return could_serve(candidate->second, scan); }))
        continue;
      auto alike = index;
      alike.include.clear();
      Relevance entry{
          likes.try_emplace(alike, std::ssize(likes)).first->second, {}, candidate->second.size.pages};
      for (const auto& scan : scans) {
        entry.covered.push_back(covers(candidate->second, scan));
      }
      result.emplace(candidate->first, std::move(entry));
    }
  }
  result.shrink_to_fit();
  return result;
}

Configuration WhatIf::relevant(const PartState& part, const Configuration& all) {
  Configuration result;
  for (const auto id : all) {
    if (part.relevant.contains(id)) result.insert(result.end(), id);
  }
  return result;
}

/// Without candidates that another one, no larger and with the same keys, replaces in every respect: the
/// planner would not take them, and each takes time to look at.
Configuration WhatIf::shown(const PartState& part, const Configuration& question) {
  std::map<int, std::vector<sandbox::CandidateId>> alike;
  for (const auto id : question) alike[part.relevant.at(id).likes].push_back(id);
  Configuration result;
  for (auto& [likes, list] : alike) {
    const auto pages = [&](auto id) { return part.relevant.at(id).pages; };
    std::ranges::stable_sort(list, {}, pages);
    for (auto id = list.begin(); id != list.end(); ++id) {
      const auto& covered = part.relevant.at(*id).covered;
      const bool replaced = std::any_of(list.begin(), id, [&](auto smaller) {
        const auto& its = part.relevant.at(smaller).covered;
        return std::ranges::equal(covered, its, [](bool mine, bool theirs) { return !mine || theirs; });
      });
      if (!replaced) result.insert(*id);
    }
  }
  return result;
}

Configuration WhatIf::touching(std::size_t statement) const {
  Configuration result;
  for (const auto& part : parts_[statement]) {
    for (const auto& [id, relevance] : part.relevant) result.insert(id);
  }
  return result;
}

const Execution* WhatIf::find(const PartState& part, const Configuration& configuration) {
  for (const auto& answer : part.answers) {
    if (std::includes(answer.visible.begin(), answer.visible.end(), configuration.begin(),
                      configuration.end()) &&
        std::ranges::includes(configuration, answer.execution.used)) {
      return &answer.execution;
    }
  }
  return nullptr;
}

Result<const Execution*> WhatIf::answer(PartState& part, const Configuration& configuration) {
  auto question = relevant(part, configuration);
  if (const auto* known = find(part, question)) return known;
  auto costs = sandbox_.costs(part.prepared, std::array{shown(part, question)});
  if (costs) {
    auto& plan = costs->front();
    part.answers.push_back({std::move(question), {plan.total, plan.expected, std::move(plan.used)}});
  } else if (costs.error().next == NextStep::kReconnect || part.answers.empty()) {
    return costs.error();
  } else {
    const auto base = part.answers.front().execution.cost;
    part.answers.push_back({std::move(question), {base, base, {}}});
  }
  return &part.answers.back().execution;
}

Result<void> WhatIf::for_each(std::span<const std::size_t> statements,
                              const std::function<Result<void>(std::size_t)>& work) {
  std::vector<std::size_t> ordered(statements.begin(), statements.end());
  std::ranges::sort(ordered, {}, [&](auto statement) { return ranks_[statement]; });
  return sandbox_.side_by_side([&](int session) -> Result<void> {
    for (const auto statement : ordered) {
      if (sandbox::session_of(parts_[statement].front().prepared) != session) continue;
      if (auto done = work(statement); !done) return done;
    }
    return {};
  });
}

Result<Execution> WhatIf::execution(std::size_t statement, const Configuration& configuration) {
  Execution sum;
  for (auto& part : parts_[statement]) {
    const auto known = answer(part, configuration);
    if (!known) return known.error();
    sum.cost += (*known)->cost * part.times;
    sum.expected += (*known)->expected * part.times;
    sum.used.insert((*known)->used.begin(), (*known)->used.end());
  }
  return sum;
}

Result<std::size_t> WhatIf::most_changed_part(std::size_t statement, const Configuration& configuration) {
  std::vector<double> falls(statements_[statement].parts.size());
  for (auto& part : parts_[statement]) {
    const auto before = answer(part, {});
    if (!before) return before.error();
    const auto cost_before = (*before)->cost;
    const auto after = answer(part, configuration);
    if (!after) return after.error();
    falls[part.index] += (cost_before - (*after)->cost).value * part.times;
  }
  return static_cast<std::size_t>(std::max_element(falls.begin(), falls.end()) - falls.begin());
}

Result<bool> WhatIf::depends_on_values(std::size_t statement, const Configuration& configuration) {
  std::map<std::size_t, Configuration> used;  // by part
  for (auto& part : parts_[statement]) {
    const auto known = answer(part, configuration);
    if (!known) return known.error();
    const auto [first, fresh] = used.try_emplace(part.index, (*known)->used);
    if (!fresh && first->second != (*known)->used) return true;
  }
  return false;
}

}  // namespace pgadvisor::whatif
