#include "daemon/metrics/metrics.hpp"

#include "daemon/metrics/delivery_families.hpp"
#include "daemon/metrics/families.hpp"
#include "daemon/metrics/lifecycle_families.hpp"
#include "daemon/metrics/report_families.hpp"
#include "daemon/metrics/status_families.hpp"

#include <prometheus/text_serializer.h>

#include <mutex>

namespace pgadvisor::daemon::metrics {

class Metrics::Implementation {
 public:
  explicit Implementation(std::size_t series_limit) : series_limit_(series_limit) {}

  std::string expose(const advisor::Report& report, const Status& status, const Proposals& proposals,
                     const KeptReports& reports) {
    const std::lock_guard lock(mutex_);
    Families families(caps_, series_limit_);
    add_status(families, status);
    add_report(families, report, status);
    add_proposals(families, proposals, status);
    add_reports(families, reports);
    families.dropped_series();
    return prometheus::TextSerializer().Serialize(families.Collect());
  }

 private:
  std::mutex mutex_;
  SeriesCaps caps_;
  std::size_t series_limit_;
};

Metrics::Metrics(std::size_t series_limit)
    : implementation_(std::make_unique<Implementation>(series_limit)) {}
Metrics::~Metrics() = default;

std::string Metrics::expose(const advisor::Report& report, const Status& status, const Proposals& proposals,
                            const KeptReports& reports) {
  return implementation_->expose(report, status, proposals, reports);
}

}  // namespace pgadvisor::daemon::metrics
