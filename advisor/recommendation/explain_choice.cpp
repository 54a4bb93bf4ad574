#include "advisor/recommendation/explain_choice.hpp"

#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace pgadvisor::recommendation {
namespace {

using sandbox::ClauseKind;
using sandbox::Scan;
using sandbox::Term;
using Served = std::span<const workload::AnalysedStatement* const>;

Term term_of(const model::IndexKey& key) {
  return {key.column, key.expression};
}

/// Calls `visit(part, scan)` for every scan of the candidate's table in the statements served.
template <class Visit>
void for_each_scan(const model::IndexDefinition& definition, Served served, Visit visit) {
  for (const auto* statement : served) {
    for (const auto& part : statement->parts) {
      for (const auto& scan : part.scans.scans) {
        if (scan.relation == definition.table) visit(part, scan);
      }
    }
  }
}

const char* role_of(ClauseKind kind) {
  switch (kind) {
    case ClauseKind::kEquality:
      return "equality";
    case ClauseKind::kInList:
      return "IN list";
    case ClauseKind::kRange:
      return "range";
    case ClauseKind::kNullTest:
      return "IS NULL test";
    case ClauseKind::kBoolean:
      return "boolean test";
    case ClauseKind::kOperator:
      return "operator";
    case ClauseKind::kOr:
    case ClauseKind::kOther:
      return "filter";
  }
  return "filter";
}

std::set<std::string> roles(const Term& term, const model::IndexDefinition& definition, Served served) {
  std::set<std::string> result;
  for_each_scan(definition, served, [&](const auto&, const Scan& scan) {
    for (const auto& clause : scan.clauses) {
      if (clause.key == term) result.insert(role_of(clause.kind));
    }
    for (const auto& join : scan.joins) {
      if (join.key == term) result.insert(join.also_constant ? "equality" : "join");
    }
    for (const auto& sort : scan.order) {
      if (sort.key == term) result.insert("sort");
    }
  });
  return result;
}

std::set<std::string> foreign_keys(const model::IndexDefinition& definition, Served served) {
  std::set<std::string> names;
  for_each_scan(definition, served, [&](const workload::Part& part, const Scan& scan) {
    const bool probes = std::any_of(scan.clauses.begin(), scan.clauses.end(), [&](const auto& clause) {
      return clause.key == term_of(definition.keys.front());
    });
    if (!part.foreign_key.empty() && probes) names.insert(part.foreign_key);
  });
  return names;
}

bool has_statistics(const model::IndexDefinition& definition, const model::DatabaseSnapshot& snapshot) {
  return std::all_of(definition.keys.begin(), definition.keys.end(), [&](const auto& key) {
    return std::any_of(
        snapshot.column_statistics.begin(), snapshot.column_statistics.end(),
        [&](const auto& entry) { return entry.relation == definition.table && entry.column == key.column; });
  });
}

std::string name_of(const model::IndexKey& key) {
  return key.column.empty() ? key.expression : sql::quote_identifier(key.column);
}

std::string keys_sentence(const model::IndexDefinition& definition, Served served) {
  std::string sentence = "Keys in order:";
  for (const auto& key : definition.keys) {
    auto uses = roles(term_of(key), definition, served);
    if (uses.empty()) uses.insert("read from the index");
    sentence += fmt::format(" {} ({});", name_of(key), fmt::join(uses, ", "));
  }
  sentence.back() = '.';
  return sentence;
}

}  // namespace

std::vector<std::string> kinds(const model::IndexDefinition& definition, Served served) {
  std::vector<std::string> result{definition.keys.size() > 1 ? "composite" : "single_column"};
  if (!definition.predicate.empty()) result.emplace_back("partial");
  if (!definition.include.empty()) result.emplace_back("covering");
  if (std::any_of(definition.keys.begin(), definition.keys.end(),
                  [](const auto& key) { return !key.expression.empty(); })) {
    result.emplace_back("expression");
  }
  if (!foreign_keys(definition, served).empty()) result.emplace_back("foreign_key");
  return result;
}

std::vector<std::string> reasons(const whatif::Candidate& candidate,
                                 const advisor::Recommendation& recommendation, double share_of_rest,
                                 Served served, const model::DatabaseSnapshot& snapshot) {
  const auto& definition = candidate.definition;
  std::vector<std::string> result;
  result.push_back(fmt::format(
      "Takes {:.1f} % off the cost that the indexes before it leave; {} statement{} would use it.",
      100 * share_of_rest, served.size(), served.size() == 1 ? "" : "s"));
  result.push_back(keys_sentence(definition, served));
  if (!definition.predicate.empty()) {
    result.push_back(
        fmt::format("Holds only the {:.2g} % of rows where {}: the statements it serves ask for no others.",
                    100 * candidate.selectivity, definition.predicate));
  }
  if (!definition.include.empty()) {
    result.push_back(
        fmt::format("INCLUDE ({}) answers from the index alone, without visiting the table's pages that "
                    "are all-visible.",
                    fmt::join(definition.include, ", ")));
  }
  for (const auto& name : foreign_keys(definition, served)) {
    result.push_back(
        fmt::format("Without it each deleted or re-keyed parent row reads the whole table to check "
                    "foreign key {}.",
                    sql::quote_identifier(name)));
  }
  for (const auto& replaced : recommendation.replaces) {
    result.push_back(fmt::format("Does all that {} does, which can be dropped once this one is valid.",
                                 sql::quote_identifier(replaced.index.name)));
  }
  if (recommendation.writes > 0) {
    result.push_back(
        fmt::format("{:.0f} new row versions in the window would have to be entered, which is already "
                    "subtracted when deciding.",
                    recommendation.writes));
  }
  if (!has_statistics(definition, snapshot)) {
    result.emplace_back(
        "There are no column statistics for every key: the estimate rests on PostgreSQL's defaults.");
  }
  return result;
}

advisor::Confidence confidence(const whatif::Candidate& candidate, Served served,
                               const model::DatabaseSnapshot& snapshot) {
  const auto& definition = candidate.definition;
  if (!has_statistics(definition, snapshot)) return advisor::Confidence::kLow;
  bool guessed = served.size() < 2;
  for_each_scan(definition, served, [&](const auto&, const Scan& scan) {
    for (const auto& clause : scan.clauses) {
      const bool key = std::any_of(definition.keys.begin(), definition.keys.end(),
                                   [&](const auto& entry) { return term_of(entry) == clause.key; });
      if (key && clause.kind == ClauseKind::kRange && clause.has_parameter) guessed = true;
    }
  });
  return guessed ? advisor::Confidence::kMedium : advisor::Confidence::kHigh;
}

}  // namespace pgadvisor::recommendation
