#include "daemon/one_look.hpp"

namespace pgadvisor::daemon {
namespace {

model::RelationUsage usage(const model::ObjectName& relation, model::Timestamp since, model::Timestamp until,
                           std::int64_t uses) {
  model::RelationUsage usage{relation, since, {}, uses};
  if (uses > 0) usage.last_used = until;  // at some time before
  return usage;
}

model::MemberUsage member_usage(const LookedAt& server, model::Timestamp as_of) {
  model::MemberUsage member;
  member.name = server.name;
  member.trouble = server.trouble;
  if (!server.poll) return member;
  const auto& poll = *server.poll;
  const auto since = poll.stats_reset.value_or(poll.counters_since.value_or(poll.postmaster_start));
  member.spans.push_back(
      {since, as_of, poll.stats_reset ? model::SpanStart::kReset : model::SpanStart::kLost});
  for (const auto& index : poll.indexes)
    member.indexes.push_back(usage(index.index, since, as_of, index.counters.scans));
  for (const auto& table : poll.tables)
    member.tables.push_back(
        usage(table.table, since, as_of, table.counters.seq_scan + table.counters.idx_scan));
  return member;
}

}  // namespace

model::ClusterUsage usage_at_once(const std::vector<LookedAt>& servers) {
  model::ClusterUsage usage;
  usage.sampled = false;
  if (!servers.empty() && servers.front().poll) usage.as_of = servers.front().poll->taken_at;
  for (const auto& server : servers) usage.members.push_back(member_usage(server, usage.as_of));
  return usage;
}

}  // namespace pgadvisor::daemon
