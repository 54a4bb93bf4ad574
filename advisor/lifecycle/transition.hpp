#pragma once

#include "advisor/lifecycle/proposal.hpp"
#include "advisor/lifecycle/standing.hpp"
#include "collectors/model/result.hpp"

#include <optional>
#include <string>
#include <variant>

namespace pgadvisor::lifecycle {

/// Who decides when no person does.
inline constexpr const char* kOurselves = "pgadvisor";
/// An advice may leave a proposal out once (its time was up, a statement was not seen): only twice in a row
/// means that it is not proposed any more.
inline constexpr int kMissesUntilObsolete = 2;

/// A new advice or verdict proposes it, or does not.
struct Advised {
  bool proposed = false;
};

/// A look at the catalog.
struct Looked {
  bool in_effect = false;                    ///< the change is made
  bool possible = true;                      ///< its table is there, and so is the index to drop
  model::Timestamp taken_at{};               ///< by the server's clock
  std::optional<model::Timestamp> previous;  ///< the look before
};

struct Measured {
  Verdict verdict = Verdict::kUnknown;
  std::string why;
};

/// Time passed.
struct Tick {};

/// Its database is not watched any more.
struct Forgotten {};

/// What people decide. `by` is what they call themselves: nobody checks it.
struct Snooze {
  model::Timestamp until{};
  std::string by;
  std::string why;
};
struct Dismiss {
  std::string by;
  std::string why;
};
struct Reopen {
  std::string by;
  std::string why;
};

using Event = std::variant<Advised, Looked, Measured, Tick, Forgotten, Snooze, Dismiss, Reopen>;

struct Transition {
  Standing standing;
  std::optional<Change> change;  ///< empty: the state stays
};

/// All rules of the life cycle. `action` words the reasons only. Fails (kGiveUp, saying what can be done
/// instead) for a decision of a person that the state has no room for; observations never fail.
[[nodiscard]] model::Result<Transition> next(Action action, const Standing& standing, const Event& event,
                                             model::Timestamp now);

}  // namespace pgadvisor::lifecycle
