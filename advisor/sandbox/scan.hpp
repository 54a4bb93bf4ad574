#pragma once

#include "collectors/model/ids.hpp"

#include <string>
#include <vector>

namespace pgadvisor::sandbox {

/// What an index key could be: a column of the scanned relation, or an expression over it.
struct Term {
  std::string column;           ///< unquoted; empty for an expression
  std::string expression = {};  ///< deparsed by PostgreSQL, with unqualified column names; empty for a column

  auto operator<=>(const Term&) const = default;
};

enum class ClauseKind {
  kEquality,  ///< key = value
  kInList,    ///< key = ANY (array)
  kRange,     ///< key <, <=, >=, > value; a row comparison (a, b) < (x, y) counts for its first column
  kNullTest,  ///< key IS [NOT] NULL
  kBoolean,   ///< boolean key, NOT key, key IS [NOT] TRUE / FALSE / UNKNOWN
  kOther,     ///< anything else over this relation alone (LIKE, @>, OR arms, ...): no B-tree key
};

/// One restriction on a base relation, as the planner holds it (RestrictInfo in baserestrictinfo).
struct Clause {
  ClauseKind kind = ClauseKind::kOther;
  Term key;               ///< empty for kOther
  std::string op = {};    ///< operator name for kEquality, kInList, kRange
  std::string text = {};  ///< the whole clause, deparsed, with unqualified column names, no outer parentheses
  bool has_parameter = false;  ///< contains $n, or a value known at run time only (correlated subquery)
  bool immutable = false;      ///< no parameter, no volatile or stable function: could be an index predicate
  double selectivity = 1;      ///< planner's estimate, 0..1
};

/// An equivalence class links this relation's term to another relation's, or a join clause of B-tree equality
/// does.
struct JoinKey {
  Term key;
  bool also_constant =
      false;  ///< the class contains a constant or parameter: an equality restriction as well
};

struct SortKey {
  Term key;
  bool descending = false;
  bool nulls_first = false;

  auto operator<=>(const SortKey&) const = default;
};

/// What the planner wants of one base relation in one query level.
struct Scan {
  model::ObjectName relation;  ///< for a partition or inheritance tree: its root
  double rows = 0;             ///< estimated rows after restrictions
  double tuples = 0;           ///< rows of the relation, with all its partitions
  std::vector<Clause> clauses;
  std::vector<JoinKey> joins;
  /// The longest prefix of the query level's sort order (ORDER BY, else GROUP BY or DISTINCT) that belongs to
  /// this relation alone. Constant keys are left out, as the planner does.
  std::vector<SortKey> order;
  std::vector<std::string> columns;  ///< every column needed, for INCLUDE; sorted
  bool whole_row = false;            ///< a whole-row or system column is needed: no index-only scan
  bool written = false;              ///< the target of UPDATE, DELETE or MERGE: the heap row is needed anyway
};

/// The write side of a statement.
struct Write {
  char command = 'i';  ///< i insert, u update, d delete, m merge
  model::ObjectName relation;
  std::vector<std::string> columns;  ///< set by UPDATE (of MERGE and ON CONFLICT too); empty otherwise
};

struct StatementScans {
  std::vector<Scan> scans;
  std::vector<Write> writes;
};

}  // namespace pgadvisor::sandbox
