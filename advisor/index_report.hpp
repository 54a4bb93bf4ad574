#pragma once

#include "advisor/write_overhead.hpp"
#include "collectors/model/activity.hpp"
#include "collectors/model/ids.hpp"
#include "collectors/model/units.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace pgadvisor::advisor {

/// A statement whose plan becomes dearer when an index goes.
struct WorseStatement {
  std::string query_id;
  std::string query;  ///< redacted
  double weight = 0;  ///< executions in the window
  model::Cost cost_before;
  model::Cost cost_after;
};

/// What the planner sandbox says of a drop: the workload planned without the index, and without all others
/// that are to go.
struct Rehearsal {
  std::int64_t planned = 0;                ///< statements that were planned
  std::vector<WorseStatement> statements;  ///< those that become dearer, heaviest first
};

/// What one server of the cluster counted of an index.
struct MemberUse {
  std::string member;
  std::int64_t scans = 0;
  model::Timestamp since{};  ///< the scans are counted since then
  std::optional<model::Timestamp> last_scan;
};

/// An existing index: what it is used for, and what is to be said of it.
struct IndexReport {
  model::ObjectName index;
  std::string table_schema;
  std::string table;
  std::string verdict;  ///< design section 5
  /// More exactly: failed, building, incomplete, untold (invalid); replaceable, expression, low_cardinality,
  /// oversized, worse_plans (review); empty for the others.
  std::string detail = {};
  std::string keeper;  ///< unquoted name of the index that does its work as well; empty: none
  std::string keeper_schema = {};
  std::vector<std::string> reasons;
  model::Bytes size;
  model::Bytes reclaimable;  ///< what following the verdict gives back
  std::int64_t scans = 0;    ///< on all members, since `since`
  model::Timestamp since{};  ///< of what the verdict says
  std::optional<model::Timestamp> last_scan;
  std::vector<MemberUse> use;    ///< by server; those that left are among them
  WriteOverhead write_overhead;  ///< in the workload's window
  std::string ddl;               ///< what follows from the verdict; empty: nothing to do, or to decide first
  std::string rollback;          ///< the way back
  std::optional<Rehearsal> rehearsal;  ///< of a drop
  std::optional<double> size_ratio;    ///< real size / predicted size of a new one, where that was predicted
  std::string identity;                ///< model::Index::identity: for history
};

/// Nothing needs it: duplicate, redundant, unused, or left by a build that failed.
[[nodiscard]] bool can_go(const IndexReport& report);
/// There is something to do, or to look at.
[[nodiscard]] bool is_finding(const IndexReport& report);

/// The greater the more it matters: what can go, whatever the reason, then what can shrink, what needs a
/// look, the rest; the more bytes there are to gain, the larger it is.
[[nodiscard]] std::tuple<int, std::int64_t, std::int64_t> importance(const IndexReport& report);

enum class Severity { kInfo, kWarning, kCritical };
[[nodiscard]] std::string_view to_string(Severity severity);

/// Columns that reference another table, which no index finds.
struct ForeignKeyReport {
  model::ObjectName table;
  std::vector<std::string> columns;
  std::vector<std::string> names;             ///< constraints
  std::vector<model::ObjectName> references;  ///< referenced tables, in the order of `names`
  Severity severity = Severity::kInfo;
  double changes = 0;       ///< referenced rows deleted, or with their key set anew, in the window
  model::Bytes table_size;  ///< what each of them makes PostgreSQL read
  std::vector<std::string> reasons;
  std::string ddl;
  std::string rollback;
};

/// A server of the cluster as the verdicts saw it.
struct MemberReport {
  std::string name;
  bool watched = false;  ///< now
  std::optional<model::Timestamp> last_poll;
  double coverage = 0;  ///< share of the window it was watched for
  std::string trouble;  ///< why not now
};

/// Everything there is to say of a database's existing indexes and its foreign keys without any.
struct IndexHealth {
  model::Window window;  ///< that verdicts on use speak of
  double coverage = 0;   ///< the least of all members
  std::vector<MemberReport> members;
  std::vector<IndexReport> indexes;  ///< most to gain first
  std::vector<ForeignKeyReport> foreign_keys;
  std::vector<std::string> left_out;  ///< what could not be examined, and why
};

}  // namespace pgadvisor::advisor
