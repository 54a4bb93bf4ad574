#include "tests/bench/fidelity/report.hpp"

#include <fmt/format.h>

namespace pgadvisor::bench {
namespace {

Distribution all_sizes(const Scores& scores) {
  Distribution all;
  all.add(scores.exact_sizes);
  all.add(scores.coarse_sizes);
  return all;
}

std::string sizes(const std::string& title, const Scores& ours, const Scores& scores) {
  std::string text = distribution_line(title, all_sizes(scores));
  for (const auto& [method, ignored] : ours.sizes) {
    const auto found = scores.sizes.find(method);
    text += distribution_line("  " + method, found == scores.sizes.end() ? Distribution{} : found->second);
  }
  return text;
}

std::string format_miss(const ExplainedMiss& explained) {
  const auto& [miss, subject, reason] = explained;
  const double ratio = miss.real == 0 ? 0 : miss.predicted / miss.real;
  return fmt::format("  {:<58}{:>14.2f}{:>14.2f}{:>9.3f}   {}\n", subject, miss.predicted, miss.real, ratio,
                     reason);
}

}  // namespace

std::string distributions(const Scores& ours, const Scores& hypopg) {
  std::string text = distribution_heading("index size, predicted / built");
  text += sizes("pgadvisor", ours, ours) + sizes("HypoPG", ours, hypopg);
  text += fmt::format("\ntree heights of B-trees: {} right, {} wrong\n\n", ours.heights_right,
                      ours.heights_wrong);
  text += distribution_heading("cost, predicted / production's");
  text += distribution_line("pgadvisor, no index", ours.base_costs);
  text += distribution_line("pgadvisor, one index that matters", ours.single_costs);
  text += distribution_line("HypoPG, one index that matters", hypopg.single_costs);
  text += distribution_line("pgadvisor, sets of indexes", ours.set_costs);
  text += distribution_line("HypoPG, sets of indexes", hypopg.set_costs);
  return text;
}

std::string table_of_misses(const std::vector<Measurement>& measurements) {
  std::string text;
  for (const auto& measurement : measurements) {
    if (!measurement.misses.empty()) text += measurement.schema + "\n";
    for (const auto& miss : measurement.misses) text += format_miss(miss);
  }
  if (text.empty()) return "no prediction misses its goal\n";
  return fmt::format("{:<60}{:>14}{:>14}{:>9}   {}\n", "outside its goal", "predicted", "real", "ratio",
                     "because") +
         text;
}

Verdict judge(const Scores& ours, const std::vector<Measurement>& measurements) {
  Verdict verdict;
  const auto goal = [&](const std::string& title, bool met, const std::string& figure) {
    verdict.text += fmt::format("  {:<8}{:<56}{:>12}\n", met ? "met" : "MISSED", title, figure);
    verdict.met = verdict.met && met;
  };
  const auto within = [&](const std::string& title, const Distribution& distribution, double share,
                          double limit) {
    if (distribution.count() == 0) return;
    const double error = distribution.error(share);
    goal(fmt::format("{} within {:g} %", title, 100 * limit), error <= limit,
         fmt::format("{:.2f} %", 100 * error));
  };
  std::size_t unanswered = 0;
  for (const auto& measurement : measurements) unanswered += measurement.unanswered;
  within("size: median", all_sizes(ours), 0.5, 0.03);
  within("size but of GIN, GiST, SP-GiST: 95 of 100", ours.exact_sizes, 0.95, kSizeGoal);
  within("size of GIN, GiST, SP-GiST: 95 of 100", ours.coarse_sizes, 0.95, kCoarseSizeGoal);
  goal("tree height: all right", ours.heights_wrong == 0, fmt::format("{} wrong", ours.heights_wrong));
  for (const auto& [title, costs] : {std::pair{"one index", &ours.single_costs}, {"sets", &ours.set_costs}}) {
    within(fmt::format("cost, {}: median", title), *costs, 0.5, kBaseGoal);
    within(fmt::format("cost, {}: 95 of 100", title), *costs, 0.95, kCostGoal);
  }
  within("cost without indexes: all", ours.base_costs, 1, kBaseGoal);
  goal("every statement and index answered", unanswered == 0, fmt::format("{} not", unanswered));
  return verdict;
}

}  // namespace pgadvisor::bench
