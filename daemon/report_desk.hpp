#pragma once

#include "collectors/history/history.hpp"
#include "collectors/model/clock.hpp"
#include "config/settings.hpp"
#include "daemon/kept_reports.hpp"
#include "daemon/notify/retry.hpp"
#include "daemon/publication.hpp"
#include "daemon/report_schedule.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::daemon {

struct ReportDeskOptions {
  config::ReportSettings report;
  std::vector<std::string> channels;
  notify::RetryPolicy retry;
};

/// Makes reports when they are due, keeps them in the history, sees to it that they are delivered, and
/// publishes how that went. What is written is written elsewhere (daemon/reports), what is sent is sent by
/// somebody else (daemon/notify). The io_context's thread.
class ReportDesk {
 public:
  /// Starts an attempt to deliver; false while another one is under way.
  using Carry = std::function<bool(std::shared_ptr<const KeptReport> report, const std::string& channel)>;

  ReportDesk(history::History& history, Publication& publication, const model::Clock& clock,
             ReportDeskOptions options, Carry carry);

  /// Reads the history back. Once, before anything else.
  [[nodiscard]] model::Result<void> load();
  /// To be called every second or so: makes the report that is due, starts the delivery that is due. A report
  /// waits for the first advice, but not longer than an hour after the start.
  [[nodiscard]] model::Result<void> tick();
  /// An attempt ended. `jitter` is uniform in 0..1.
  [[nodiscard]] model::Result<void> carried(const std::string& report, const std::string& channel,
                                            const notify::Attempt& attempt, double jitter);

  /// See ReportRequests.
  [[nodiscard]] model::Result<KeptReport> make(model::Seconds length) const;
  [[nodiscard]] model::Result<std::shared_ptr<const KeptReport>> deliver_again(const std::string& id);

 private:
  using Reports = std::vector<std::shared_ptr<const KeptReport>>;

  [[nodiscard]] model::Result<KeptReport> make(const model::Window& window, std::string id) const;
  /// Of the report that is to be made now.
  [[nodiscard]] std::optional<model::Window> due() const;
  [[nodiscard]] model::Result<void> make_due();
  [[nodiscard]] model::Result<void> keep(KeptReport report);
  void start_delivery();
  [[nodiscard]] Reports::iterator find(const std::string& id);
  void publish();

  history::History& history_;
  Publication& publication_;
  const model::Clock& clock_;
  ReportDeskOptions options_;
  Carry carry_;
  ReportSchedule schedule_;
  model::Timestamp started_at_;
  model::Timestamp look_at_{};  ///< when the schedule is looked at again
  Reports reports_;             ///< the latest first
};

}  // namespace pgadvisor::daemon
