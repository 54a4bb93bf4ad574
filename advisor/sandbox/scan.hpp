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

/// An operator class that could serve a clause: an index `USING method (key operator_class)`.
struct Support {
  std::string method;          ///< btree, hash, gin, gist, spgist, brin, or an extension's
  std::string operator_class;  ///< as DDL has it; empty: the default of the key's type
  int strategy = 0;            ///< of the operator in the class's family (pg_amop.amopstrategy)
  /// What the planner would ask the index for in the clause's place, deparsed: `note >= 'abc' AND note <
  /// 'abd'` for note LIKE 'abc%'. Empty: the clause itself.
  std::string condition = {};
  bool exact = true;  ///< the condition lets no other rows through than the clause

  auto operator<=>(const Support&) const = default;
};

enum class ClauseKind {
  kEquality,  ///< key = value
  kInList,    ///< key = ANY (array)
  kRange,     ///< key <, <=, >=, > value; a row comparison (a, b) < (x, y) counts for its first column
  kNullTest,  ///< key IS [NOT] NULL: served by every B-tree, GiST, SP-GiST and BRIN index on the key
  kBoolean,   ///< boolean key, NOT key, key IS [NOT] TRUE / FALSE / UNKNOWN
  kOperator,  ///< key operator value, but no plain B-tree knows the operator: see supports (LIKE, @>, &&,
              ///< ...)
  kOr,        ///< alternatives: see arms
  kOther,     ///< nothing an index could serve
};

/// One condition on a base relation, as the planner holds it (RestrictInfo).
struct Clause {
  ClauseKind kind = ClauseKind::kOther;
  Term key;                    ///< empty for kOr and kOther
  std::string op = {};         ///< operator name, the key on its left; empty where there is none
  std::string op_schema = {};  ///< unquoted
  std::string value = {};  ///< what the key is compared with, deparsed; empty for another relation's columns
  std::string collation = {};          ///< an index needs this one, as DDL has it; empty: the key's own
  std::vector<Support> supports = {};  ///< sorted; each serves the clause by itself; none for kNullTest
  std::string text = {};  ///< the whole clause, deparsed, with unqualified column names, no outer
                          ///< parentheses; empty when it names other relations
  std::vector<std::string> columns = {};  ///< all of the relation's in it; sorted
  std::string cast_column =
      {};                      ///< a cast of this column to another type hides it from indexes on the column
  bool cast_implicit = false;  ///< that cast is PostgreSQL's own, for want of an operator
  std::vector<std::vector<Clause>> arms = {};  ///< of kOr: one of them holds, each is clauses under AND
  bool has_parameter = false;  ///< contains $n, or a value known at run time only (correlated subquery)
  bool has_literal = false;    ///< contains a constant other than NULL, true and false
  bool immutable = false;      ///< no parameter, no volatile or stable function: could be an index predicate
  double selectivity = 1;      ///< planner's estimate, 0..1
};

/// An equivalence class links this relation's term to another relation's, or a join clause of B-tree equality
/// does.
struct JoinKey {
  Term key;
  bool also_constant =
      false;            ///< the class contains a constant or parameter: an equality restriction as well
  std::string op = {};  ///< as in Clause
  std::string op_schema = {};          ///< as in Clause
  std::vector<Support> supports = {};  ///< as in Clause
};

struct SortKey {
  Term key;
  bool descending = false;
  bool nulls_first = false;

  auto operator<=>(const SortKey&) const = default;
};

/// Sorted input that the query level could do with.
struct SortOrder {
  /// group, window, distinct, sort (ORDER BY), union (17 and later), min_max (one order for each min() or
  /// max())
  std::string purpose;
  std::vector<SortKey> keys;  ///< the longest prefix that belongs to this relation alone, not empty
  bool complete = false;      ///< it is the whole order: with a limit the scan can stop early

  auto operator<=>(const SortOrder&) const = default;
};

/// What the planner wants of one base relation in one query level. min(x) and max(x) come as a second scan of
/// their own, ordered by x, with the limit 1.
struct Scan {
  model::ObjectName relation;  ///< for a partition or inheritance tree: its root
  double rows = 0;             ///< estimated rows after restrictions
  double tuples = 0;           ///< rows of the relation, with all its partitions
  std::vector<Clause> clauses;
  std::vector<JoinKey> joins;
  /// Other links than equality that an index could serve, the other relation's row known: a.r && b.r.
  std::vector<Clause> join_clauses;
  /// The longest prefix of the query level's sort order (GROUP BY, else window, DISTINCT or ORDER BY) that
  /// belongs to this relation alone. Constant keys are left out, as the planner does.
  std::vector<SortKey> order;
  std::vector<SortOrder> orders;  ///< every order the query level asks for, each with its purpose
  /// ORDER BY key <-> value: the leading sort keys by which an index could return the nearest rows first.
  std::vector<Clause> distances;
  double limit =
      -1;  ///< LIMIT and OFFSET, when they apply to the sorted rows as they are; -1: none or unknown
  double fraction =
      0;  ///< rows that are read: 0 all, below 1 a share, else a number (PlannerInfo.tuple_fraction)
  std::vector<std::string> columns;  ///< every column needed, for INCLUDE; sorted
  std::vector<std::string> output;   ///< of these what is needed beyond the scan's own conditions; sorted
  bool whole_row = false;  ///< the heap row is needed (whole row, system column, lock): no index-only scan
  bool locked = false;     ///< SELECT FOR UPDATE and its kin
  bool written = false;    ///< the target of UPDATE, DELETE or MERGE: the heap row is needed anyway
};

/// The write side of a statement.
struct Write {
  char command = 'i';  ///< i insert, u update, d delete, m merge
  model::ObjectName relation;
  std::vector<std::string> columns;  ///< set by UPDATE (of MERGE and ON CONFLICT too); empty otherwise
  /// ON CONFLICT: what the unique index that decides has to be on; empty for a constraint's name or none.
  std::vector<Term> arbiter = {};
};

struct StatementScans {
  std::vector<Scan> scans;
  std::vector<Write> writes;
};

}  // namespace pgadvisor::sandbox
