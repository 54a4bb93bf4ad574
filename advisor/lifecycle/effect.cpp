#include "advisor/lifecycle/effect.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

namespace pgadvisor::lifecycle {
namespace {

struct Windows {
  model::Window before;
  model::Window after;
};

Windows windows_of(const Standing& standing, model::Timestamp now) {
  const auto applied = standing.applied_at.value_or(now);
  const auto absent = std::min(standing.absent_at.value_or(applied), applied);
  const auto end = std::max(applied, std::min<model::Timestamp>(now, applied + kMeasuringTime));
  const auto length = std::max<model::Timestamp::duration>(end - applied, kLeastBefore);
  return {{absent - length, absent}, {applied, end}};
}

template <class Counters>
model::Timestamp end_of(const model::Slice<Counters>& slice) {
  return slice.from + std::chrono::duration_cast<model::Timestamp::duration>(slice.length);
}

/// Slices that lie within the window as a whole. A slice that has only begun may be the last of `after`.
template <class Counters>
std::vector<model::Slice<Counters>> within(const std::vector<model::Slice<Counters>>& slices,
                                           const model::Window& window, bool may_last_longer) {
  std::vector<model::Slice<Counters>> result;
  for (const auto& slice : slices) {
    if (slice.from < window.from || slice.from >= window.to) continue;
    if (may_last_longer || end_of(slice) <= window.to) result.push_back(slice);
  }
  return result;
}

struct Sides {
  std::vector<model::StatementSlice> before;
  std::vector<model::StatementSlice> after;
};

double blocks_of(const model::StatementCounters& counters) {
  return static_cast<double>(counters.shared_blocks_hit + counters.shared_blocks_read);
}

struct Sum {
  std::int64_t calls = 0;
  PerCall total;
};

Sum sum_of(const std::vector<model::StatementSlice>& slices) {
  Sum sum;
  for (const auto& slice : slices) {
    sum.calls += slice.counters.calls;
    sum.total.time += slice.counters.total_time.count();
    sum.total.rows += static_cast<double>(slice.counters.rows);
    sum.total.blocks += blocks_of(slice.counters);
  }
  return sum;
}

PerCall mean_of(const Sum& sum) {
  if (sum.calls <= 0) return {};
  const auto calls = static_cast<double>(sum.calls);
  return {sum.total.time / calls, sum.total.rows / calls, sum.total.blocks / calls};
}

std::vector<double> times_per_call(const std::vector<model::StatementSlice>& slices) {
  std::vector<double> times;
  for (const auto& slice : slices) {
    if (slice.counters.calls <= 0) continue;
    times.push_back(slice.counters.total_time.count() / static_cast<double>(slice.counters.calls));
  }
  return times;
}

StatementEffect compare(const MeasuredStatement& statement, const Sides& sides) {
  const Sum before = sum_of(sides.before);
  const Sum after = sum_of(sides.after);
  return {statement.query_id,
          statement.role,
          before.calls,
          after.calls,
          mean_of(before),
          mean_of(after),
          shift_of(times_per_call(sides.before), times_per_call(sides.after))};
}

/// Actual over expected of each slice, of all statements of a role.
class Index {
 public:
  void add(const std::vector<model::StatementSlice>& slices, const PerCall& mean_before) {
    for (const auto& slice : slices) {
      const auto calls = static_cast<double>(slice.counters.calls);
      auto& entry = slices_[slice.from];
      entry.time += slice.counters.total_time.count();
      entry.expected_time += calls * mean_before.time;
      entry.blocks += blocks_of(slice.counters);
      entry.expected_blocks += calls * mean_before.blocks;
    }
  }
  [[nodiscard]] std::vector<double> times() const {
    return ratios([](const Entry& entry) { return std::pair(entry.time, entry.expected_time); });
  }
  [[nodiscard]] std::vector<double> blocks() const {
    return ratios([](const Entry& entry) { return std::pair(entry.blocks, entry.expected_blocks); });
  }

