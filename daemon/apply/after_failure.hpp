#pragma once

#include "collectors/model/result.hpp"
#include "collectors/model/units.hpp"

#include <optional>

namespace pgadvisor::daemon::apply {

/// When to try a failed statement again: a lock that could not be had, or a deadlock, goes by; anything else
/// (disk full, a duplicate key, a cancellation, a lost connection) needs somebody. `attempt` counts from 1.
/// Empty: not again. Waits double from 1 s to 60 s.
[[nodiscard]] std::optional<model::Seconds> retry_after(const model::Error& error, int attempt, int attempts);

/// What a person can do about a failure, where the server's message does not say it.
[[nodiscard]] std::string hint_for(const model::Error& error);

/// What the catalog says of an index once a statement on it has failed.
enum class Left {
  kNothing,   ///< as it was before
  kDone,      ///< it succeeded after all
  kLeftover,  ///< something has to be cleaned up
  kUnknown,   ///< nobody can be asked
};

}  // namespace pgadvisor::daemon::apply
