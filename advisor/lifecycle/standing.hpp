#pragma once

#include "collectors/model/units.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace pgadvisor::lifecycle {

/// Where a proposal stands.
enum class State {
  kOpen,           ///< somebody may decide
  kSnoozed,        ///< not before a time
  kDismissed,      ///< somebody does not want it
  kApplied,        ///< seen in the catalog; its effect is being measured
  kVerified,       ///< measured: it does what it was meant to
  kWithoutEffect,  ///< measured: it changes nothing
  kRegressed,      ///< measured: it made things worse
  kObsolete,       ///< not proposed any more, or taken back
};
/// open, snoozed, dismissed, applied, verified, without_effect, regressed, obsolete.
[[nodiscard]] std::string_view to_string(State state);
[[nodiscard]] std::optional<State> state_of(std::string_view name);

/// Carried out and not taken back since: applied, verified, without_effect or regressed.
[[nodiscard]] bool is_carried_out(State state);

/// What was measured of a change that was carried out.
enum class Verdict { kUnknown, kVerified, kWithoutEffect, kRegressed };
[[nodiscard]] std::string_view to_string(Verdict verdict);  ///< unknown, verified, without_effect, regressed
[[nodiscard]] std::optional<Verdict> verdict_of(std::string_view name);

/// What the life cycle keeps of one proposal.
struct Standing {
  State state = State::kOpen;
  model::Timestamp since{};  ///< of the state
  std::string by = {};       ///< who brought it there: a person as they called themselves, or "pgadvisor"
  std::string why = {};
  std::optional<model::Timestamp> snoozed_until = {};
  /// The change was made between these two looks at the catalog, by the server's clock.
  std::optional<model::Timestamp> absent_at = {};
  std::optional<model::Timestamp> applied_at = {};
  int missed = 0;  ///< advices in a row that did not propose it

  bool operator==(const Standing&) const = default;
};

/// One line of a proposal's history.
struct Change {
  model::Timestamp at{};
  std::optional<State> from;  ///< empty: the proposal was made
  State to = State::kOpen;
  std::string by;
  std::string why;

  bool operator==(const Change&) const = default;
};

}  // namespace pgadvisor::lifecycle
