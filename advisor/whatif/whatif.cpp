#include "advisor/whatif/whatif.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace pgadvisor::whatif {

using model::Cost;
using model::NextStep;
using model::Result;
using sandbox::Configuration;

WhatIf::WhatIf(sandbox::Database& sandbox, std::span<const workload::AnalysedStatement> statements,
               const CandidateSet& candidates)
    : sandbox_(sandbox), statements_(statements), candidates_(candidates) {
  for (const auto& statement : statements_) {
    auto& parts = parts_.emplace_back();
    for (std::size_t i = 0; i < statement.parts.size(); ++i) {
      const auto& part = statement.parts[i];
      if (part.variants.empty()) parts.push_back({i, &part, part.prepared, part.times, {}});
      for (const auto& variant : part.variants) {
        parts.push_back({i, &part, variant.prepared, part.times * variant.share, {}});
      }
    }
  }
}

bool WhatIf::touches(std::size_t statement, sandbox::CandidateId candidate) const {
  const auto& table = candidates_.at(candidate).definition.table;
  const auto& parts = statements_[statement].parts;
  return std::any_of(parts.begin(), parts.end(),
                     [&](const auto& part) { return part.tables.contains(table); });
}

Configuration WhatIf::relevant(const PartState& part, const Configuration& all) const {
  Configuration result;
  std::copy_if(all.begin(), all.end(), std::inserter(result, result.end()), [&](auto candidate) {
    return part.part->tables.contains(candidates_.at(candidate).definition.table);
  });
  return result;
}

const WhatIf::Answer* WhatIf::find(const PartState& part, const Configuration& configuration) {
  for (const auto& answer : part.answers) {
    if (std::includes(answer.visible.begin(), answer.visible.end(), configuration.begin(),
                      configuration.end()) &&
        std::includes(configuration.begin(), configuration.end(), answer.used.begin(), answer.used.end())) {
      return &answer;
    }
  }
  return nullptr;
}

Result<const WhatIf::Answer*> WhatIf::answer(PartState& part, const Configuration& configuration) {
  auto question = relevant(part, configuration);
  if (const auto* known = find(part, question)) return known;
  auto costs = sandbox_.costs(part.prepared, std::array{question});
  if (costs) {
    part.answers.push_back({std::move(question), std::move((*costs)[0].used), (*costs)[0].total});
  } else if (costs.error().next == NextStep::kReconnect || part.answers.empty()) {
    return costs.error();
  } else {
    part.answers.push_back({std::move(question), {}, part.answers.front().cost});
  }
  return &part.answers.back();
}

Result<Cost> WhatIf::cost(std::size_t statement, const Configuration& configuration) {
  Cost sum;
  for (auto& part : parts_[statement]) {
    const auto known = answer(part, configuration);
    if (!known) return known.error();
    sum += (*known)->cost * part.times;
  }
  return sum;
}

Result<Configuration> WhatIf::used(std::size_t statement, const Configuration& configuration) {
  Configuration all;
  for (auto& part : parts_[statement]) {
    const auto known = answer(part, configuration);
    if (!known) return known.error();
    all.insert((*known)->used.begin(), (*known)->used.end());
  }
  return all;
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
