#pragma once

#include "advisor/lifecycle/effect.hpp"
#include "advisor/lifecycle/proposal.hpp"
#include "advisor/lifecycle/standing.hpp"
#include "advisor/report.hpp"
#include "collectors/model/activity.hpp"
#include "collectors/model/units.hpp"
#include "config/time_zone.hpp"
#include "daemon/status.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace pgadvisor::daemon::reports {

/// A list that is cut: the first of `all`.
template <class T>
struct Lines {
  std::vector<T> items;
  std::size_t all = 0;
};
inline constexpr std::size_t kMostLines = 25;
/// Of one line.
inline constexpr std::size_t kMostReasons = 3;
inline constexpr std::size_t kMostStatements = 2;

struct StatementLine {
  std::string query;  ///< redacted
  std::optional<double> cost_before;
  std::optional<double> cost_after;
};

struct ProposalLine {
  std::string id;
  std::string database;
  lifecycle::Action action = lifecycle::Action::kCreateIndex;
  lifecycle::Origin origin = lifecycle::Origin::kAdvice;
  lifecycle::State state = lifecycle::State::kOpen;
  std::string table;  ///< quoted
  std::string index;
  std::string sql;       ///< what somebody could do now; of what was done: what that was, where it is known
  std::string rollback;  ///< of what could be done; empty: not known
  std::string by;        ///< who brought it to its state, when and why
  model::Timestamp since{};
  std::string why;
  model::Bytes size;                           ///< real, where it is known
  std::optional<model::Milliseconds> per_day;  ///< predicted to be saved
  std::optional<double> share;                 ///< of the workload's cost, 0..1
  std::vector<std::string> reasons;            ///< a few
  std::vector<StatementLine> statements;       ///< most helped first, a few
  std::optional<model::Timestamp> applied_at;  ///< carried out
  std::optional<lifecycle::Effect> effect;     ///< what it brought
};

/// An existing index with a verdict that somebody should look at.
struct IndexLine {
  std::string database;
  std::string index;  ///< quoted
  std::string table;  ///< quoted
  std::string verdict;
  std::string detail;  ///< more exactly: as advisor::IndexReport has it
  std::vector<std::string> reasons;
  model::Bytes size;
  model::Bytes reclaimable;  ///< by doing what is proposed
  std::int64_t scans = 0;    ///< on all members, since `since`
  model::Timestamp since{};
  std::string sql;       ///< empty: there is something to decide first
  std::string rollback;  ///< of `sql`
  /// Statements that become dearer without it; empty: not rehearsed.
  std::optional<std::size_t> worse;
  std::string mark;     ///< stands for it in the next report
  bool is_new = false;  ///< not in the report before
};

/// Columns that reference another table, which no index finds.
struct ForeignKeyLine {
  std::string database;
  std::string table;                    ///< quoted
  std::vector<std::string> columns;     ///< quoted
  std::vector<std::string> references;  ///< tables, quoted
  advisor::Severity severity = advisor::Severity::kInfo;
  double changes = 0;  ///< referenced rows deleted or with another key, in the advice's window
  model::Bytes table_size;
  std::vector<std::string> reasons;
  std::string sql;
  std::string rollback;
  std::string mark;
  bool is_new = false;
};

/// A statement that reads a hotspot.
struct HotspotReader {
  std::string query_id;
  std::string query;  ///< redacted; empty: not known
  double share = 0;   ///< of the table's full scans, 0..1
};

struct HotspotLine {
  std::string database;
  std::string table;  ///< quoted
  model::HotspotState state = model::HotspotState::kKnown;
  model::Timestamp since{};  ///< of the state
  model::Window window;      ///< that the next ones speak of
  model::Bytes bytes_read;
  model::Bytes table_size;
  std::int64_t seq_scans = 0;
  advisor::HotspotCause cause = advisor::HotspotCause::kUnknown;
  std::vector<std::string> reasons;
  std::vector<HotspotReader> statements;     ///< a few
  std::vector<std::string> recommendations;  ///< ids of those that cure it
  std::string mark;
  bool is_new = false;  ///< not in the report before
};

/// What was looked at in one database, and what was not.
struct DatabaseLine {
  std::string database;
  int server_version = 0;
  int sandbox_version = 0;
  model::Window window;
  std::size_t statements = 0;
  std::size_t analysed = 0;
  std::map<std::string, std::size_t> skipped;  ///< statements by reason
  std::optional<advisor::TimeCoverage> coverage;
  double cost_before = 0;
  double cost_after = 0;
  double cost_bound = 0;
  std::vector<std::string> limits;  ///< what else narrows the answer
  model::Window use_window;         ///< that verdicts on the use of indexes speak of
  double use_coverage = 0;          ///< the share of it that every member was watched for
  std::vector<advisor::MemberReport> members;
  std::map<std::string, std::size_t> verdicts;  ///< indexes by verdict
};

/// A number that is compared with the report before.
struct Figure {
  enum class Kind { kCount, kBytes, kTimePerDay, kShare };
  std::string name;   ///< of the JSON
  std::string label;  ///< for people
  Kind kind = Kind::kCount;
  std::optional<double> value = {};   ///< bytes, milliseconds a day, 0..1
  std::optional<double> before = {};  ///< in the report before
};

/// What is kept of the report before, for comparison.
struct Baseline {
  std::string id;
  model::Timestamp to{};
  std::map<std::string, double> figures;
  std::set<std::string> marks;  ///< of indexes and hotspots
};

/// One report: values, every text as the database has it. Writers make them safe.
struct WeeklyReport {
  std::string id;        ///< "20261123T070000Z"; "now" of one that is not kept
  model::Window window;  ///< that it speaks of
  model::Timestamp made_at{};
  std::string target;
  std::string version;
  std::string page_url;
  config::TimeZone zone;
  std::optional<Baseline> before;
  std::vector<Figure> figures;
  Lines<ProposalLine> fresh;
  Lines<ProposalLine> done;
  Lines<ProposalLine> open;
  Lines<ProposalLine> aside;  ///< snoozed or dismissed in the window
  /// Database and DDL of all that is snoozed or dismissed: nobody should do it by way of another section.
  std::set<std::pair<std::string, std::string>> not_wanted;
  Lines<IndexLine> unused;
  Lines<IndexLine> redundant;  ///< and duplicate
  Lines<IndexLine> other_indexes;
  Lines<ForeignKeyLine> foreign_keys;
  bool hotspots_known = false;  ///< somebody looked at what sequential scans read
  Lines<HotspotLine> hotspots;
  Lines<HotspotLine> resolved_hotspots;  ///< that ceased to be one in the window
  model::Timestamp advice_at{};          ///< what is open and what verdicts say; the epoch: there is none yet
  std::vector<DatabaseLine> databases;
  std::vector<std::string> unheard;  ///< databases without any advice yet
  std::vector<Problem> problems;     ///< at the time it was made
  std::vector<std::string> events;   ///< what disturbed the counters, in sentences
  std::vector<std::string> marks;    ///< of all indexes and hotspots, whether shown or not
};

}  // namespace pgadvisor::daemon::reports
