#pragma once

#include "advisor/report.hpp"
#include "daemon/kept_reports.hpp"
#include "daemon/proposals.hpp"
#include "daemon/status.hpp"

#include <cstddef>
#include <memory>
#include <string>

namespace pgadvisor::daemon::metrics {

/// Prometheus slows down with series; what matters most comes first in every list.
inline constexpr std::size_t kSeriesLimit = 500;

/// All `pgadvisor_` families. Rebuilt from the published values at each scrape, so that series of things that
/// are gone disappear; never touches PostgreSQL. Any thread.
class Metrics {
 public:
  /// `series_limit`: the most series one family may have.
  explicit Metrics(std::size_t series_limit = kSeriesLimit);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// Prometheus text exposition format (0.0.4) of these values.
  [[nodiscard]] std::string expose(const advisor::Report& report, const Status& status,
                                   const Proposals& proposals, const KeptReports& reports = {});

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace pgadvisor::daemon::metrics
