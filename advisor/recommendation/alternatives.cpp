#include "advisor/recommendation/alternatives.hpp"

#include "advisor/recommendation/index_names.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace pgadvisor::recommendation {
namespace {

using advisor::Alternative;
using selection::LeftOut;
using selection::Obstacle;

/// The value within the quotes: deparsed, a number has none.
std::string_view bare(std::string_view literal) {
  const bool quoted = literal.size() >= 2 && literal.front() == '\'' && literal.back() == '\'';
  return quoted ? literal.substr(1, literal.size() - 2) : literal;
}

/// Rather too often than too seldom: what was sampled is secret, however the server writes it.
bool shows_sampled_value(const Evidence& evidence, const std::string& predicate) {
  if (predicate.empty()) return false;
  const auto shown = [&](const auto& value) {
    return predicate.find(bare(value.literal)) != std::string::npos;
  };
  for (std::size_t i = 0; i < evidence.whatif.size(); ++i) {
    for (const auto& parameter : evidence.whatif.statement(i).parameters) {
      if (parameter.sampled && std::ranges::any_of(parameter.values, shown)) return true;
    }
  }
  return false;
}

const char* word_of(Obstacle obstacle) {
  switch (obstacle) {
    case Obstacle::kBudget:
      return "budget";
    case Obstacle::kRestOfBudget:
      return "rest_of_budget";
    case Obstacle::kWrites:
      return "writes";
    case Obstacle::kServed:
      return "served";
    case Obstacle::kTooLittle:
      return "too_little";
    case Obstacle::kSlowdown:
      return "slowdown";
    case Obstacle::kMaxCount:
      return "max_indexes";
    case Obstacle::kGap:
      return "gap";
  }
  return "gap";
}

std::string sentence_of(Obstacle obstacle, const Alternative& alternative) {
  switch (obstacle) {
    case Obstacle::kBudget:
      return "It is larger than the whole storage budget.";
    case Obstacle::kRestOfBudget:
      return "It is larger than what the proposed indexes, which save more, leave of the storage budget.";
    case Obstacle::kWrites:
      return fmt::format(
          "Keeping it up to date would cost {:.2g} % of what the workload does; it saves {:.2g} %, {:.2g} % "
          "beside the proposed ones.",
          100 * alternative.writes_share, 100 * alternative.saves_alone, 100 * alternative.saves_beside);
    case Obstacle::kServed:
      return fmt::format("{}, which is proposed, serves the same statements.",
                         sql::quote_identifier(alternative.served_by));
    case Obstacle::kTooLittle:
      return "Beside the proposed indexes it saves too little.";
    case Obstacle::kSlowdown:
      return fmt::format("Statement {} is expected to become slower with it.", alternative.query_id);
    case Obstacle::kMaxCount:
      return "As many indexes as are allowed are proposed, and they save more.";
    case Obstacle::kGap:
      return "The search ended before a better set with it was found; the gap says what that can cost at "
             "most.";
  }
  return {};
}

Alternative describe(const Evidence& evidence, const LeftOut& entry,
                     std::span<const advisor::Recommendation> recommendations, IndexNames& names) {
  const auto& candidate = evidence.candidates.at(entry.candidate);
  const double before = std::max(1e-9, evidence.selection.cost_before);
  Alternative alternative{.id = recommendation_id(evidence.snapshot.database.name, candidate.definition),
                          .definition = candidate.definition,
                          .ddl = sql::create_index(candidate.definition, names.take(candidate.definition),
                                                   !candidate.is_partitioned()),
                          .size = candidate.bytes(),
                          .saves_alone = entry.alone / before,
                          .saves_beside = entry.beside / before,
                          .writes_share = evidence.writes.load(candidate).cost / before,
                          .reason = word_of(entry.obstacle),
                          .served_by = {},
                          .query_id = {},
                          .message = {}};
  if (entry.server) {
    const auto& steps = evidence.selection.steps;
    const auto step = std::ranges::find(steps, *entry.server, &selection::Step::candidate);
    alternative.served_by = recommendations[static_cast<std::size_t>(step - steps.begin())].index_name;
  }
  if (entry.slowed) alternative.query_id = evidence.whatif.statement(*entry.slowed).statement.id;
  alternative.message = sentence_of(entry.obstacle, alternative);
  return alternative;
}

}  // namespace

std::vector<Alternative> alternatives(const Evidence& evidence, std::span<const LeftOut> left_out,
                                      std::span<const advisor::Recommendation> recommendations) {
  IndexNames names(evidence.snapshot);
  for (const auto& entry : recommendations) (void)names.take(entry.definition);  // those they have
  std::vector<Alternative> result;
  for (const auto& entry : left_out) {
    if (shows_sampled_value(evidence, evidence.candidates.at(entry.candidate).definition.predicate)) continue;
    result.push_back(describe(evidence, entry, recommendations, names));
  }
  return result;
}

}  // namespace pgadvisor::recommendation
