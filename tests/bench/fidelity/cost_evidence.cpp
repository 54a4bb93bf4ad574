#include "tests/bench/fidelity/cost_evidence.hpp"

#include "tests/bench/fidelity/plan_difference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace pgadvisor::bench {
namespace {

bool equal_as_printed(double a, double b) {
  return std::abs(a - b) <= 0.001 * std::max(std::abs(a), std::abs(b)) + 0.005;
}

std::string describe(const sandbox::IndexSize& predicted, const Size& real) {
  std::string text = fmt::format("{} pages, built {:.0f}", predicted.pages, real.pages);
  if (real.height && predicted.tree_height != *real.height)
    text += fmt::format(", height {}, built {}", predicted.tree_height, *real.height);
  // GIN and BRIN count entries, not rows.
  if (real.height && !equal_as_printed(predicted.tuples, real.tuples))
    text += fmt::format(", rows {:.0f}, built {:.0f}", predicted.tuples, real.tuples);
  return text;
}

}  // namespace

void CostEvidence::believe_true_sizes(const IndexSet& set) {
  for (const auto index : set) {
    if (twin_.predicted(index)) twin_.believe(index, built_.parts(index));
  }
}

void CostEvidence::believe_predicted_sizes(const IndexSet& set) {
  for (const auto index : set) {
    if (twin_.predicted(index)) twin_.believe_prediction(index);
  }
}

/// Those whose size changes the cost when it is the only one put right, or the only one left wrong.
std::string CostEvidence::wrong_sizes(const IndexSet& set, std::size_t statement) {
  std::set<std::size_t> guilty;
  const auto predicted = twin_.cost(statement);
  for (const auto index : set) {
    believe_true_sizes({index});
    if (twin_.cost(statement) != predicted) guilty.insert(index);
    believe_predicted_sizes({index});
  }
  believe_true_sizes(set);
  const auto corrected = twin_.cost(statement);
  for (const auto index : set) {
    believe_predicted_sizes({index});
    if (twin_.cost(statement) != corrected) guilty.insert(index);
    believe_true_sizes({index});
  }
  believe_predicted_sizes(set);
  std::string text;
  for (const auto index : guilty) {
    text += fmt::format("{}{}: {}", text.empty() ? "size of " : "; ", schema_.indexes[index].name,
                        describe(*twin_.predicted(index), *built_.sizes()[index]));
  }
  return text.empty() ? "sizes that matter together only" : text;
}

std::string CostEvidence::difference(const std::string& plan, const IndexSet& set, std::size_t statement) {
  built_.show(set);
  const auto found = plan_difference(plan, *built_.plan(statement));
  if (!found.scan) return found.text;
  const auto& [relation, condition, sandbox_rows] = *found.scan;
  const auto rows = built_.rows(relation, condition);
  const auto bare = built_.rows_without_indexes(relation, condition);
  if (!rows || !bare) return found.text;
  if (!equal_as_printed(*rows, *bare))
    return fmt::format("{}; production reads the index's real end: {:.0f} rows, without index {:.0f}",
                       found.text, *rows, *bare);
  if (sandbox_rows && !equal_as_printed(*sandbox_rows, *bare))
    return fmt::format("{}; other statistics: production expects {:.0f} rows, also without index", found.text,
                       *bare);
  return found.text + "; rows and sizes are alike";
}

std::string CostEvidence::why(const IndexSet& set, std::size_t statement, double real) {
  twin_.show(set);
  believe_true_sizes(set);
  const auto corrected = twin_.cost(statement);
  const auto plan = corrected ? twin_.plan(statement) : std::string();
  believe_predicted_sizes(set);
  if (!corrected) return "the sandbox could not plan it";
  if (!set.empty() && equal_as_printed(*corrected, real)) return wrong_sizes(set, statement);
  return difference(plan, set, statement);
}

}  // namespace pgadvisor::bench
