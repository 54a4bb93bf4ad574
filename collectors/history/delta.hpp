#pragma once

// What happened between two polls: pure rules, no storage. Private to collectors/history.

#include "collectors/model/activity.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::history {

/// An entry of the last poll.
struct LastStatement {
  model::StatementCounters counters;
  std::optional<model::Timestamp> stats_since;
};
using LastStatements = std::map<model::StatementKey, LastStatement>;

/// The last poll as a whole.
struct StatementsHead {
  std::optional<model::Timestamp> stats_reset;
  std::optional<std::int64_t> evictions;
};

struct StatementDelta {
  model::StatementKey key;
  model::StatementCounters counters;
  bool partial = false;  ///< reborn: what it did between the last poll and its death is unknown
};

struct StatementChanges {
  std::vector<StatementDelta> deltas;     ///< without those that did nothing
  std::vector<model::StatementKey> gone;  ///< in the last poll, not in this one
  bool evicted = false;  ///< the server evicted entries: `gone` are victims, and others unseen
  bool reset = false;    ///< all statistics were reset
};

/// Rules (docs of pg_stat_statements 1.8 to 1.12): same stats_since: the difference. Newer stats_since, or
/// without stats_since any counter smaller than before, or a reset of everything: reborn, its counters are
/// the delta, partial. A key that was not there: new, its counters are the delta.
[[nodiscard]] StatementChanges compare(const LastStatements& last, const StatementsHead& head,
                                       const model::StatementPoll& poll);

/// Whether everything a database's relations counted is lost: after a crash stats_reset is NULL where it was
/// set.
[[nodiscard]] bool lost_by_crash(const std::optional<model::Timestamp>& last_reset,
                                 model::Timestamp last_start, const model::RelationPoll& poll);

/// A table by name: an other OID is another table, whose counters all belong to the time since the last poll;
/// so do those of a table with any counter smaller than before (reset). Counters of its indexes are smaller
/// when one of them was dropped: what that did last is not known.
[[nodiscard]] model::TableCounters difference(const model::TableCounters& last, model::Oid last_oid,
                                              const model::TableSample& sample, bool lost);

/// An index by name: REINDEX CONCURRENTLY changes its OID and keeps its counters, so that only smaller
/// counters tell a new index.
[[nodiscard]] model::IndexCounters difference(const model::IndexCounters& last,
                                              const model::IndexSample& sample, bool lost);

}  // namespace pgadvisor::history
