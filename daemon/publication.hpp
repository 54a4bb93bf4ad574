#pragma once

#include "advisor/report.hpp"
#include "daemon/kept_reports.hpp"
#include "daemon/proposals.hpp"
#include "daemon/status.hpp"

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace pgadvisor::daemon {

/// Where the cycle leaves what it made and publishers pick it up. Values are immutable; any thread.
class Publication {
 public:
  Publication()
      : report_(std::make_shared<const advisor::Report>()),
        status_(std::make_shared<const Status>()),
        proposals_(std::make_shared<const Proposals>()),
        reports_(std::make_shared<const KeptReports>()) {}

  void publish(advisor::Report report) {
    auto fresh = std::make_shared<const advisor::Report>(std::move(report));
    const std::lock_guard lock(mutex_);
    report_ = std::move(fresh);
  }
  /// The report goes on with these.
  void publish(std::vector<advisor::DatabaseHotspots> hotspots) {
    auto report = *this->report();
    report.hotspots = std::move(hotspots);
    publish(std::move(report));
  }
  void publish(Status status) {
    auto fresh = std::make_shared<const Status>(std::move(status));
    const std::lock_guard lock(mutex_);
    status_ = std::move(fresh);
  }
  void publish(Proposals proposals) {
    auto fresh = std::make_shared<const Proposals>(std::move(proposals));
    const std::lock_guard lock(mutex_);
    proposals_ = std::move(fresh);
  }
  void publish(KeptReports reports) {
    auto fresh = std::make_shared<const KeptReports>(std::move(reports));
    const std::lock_guard lock(mutex_);
    reports_ = std::move(fresh);
  }
  /// Empty (as_of at the epoch) until the first advice is done. Never null.
  [[nodiscard]] std::shared_ptr<const advisor::Report> report() const {
    const std::lock_guard lock(mutex_);
    return report_;
  }
  [[nodiscard]] std::shared_ptr<const Status> status() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }
  [[nodiscard]] std::shared_ptr<const Proposals> proposals() const {
    const std::lock_guard lock(mutex_);
    return proposals_;
  }
  [[nodiscard]] std::shared_ptr<const KeptReports> reports() const {
    const std::lock_guard lock(mutex_);
    return reports_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const advisor::Report> report_;
  std::shared_ptr<const Status> status_;
  std::shared_ptr<const Proposals> proposals_;
  std::shared_ptr<const KeptReports> reports_;
};

}  // namespace pgadvisor::daemon
