#include "daemon/schedule.hpp"

#include <algorithm>
#include <cmath>

namespace pgadvisor::daemon {

model::Seconds reconnect_delay(int failures, const model::Error& error, double jitter) {
  constexpr double kLongest = 60;
  const double least = error.next == model::NextStep::kGiveUp ? kLongest / 2 : 1;
  const double delay = std::clamp(std::exp2(std::min(failures, 10)), least, kLongest);
  return model::Seconds(delay * (1 - 0.25 * jitter));
}

}  // namespace pgadvisor::daemon
