#pragma once

#include "advisor/hotspot.hpp"
#include "advisor/index_report.hpp"
#include "advisor/write_overhead.hpp"
#include "collectors/model/activity.hpp"
#include "collectors/model/catalog.hpp"
#include "collectors/model/index_definition.hpp"
#include "collectors/model/units.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgadvisor::advisor {

/// A statement that an index speeds up: the evidence.
struct ServedStatement {
  std::string query_id;     ///< decimal queryid, or "file.sql:12"
  std::string query;        ///< redacted
  double weight = 1;        ///< executions (file: `-- weight`) or calls in the window
  model::Cost cost_before;  ///< per execution, without any recommendation
  model::Cost cost_after;   ///< per execution, with all recommendations
  std::string plan_before;  ///< EXPLAIN (FORMAT JSON) text
  std::string plan_after;
};

enum class Confidence { kLow, kMedium, kHigh };
[[nodiscard]] std::string_view to_string(Confidence confidence);

/// An existing index that has nothing left which only it can do, once a recommended one is there.
struct ReplacedIndex {
  model::ObjectName index;
  model::Bytes size;
  std::string ddl;       ///< DROP INDEX, for when the recommended one is built and valid
  std::string rollback;  ///< CREATE INDEX
};

struct Recommendation {
  std::string id;  ///< stable: same database, same definition, same id
  model::IndexDefinition definition;
  std::string index_name;
  std::string ddl;
  std::string rollback;
  std::vector<std::string>
      kinds;  ///< single_column, composite, partial, covering, foreign_key, expression, ...
  model::Bytes size;
  /// Fall of the workload's cost when this index joins the others chosen before it: share of the cost before,
  /// 0..1.
  double benefit_share = 0;
  /// The same in planner cost per execution summed over the workload, and, where times are known, in time.
  model::Cost benefit_cost;
  std::optional<model::Milliseconds> benefit_time;  ///< saved in the window; empty for workload files
  std::optional<model::Milliseconds> benefit_per_day;
  WriteOverhead write_overhead;
  std::vector<ServedStatement> statements;  ///< most helped first
  std::vector<ReplacedIndex> replaces;      ///< largest first
  Confidence confidence = Confidence::kMedium;
  std::vector<std::string> reasons;
};

/// A strong candidate that was not chosen.
struct Alternative {
  std::string id;  ///< the one it would have as a recommendation
  model::IndexDefinition definition;
  std::string ddl;
  model::Bytes size;
  /// Fall of the workload's cost, as a share of the cost before, 0..1: if it were the only index added, and
  /// if it joined the recommended ones, in place of those that it makes superfluous. Without its writes.
  double saves_alone = 0;
  double saves_beside = 0;
  double writes_share = 0;  ///< keeping it up to date, as a share of the same
  /// budget, rest_of_budget, writes, served, too_little, slowdown, max_indexes, gap
  std::string reason;
  std::string served_by;  ///< recommended index of `served`
  std::string query_id;   ///< of the statement of `slowdown`
  std::string message;    ///< the reason in a sentence
};

/// An analysed statement that takes a share of the workload and that the recommended indexes leave as it is.
struct UnhelpedStatement {
  std::string query_id;
  std::string query;
  double share = 0;  ///< of the workload's cost before, 0..1
  /// not_chosen, slowdown, budget, max_indexes, inherited, foreign_partition, no_table, small_tables,
  /// served_already, no_condition, unservable_condition, most_rows, no_gain
  std::string reason;
  std::string
      alternative;  ///< id of the alternative that `not_chosen` speaks of; empty when it is not listed
  std::string message;
};

struct SkippedStatement {
  std::string query_id;
  std::string reason;
};

/// Statements that were not analysed for one reason, and the time production spent on them.
struct NotAnalysed {
  std::string reason;  ///< utility, unknown_text, unparsable, refused, system_catalogs
  std::size_t statements = 0;
  model::Milliseconds time{};
};

/// What became of the statement time of the window.
struct TimeCoverage {
  model::Milliseconds total{};  ///< of every statement seen; nested ones count in the outer one's as well
  model::Milliseconds analysed{};
  std::vector<NotAnalysed> rest;  ///< longest first
  std::int64_t evictions = 0;     ///< statements pg_stat_statements dropped: their last calls were never seen
  std::optional<double> of_active_time;  ///< total / time the database's sessions were active (14+), 0..1
};

/// What a window's figure is in 24 hours; empty where the window's length is not known, or under a minute.
[[nodiscard]] std::optional<model::Milliseconds> per_day(model::Milliseconds time,
                                                         const model::Window& window);

/// An analysed statement, for lists.
struct StatementSummary {
  std::string query_id;
  std::string query;
  std::int64_t calls = 0;
  model::Milliseconds total_time{};
  model::Cost cost_before;
  model::Cost cost_after;
  model::Cost expected_after;  ///< with what the planner overlooks (sandbox::PlanCost)
};

/// Something a careful engineer points out that is no index recommendation.
struct Finding {
  std::string kind;      ///< select_star, function_on_column, left_out, limitation, ...
  std::string query_id;  ///< empty when it is not about one statement
  std::string object;    ///< table or index, empty when none
  std::string message;
};

/// Who touches a table: decimal queryids, the heaviest first, so many at most.
struct TableStatements {
  std::vector<std::string> readers;
  std::vector<std::string> writers;
};
inline constexpr std::size_t kMostTableStatements = 20;

/// The answer of advise() for one database.
struct Advice {
  std::string database;
  int server_version = 0;
  int sandbox_version = 0;
  std::int64_t planner_calls = 0;
  double planner_seconds = 0;  ///< of all sessions together: may exceed `seconds`
  double seconds = 0;
  model::Window window;  ///< equal ends for workload files
  std::size_t statements = 0;
  std::size_t analysed = 0;
  std::vector<SkippedStatement> skipped;
  std::optional<TimeCoverage> coverage;              ///< empty where times are not known
  std::optional<model::Milliseconds> saved_per_day;  ///< database time, by all recommendations together
  double cost_before = 0;  ///< sum of weight times cost; milliseconds where times are known, else cost units
  double cost_after = 0;
  double cost_bound = 0;  ///< no set of candidates of this size and number costs less (selection.hpp)
  model::Bytes size;
  std::vector<Recommendation> recommendations;  ///< most impactful first
  std::vector<Alternative> alternatives;        ///< strongest first; none when the time limit was reached
  std::vector<UnhelpedStatement> unhelped;      ///< heaviest first
  std::vector<StatementSummary> top_statements;
  std::vector<Finding> findings;
  std::map<model::ObjectName, TableStatements> table_statements;
  std::vector<PlannedRead> planned_reads;  ///< of large tables, with the indexes that exist
};

struct DatabaseReport {
  Advice advice;
  IndexHealth health;
};

/// What publishers show; immutable once made. The worker makes it but for the hotspots, which are as young as
/// the last poll.
struct Report {
  model::Timestamp as_of{};
  std::vector<DatabaseReport> databases;
  std::vector<DatabaseHotspots> hotspots;
};

}  // namespace pgadvisor::advisor
