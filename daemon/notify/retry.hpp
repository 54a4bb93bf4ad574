#pragma once

#include "collectors/model/units.hpp"
#include "daemon/kept_reports.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace pgadvisor::daemon::notify {

/// How one attempt to deliver went.
struct Attempt {
  enum class Outcome {
    kDelivered,
    kTryAgain,  ///< nobody answers, or it is said to be for now
    kRefused,   ///< trying again is of no use before somebody changes something
  };
  Outcome outcome = Outcome::kDelivered;
  std::string trouble = {};                              ///< why not; never a secret
  std::optional<std::chrono::seconds> retry_after = {};  ///< asked for by the other side
};

struct RetryPolicy {
  model::Seconds first{60};
  model::Seconds longest{3600};
  model::Seconds give_up_after{24 * 3600};
};

/// The delivery after an attempt that ended at `now`. The wait doubles from `first` to `longest` with jitter
/// of a quarter (`jitter` is uniform in 0..1), and is as long as the other side asks for, if that is longer
/// but not above `longest`. What would come later than give_up_after is dead.
[[nodiscard]] Delivery after(Delivery delivery, const Attempt& attempt, model::Timestamp now,
                             const RetryPolicy& policy, double jitter);

}  // namespace pgadvisor::daemon::notify
