#include "daemon/metrics/series_cap.hpp"

#include <utility>

namespace pgadvisor::daemon::metrics {

std::vector<bool> SeriesCap::admit(const std::vector<std::string>& wanted) {
  std::vector<bool> admitted(wanted.size(), false);
  std::set<std::string> shown;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!shown_.contains(wanted[i])) continue;
    admitted[i] = true;
    shown.insert(wanted[i]);
  }
  if (shown.size() * 10 <= limit_ * 9) full_ = false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (admitted[i]) continue;
    if (shown.size() >= limit_) full_ = true;
    if (full_) {
      ++dropped_;
    } else {
      admitted[i] = true;
      shown.insert(wanted[i]);
    }
  }
  shown_ = std::move(shown);
  return admitted;
}

}  // namespace pgadvisor::daemon::metrics
