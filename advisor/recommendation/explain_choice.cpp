#include "advisor/recommendation/explain_choice.hpp"

#include "collectors/model/table_trees.hpp"
#include "collectors/sql/constants_in.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
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

/// Calls `visit(part, scan)` for every scan in the statements served that may read the candidate.
template <class Visit>
void for_each_scan(const whatif::Candidate& candidate, Served served, Visit visit) {
  for (const auto* statement : served) {
    for (const auto& part : statement->parts) {
      for (const auto& scan : part.scans.scans) {
        if (candidate.is_within(scan.relation)) visit(part, scan);
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

std::set<std::string> roles(const Term& term, const whatif::Candidate& candidate, Served served) {
  std::set<std::string> result;
  for_each_scan(candidate, served, [&](const auto&, const Scan& scan) {
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

std::set<std::string> foreign_keys(const whatif::Candidate& candidate, Served served) {
  std::set<std::string> names;
  for_each_scan(candidate, served, [&](const workload::Part& part, const Scan& scan) {
    const bool probes = std::any_of(scan.clauses.begin(), scan.clauses.end(), [&](const auto& clause) {
      return clause.key == term_of(candidate.definition.keys.front());
    });
    if (!part.foreign_key.empty() && probes) names.insert(part.foreign_key);
  });
  return names;
}

/// Of a partitioned table those of its partitions do, too: ANALYZE has to be asked for those of the whole.
bool has_statistics(const whatif::Candidate& candidate, const model::DatabaseSnapshot& snapshot) {
  const auto leaves = model::TableTrees(snapshot.tables).leaves(*candidate.table);
  return std::ranges::all_of(candidate.definition.keys, [&](const auto& key) {
    std::set<model::ObjectName> known;
    for (const auto& entry : snapshot.column_statistics) {
      if (entry.column == key.column) known.insert(entry.relation);
    }
    return known.contains(candidate.definition.table) || std::ranges::all_of(leaves, [&](const auto* leaf) {
             return leaf->pages == 0 || known.contains(leaf->name);
           });
  });
}

/// What the statement alone does not say of an index on a partitioned table.
std::string partitions_sentence(const whatif::Candidate& candidate, const model::DatabaseSnapshot& snapshot) {
  return fmt::format(
      "PostgreSQL has no CREATE INDEX CONCURRENTLY for a partitioned table: as one statement it blocks "
      "writes to all {} partitions until it is done. pgadvisor apply, --format sql and --format migration "
      "build it partition by partition instead.",
      model::TableTrees(snapshot.tables).leaves(*candidate.table).size());
}

std::string name_of(const model::IndexKey& key) {
  return key.column.empty() ? key.expression : sql::quote_identifier(key.column);
}

std::string keys_sentence(const whatif::Candidate& candidate, Served served) {
  std::string sentence = "Keys in order:";
  for (const auto& key : candidate.definition.keys) {
    auto uses = roles(term_of(key), candidate, served);
    if (uses.empty()) uses.insert("read from the index");
    sentence += fmt::format(" {} ({});", name_of(key), fmt::join(uses, ", "));
  }
  sentence.back() = '.';
  return sentence;
}

/// The highest share of a served statement's executions that asked for a value in the predicate; 0 where no
/// parameter's value was seen in it.
double asked_share(const std::string& predicate, Served served) {
  double share = 0;
  const auto constants = sql::constants_in(predicate);
  for (const auto* statement : served) {
    for (const auto& parameter : statement->parameters) {
      if (!parameter.sampled) continue;
      for (const auto& value : parameter.values) {
        if (sql::contain(constants, value.literal)) share = std::max(share, value.share);
      }
    }
  }
  return share;
}

std::string predicate_sentence(const whatif::Candidate& candidate, Served served) {
  const auto& predicate = candidate.definition.predicate;
  const auto holds =
      fmt::format("Holds only the {:.2g} % of rows where {}", 100 * candidate.selectivity, predicate);
  const double asked = asked_share(predicate, served);
  if (asked == 0) return holds + ": the statements it serves ask for no others.";
  return fmt::format(
      "{}, which up to {:.0f} % of the executions of a statement ask for by a parameter. A prepared "
      "statement that has changed to a generic plan cannot use it (plan_cache_mode = force_custom_plan keeps "
      "it from that).",
      holds, 100 * asked);
}

}  // namespace

std::vector<std::string> kinds(const whatif::Candidate& candidate, Served served) {
  const auto& definition = candidate.definition;
  std::vector<std::string> result{definition.keys.size() > 1 ? "composite" : "single_column"};
  if (!definition.predicate.empty()) result.emplace_back("partial");
  if (!definition.include.empty()) result.emplace_back("covering");
  if (std::any_of(definition.keys.begin(), definition.keys.end(),
                  [](const auto& key) { return !key.expression.empty(); })) {
    result.emplace_back("expression");
  }
  if (!foreign_keys(candidate, served).empty()) result.emplace_back("foreign_key");
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
  result.push_back(keys_sentence(candidate, served));
  if (!definition.predicate.empty()) {
    result.push_back(predicate_sentence(candidate, served));
  }
  if (!definition.include.empty()) {
    result.push_back(
        fmt::format("INCLUDE ({}) answers from the index alone, without visiting the table's pages that "
                    "are all-visible.",
                    fmt::join(definition.include, ", ")));
  }
  if (candidate.is_partitioned()) result.push_back(partitions_sentence(candidate, snapshot));
  for (const auto& name : foreign_keys(candidate, served)) {
    result.push_back(
        fmt::format("Without it each deleted or re-keyed parent row reads the whole table to check "
                    "foreign key {}.",
                    sql::quote_identifier(name)));
  }
  for (const auto& replaced : recommendation.replaces) {
    result.push_back(fmt::format("Does all that {} does, which can be dropped once this one is valid.",
                                 sql::quote_identifier(replaced.index.name)));
  }
  if (const auto& overhead = recommendation.write_overhead; overhead.writes > 0) {
    result.push_back(
        fmt::format("{:.0f} new row versions in the window would have to be entered, some {:.0f} kB of WAL, "
                    "which is already subtracted when deciding.",
                    overhead.writes, std::ceil(static_cast<double>(overhead.wal.value) / 1000)));
  }
  if (const double lost = recommendation.write_overhead.lost_hot; lost >= 1) {
    result.push_back(
        fmt::format("{:.0f} updates in the window would no longer be HOT, as they set its columns: "
                    "each enters every index of the table.",
                    lost));
  }
  if (!has_statistics(candidate, snapshot)) {
    result.emplace_back(
        "There are no column statistics for every key: the estimate rests on PostgreSQL's defaults.");
  }
  return result;
}

std::string slower_sentence(std::span<const std::string> query_ids) {
  return fmt::format(
      "Belongs to the other recommended indexes: without it they are expected to make {} {} slower than "
      "today.",
      query_ids.size() == 1 ? "statement" : "statements", fmt::join(query_ids, ", "));
}

advisor::Confidence confidence(const whatif::Candidate& candidate, Served served,
                               const model::DatabaseSnapshot& snapshot) {
  const auto& definition = candidate.definition;
  if (!has_statistics(candidate, snapshot)) return advisor::Confidence::kLow;
  bool guessed = served.size() < 2;
  for_each_scan(candidate, served, [&](const auto&, const Scan& scan) {
    for (const auto& clause : scan.clauses) {
      const bool key = std::any_of(definition.keys.begin(), definition.keys.end(),
                                   [&](const auto& entry) { return term_of(entry) == clause.key; });
      if (key && clause.kind == ClauseKind::kRange && clause.has_parameter) guessed = true;
    }
  });
  return guessed ? advisor::Confidence::kMedium : advisor::Confidence::kHigh;
}

}  // namespace pgadvisor::recommendation
