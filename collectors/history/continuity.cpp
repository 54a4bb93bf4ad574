#include "collectors/history/continuity.hpp"

namespace pgadvisor::history {

using model::SpanStart;

namespace {

bool lost(const CounterLife& last, const CounterLife& now) {
  // A reset that is no longer known: everything was lost after it.
  if (last.stats_reset && !now.stats_reset) return true;
  if (last.counters_since && now.counters_since) return *last.counters_since != *now.counters_since;
  return last.postmaster_start != now.postmaster_start;  // nothing proves that the restart was in order
}

}  // namespace

std::optional<SpanStart> broken_by(const std::optional<CounterLife>& last, const CounterLife& now,
                                   std::chrono::seconds longest_gap) {
  if (!last) return SpanStart::kFirst;
  if (lost(*last, now)) return SpanStart::kLost;
  if (last->stats_reset != now.stats_reset) return SpanStart::kReset;
  if (now.at - last->at > longest_gap) return SpanStart::kGap;
  return std::nullopt;
}

}  // namespace pgadvisor::history
