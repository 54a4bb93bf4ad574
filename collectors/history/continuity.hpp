#pragma once

// Whether two polls of a member's counters connect: a pure rule, no storage. Private to collectors/history.

#include "collectors/model/activity.hpp"
#include "collectors/model/usage.hpp"

#include <chrono>
#include <optional>

namespace pgadvisor::history {

/// What tells counters of one life of a server from those of another.
struct CounterLife {
  model::Timestamp at{};                           ///< when we asked
  std::optional<model::Timestamp> counters_since;  ///< RelationPoll::counters_since
  std::optional<model::Timestamp> stats_reset;
  model::Timestamp postmaster_start{};
};

/// Why what `now` says cannot be compared with `last`; nothing when it can. A restart in order keeps
/// counters; a crash loses them and moves the reset time of the server's own counters
/// (pgstat_reset_after_failure() in pgstat.c; before 15 the collector that finds no file), which a reset of
/// the database does not.
[[nodiscard]] std::optional<model::SpanStart> broken_by(const std::optional<CounterLife>& last,
                                                        const CounterLife& now,
                                                        std::chrono::seconds longest_gap);

}  // namespace pgadvisor::history
