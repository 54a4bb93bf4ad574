#pragma once

#include "advisor/sandbox/scan.hpp"
#include "advisor/workload/parameters.hpp"

#include <set>
#include <string>
#include <vector>

namespace pgadvisor::candidates {

/// What a partial index could leave out.
struct Predicate {
  std::string text;                  ///< SQL without WHERE; empty: a full index
  std::set<std::string> clauses;     ///< of the scan, by their text: what the index need not check again
  std::set<std::string> one_valued;  ///< columns that have one value in all its rows: of no use as keys
};

/// What is known of the constants that a statement compares with.
struct Constants {
  /// The text is that of an example: its literals may be others the next time. In a normalised text the only
  /// ones left are those of views, which stay.
  bool example = false;
  std::vector<workload::ParameterValues> parameters;
  /// Columns of the scan's table with so few values that one of them can be a kind of row (a status). Where
  /// there are many, a literal is one of many that are asked for.
  std::set<std::string> few_valued;
};

/// Predicates that executions with this scan imply, the empty one first.
///
/// Only conditions on one column, of whose rows statistics tell the share: of others PostgreSQL guesses it,
/// and so would the index's size be a guess. Without literals: IS [NOT] NULL and boolean tests, one by one
/// and all together. With literals, one by one, with those, and all: conditions of views; on columns with few
/// values, equalities and lists of an example, as what was given is all that is known, and equalities with a
/// parameter for the values that it was often seen to have in executions. Those that let through more than
/// half of the rows are no gain. Values drawn from statistics are no evidence of what is asked for.
[[nodiscard]] std::vector<Predicate> predicates(const sandbox::Scan& scan, const Constants& constants);

}  // namespace pgadvisor::candidates