 private:
  struct Entry {
    double time = 0;
    double expected_time = 0;
    double blocks = 0;
    double expected_blocks = 0;
  };
  template <class Parts>
  [[nodiscard]] std::vector<double> ratios(Parts parts) const {
    std::vector<double> result;
    for (const auto& [from, entry] : slices_) {
      const auto [actual, expected] = parts(entry);
      if (expected > 0) result.push_back(actual / expected);
    }
    return result;
  }
  std::map<model::Timestamp, Entry> slices_;
};

RoleEffect compare_role(Role role, const std::vector<StatementEffect>& statements,
                        const std::vector<Sides>& sides) {
  RoleEffect effect{.role = role};
  Index before;
  Index after;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const auto& statement = statements[i];
    // Without calls before there is nothing to compare with.
    if (statement.role != role || statement.calls_before == 0) continue;
    effect.calls_before += statement.calls_before;
    effect.calls_after += statement.calls_after;
    const auto calls = static_cast<double>(statement.calls_after);
    effect.expected += model::Milliseconds(calls * statement.before.time);
    effect.actual += model::Milliseconds(calls * statement.after.time);
    before.add(sides[i].before, statement.before);
    after.add(sides[i].after, statement.before);
  }
  effect.time = shift_of(before.times(), after.times());
  effect.blocks = shift_of(before.blocks(), after.blocks());
  return effect;
}

std::optional<model::QueryId> number_of(const std::string& query_id) {
  std::int64_t number = 0;
  const char* end = query_id.data() + query_id.size();
  const auto [stop, error] = std::from_chars(query_id.data(), end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return model::QueryId{number};
}

std::optional<double> hot_share(const std::vector<model::TableSlice>& slices) {
  std::int64_t updated = 0;
  std::int64_t hot = 0;
  for (const auto& slice : slices) {
    updated += slice.counters.updated;
    hot += slice.counters.hot_updated;
  }
  if (updated <= 0) return std::nullopt;
  return static_cast<double>(hot) / static_cast<double>(updated);
}

std::int64_t scans_in(const std::vector<model::IndexSlice>& slices) {
  std::int64_t scans = 0;
  for (const auto& slice : slices) scans += slice.counters.scans;
  return scans;
}

std::int64_t scans_in(const std::vector<model::TableSlice>& slices) {
  std::int64_t scans = 0;
  for (const auto& slice : slices) scans += slice.counters.seq_scan + slice.counters.idx_scan;
  return scans;
}

std::optional<model::Milliseconds> saved_per_day(const std::vector<RoleEffect>& roles,
                                                 const model::Window& after) {
  const model::Seconds length = after.to - after.from;
  model::Milliseconds saved{};
  bool known = false;
  for (const auto& role : roles) {
    if (role.calls_after == 0) continue;
    known = true;
    saved += role.expected - role.actual;
  }
  if (!known || length <= model::Seconds(0)) return std::nullopt;
  return saved * (model::Seconds(std::chrono::hours(24)) / length);
}

void add_statements(Effect& effect, const Proposal& proposal, const model::StatementSlices& slices) {
  std::vector<Sides> sides;
  for (const auto& statement : proposal.statements) {
    const auto number = number_of(statement.query_id);
    const auto found = number ? slices.find(*number) : slices.end();
    Sides both;
    if (found != slices.end()) {
      both = {within(found->second, effect.before, false), within(found->second, effect.after, true)};
    }
    effect.statements.push_back(compare(statement, both));
    sides.push_back(std::move(both));
  }
  for (const auto role : {Role::kServed, Role::kReader, Role::kWriter}) {
    const bool any = std::any_of(effect.statements.begin(), effect.statements.end(),
                                 [&](const auto& statement) { return statement.role == role; });
    if (any) effect.roles.push_back(compare_role(role, effect.statements, sides));
  }
}

}  // namespace

model::Window window_to_read(const Standing& standing, model::Timestamp now) {
  const auto windows = windows_of(standing, now);
  return {windows.before.from, windows.after.to};
}

Effect measure(const Proposal& proposal, const Standing& standing, const Observed& observed,
               model::Timestamp now) {
  auto windows = windows_of(standing, now);
  bool others_meanwhile = false;
  for (const auto change : observed.other_changes) {
    if (change <= windows.before.to) {
      windows.before.from = std::max(windows.before.from, change);
    } else if (change < windows.after.to) {
      others_meanwhile = true;
    }
  }
  Effect effect{.before = windows.before, .after = windows.after};
  effect.others_meanwhile = others_meanwhile;
  add_statements(effect, proposal, observed.statements);
  const bool create = proposal.action == Action::kCreateIndex;
  const auto& side = create ? effect.after : effect.before;
  effect.index_scans = scans_in(within(observed.index, side, create));
  effect.table_scans = scans_in(within(observed.table, side, create));
  if (create) effect.real_size = observed.size;
  if (proposal.origin != Origin::kCatalog) effect.predicted_size = proposal.size;
  effect.hot_before = hot_share(within(observed.table, effect.before, false));
  effect.hot_after = hot_share(within(observed.table, effect.after, true));
  effect.saved_per_day = saved_per_day(effect.roles, effect.after);
  const bool is_over = standing.applied_at && now >= *standing.applied_at + kMeasuringTime;
  auto judgement = judge(proposal.action, effect, is_over);
  effect.verdict = judgement.verdict;
  effect.reasons = std::move(judgement.reasons);
  return effect;
}

}  // namespace pgadvisor::lifecycle
