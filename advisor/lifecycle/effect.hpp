#pragma once

#include "advisor/lifecycle/proposal.hpp"
#include "advisor/lifecycle/significance.hpp"
#include "advisor/lifecycle/standing.hpp"
#include "collectors/model/activity.hpp"
#include "collectors/model/slices.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::lifecycle {

/// How long after a change its effect is measured; the verdict then stays.
inline constexpr std::chrono::hours kMeasuringTime{24 * 7};
/// What came before is compared over as long a time as what came after, but at least so long.
inline constexpr std::chrono::hours kLeastBefore{24};

/// Means per call.
struct PerCall {
  double time = 0;    ///< milliseconds
  double rows = 0;    ///< returned or written
  double blocks = 0;  ///< shared blocks hit and read

  bool operator==(const PerCall&) const = default;
};

struct StatementEffect {
  std::string query_id;
  Role role = Role::kServed;
  std::int64_t calls_before = 0;
  std::int64_t calls_after = 0;
  PerCall before;
  PerCall after;
  std::optional<Shift> time = {};  ///< of the mean time per call in each slice

  bool operator==(const StatementEffect&) const = default;
};

/// The statements of one role together. Each slice counts with the time its calls took over the time the same
/// calls would have taken at the means before (a Paasche index), so that calls of other statements, or more
/// of them, are no effect.
struct RoleEffect {
  Role role = Role::kServed;
  std::int64_t calls_before = 0;
  std::int64_t calls_after = 0;
  model::Milliseconds expected{};  ///< time of the calls after, at the means before
  model::Milliseconds actual{};
  std::optional<Shift> time = {};
  std::optional<Shift> blocks = {};

  bool operator==(const RoleEffect&) const = default;
};

/// What a change brought, measured on the monitored server.
struct Effect {
  model::Window before;  ///< the slices compared; the one in which the change was made is in neither
  model::Window after;
  std::vector<StatementEffect> statements = {};
  std::vector<RoleEffect> roles = {};
  std::int64_t index_scans = 0;                ///< since the change; of an index that was dropped: before it
  std::int64_t table_scans = 0;                ///< of the table, by whatever way, in the same time
  std::optional<model::Bytes> real_size = {};  ///< of an index that was created
  model::Bytes predicted_size = {};            ///< 0: nobody predicted one
  std::optional<double> hot_before = {};       ///< share of the table's updates that were HOT
  std::optional<double> hot_after = {};
  bool others_meanwhile = false;  ///< other indexes of the table were changed as well
  /// By the statements it is for and those it touches; below 0: they lose.
  std::optional<model::Milliseconds> saved_per_day = {};
  Verdict verdict = Verdict::kUnknown;
  std::vector<std::string> reasons = {};  ///< for the verdict, the deciding one first

  bool operator==(const Effect&) const = default;
};

/// What the history and the catalog tell of a change that was carried out.
struct Observed {
  model::StatementSlices statements;
  std::vector<model::TableSlice> table;
  std::vector<model::IndexSlice> index;
  std::optional<model::Bytes> size;
  /// When other indexes of the table were created or dropped: what came before such a change is no
  /// comparison, and one at the same time cannot be told apart.
  std::vector<model::Timestamp> other_changes = {};
};

/// The window that Observed has to cover.
[[nodiscard]] model::Window window_to_read(const Standing& standing, model::Timestamp now);

/// Compares and judges. `standing` is carried out; `now` is by the server's clock.
[[nodiscard]] Effect measure(const Proposal& proposal, const Standing& standing, const Observed& observed,
                             model::Timestamp now);

/// The verdict that figures support, and why; nothing is claimed of what is not significant. `is_over`: the
/// measuring time is.
struct Judgement {
  Verdict verdict = Verdict::kUnknown;
  std::vector<std::string> reasons;
};
[[nodiscard]] Judgement judge(Action action, const Effect& effect, bool is_over);

}  // namespace pgadvisor::lifecycle
