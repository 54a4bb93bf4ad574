#pragma once

#include "advisor/report.hpp"
#include "daemon/status.hpp"

#include <memory>
#include <string>

namespace pgadvisor::daemon::metrics {

/// All `pgadvisor_` families, registered once. Rebuilt from the published values at each scrape, so that series of
/// things that are gone disappear; never touches PostgreSQL. Any thread.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// Prometheus text exposition format of these values.
  [[nodiscard]] std::string expose(const advisor::Report& report, const Status& status);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace pgadvisor::daemon::metrics
