#include "collectors/history/delta.hpp"

#include <algorithm>
#include <set>

namespace pgadvisor::history {

namespace {

using model::IndexCounters;
using model::StatementCounters;
using model::TableCounters;

bool any_smaller(const StatementCounters& now, const StatementCounters& last) {
  return now.calls < last.calls || now.total_time < last.total_time || now.rows < last.rows ||
         now.shared_blocks_hit < last.shared_blocks_hit || now.shared_blocks_read < last.shared_blocks_read ||
         now.shared_blocks_dirtied < last.shared_blocks_dirtied ||
         now.temp_blocks_written < last.temp_blocks_written || now.wal_bytes < last.wal_bytes;
}

StatementCounters subtract(const StatementCounters& now, const StatementCounters& last) {
  return {now.calls - last.calls,
          now.total_time - last.total_time,
          now.rows - last.rows,
          now.shared_blocks_hit - last.shared_blocks_hit,
          now.shared_blocks_read - last.shared_blocks_read,
          now.shared_blocks_dirtied - last.shared_blocks_dirtied,
          now.temp_blocks_written - last.temp_blocks_written,
          now.wal_bytes - last.wal_bytes};
}

/// Not those of its indexes: they are sums, from which a dropped index is missing.
bool any_smaller(const TableCounters& now, const TableCounters& last) {
  return now.seq_scan < last.seq_scan || now.seq_tup_read < last.seq_tup_read ||
         now.inserted < last.inserted || now.updated < last.updated || now.deleted < last.deleted ||
         now.hot_updated < last.hot_updated;
}

bool was_reborn(const LastStatement& last, const model::StatementSample& sample) {
  if (sample.stats_since && last.stats_since) return *sample.stats_since > *last.stats_since;
  return any_smaller(sample.counters, last.counters);
}

}  // namespace

StatementChanges compare(const LastStatements& last, const StatementsHead& head,
                         const model::StatementPoll& poll) {
  StatementChanges changes;
  changes.reset = poll.stats_reset && head.stats_reset && *poll.stats_reset > *head.stats_reset;
  std::set<model::StatementKey> present;
  for (const auto& sample : poll.statements) {
    present.insert(sample.key);
    const auto before = last.find(sample.key);
    if (before == last.end()) {
      changes.deltas.push_back({sample.key, sample.counters, false});
      continue;
    }
    // A reset entry that keeps its stats_since was not touched by it (reset of single entries).
    const bool reborn = was_reborn(before->second, sample) || (changes.reset && !sample.stats_since);
    const auto counters = reborn ? sample.counters : subtract(sample.counters, before->second.counters);
    if (counters != StatementCounters{}) changes.deltas.push_back({sample.key, counters, reborn});
  }
  for (const auto& [key, entry] : last) {
    if (!present.contains(key)) changes.gone.push_back(key);
  }
  // Before 1.9 nobody counts evictions: some keys gone while others stay is no reset of everything.
  const bool some_gone = !changes.gone.empty() && changes.gone.size() < last.size();
  const bool grew = poll.evictions && head.evictions && *poll.evictions > *head.evictions;
  changes.evicted = !changes.reset && (poll.evictions ? grew : some_gone);
  return changes;
}

bool lost_by_crash(const std::optional<model::Timestamp>& last_reset, model::Timestamp last_start,
                   const model::RelationPoll& poll) {
  return poll.postmaster_start != last_start && last_reset && !poll.stats_reset;
}

TableCounters difference(const TableCounters& last, model::Oid last_oid, const model::TableSample& sample,
                         bool lost) {
  const TableCounters& now = sample.counters;
  if (lost || last_oid != sample.oid || any_smaller(now, last)) return now;
  return {now.seq_scan - last.seq_scan,
          now.seq_tup_read - last.seq_tup_read,
          std::max<std::int64_t>(0, now.idx_scan - last.idx_scan),
          std::max<std::int64_t>(0, now.idx_tup_fetch - last.idx_tup_fetch),
          now.inserted - last.inserted,
          now.updated - last.updated,
          now.deleted - last.deleted,
          now.hot_updated - last.hot_updated};
}

IndexCounters difference(const IndexCounters& last, const model::IndexSample& sample, bool lost) {
  const IndexCounters& now = sample.counters;
  const bool smaller = now.scans < last.scans || now.tuples_read < last.tuples_read ||
                       now.tuples_fetched < last.tuples_fetched;
  if (lost || smaller) return now;
  return {now.scans - last.scans, now.tuples_read - last.tuples_read,
          now.tuples_fetched - last.tuples_fetched};
}

}  // namespace pgadvisor::history
