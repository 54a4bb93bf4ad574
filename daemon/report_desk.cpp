#include "daemon/report_desk.hpp"

#include "daemon/log.hpp"
#include "daemon/report_rows.hpp"
#include "daemon/reports/build.hpp"
#include "daemon/reports/writers.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace pgadvisor::daemon {

using model::Result;

namespace {

constexpr std::chrono::hours kWaitForAdvice{1};
/// How long after something that did not work it is tried again.
constexpr std::chrono::minutes kPause{1};

/// Since when there is anything to report on: proposals of an earlier run tell that this is not the first.
model::Timestamp watched_since(const Proposals& proposals, model::Timestamp started_at) {
  for (const auto& tracked : proposals.items) started_at = std::min(started_at, tracked->first_seen);
  return started_at;
}

std::shared_ptr<const KeptReport> with_delivery(const KeptReport& report, const Delivery& delivery) {
  auto changed = std::make_shared<KeptReport>(report);
  *std::ranges::find(changed->deliveries, delivery.channel, &Delivery::channel) = delivery;
  return changed;
}

void tell(const std::string& report, const Delivery& delivery) {
  switch (delivery.state) {
    case DeliveryState::kDelivered:
      log::info("report {} is delivered by {}", report, delivery.channel);
      break;
    case DeliveryState::kPending:
      log::warn("report {} is not delivered by {} yet: {}", report, delivery.channel, delivery.trouble);
      break;
    case DeliveryState::kDead:
      log::error(
          "report {} is given up for {} after {} attempts: {}; `pgadvisor report {} --deliver again` tries "
          "anew",
          report, delivery.channel, delivery.attempts, delivery.trouble, report);
      break;
  }
}

}  // namespace

ReportDesk::ReportDesk(history::History& history, Publication& publication, const model::Clock& clock,
                       ReportDeskOptions options, Carry carry)
    : history_(history),
      publication_(publication),
      clock_(clock),
      options_(std::move(options)),
      carry_(std::move(carry)),
      schedule_(options_.report),
      started_at_(clock.now()) {}

Result<void> ReportDesk::load() {
  auto rows = history_.reports();
  if (!rows) return rows.error();
  for (auto& row : *rows) reports_.push_back(std::make_shared<const KeptReport>(from_row(std::move(row))));
  publish();
  return {};
}

Result<void> ReportDesk::tick() {
  start_delivery();
  if (clock_.now() < look_at_) return {};
  look_at_ = clock_.now() + kPause;
  if (const auto made = make_due(); !made) return made.error();
  const auto next = schedule_.next(clock_.now());
  if (next) look_at_ = std::min(look_at_, *next);
  return {};
}

std::optional<model::Window> ReportDesk::due() const {
  std::optional<model::Timestamp> last;
  if (!reports_.empty()) last = reports_.front()->window.to;
  return schedule_.due(last, watched_since(*publication_.proposals(), started_at_), clock_.now());
}

Result<void> ReportDesk::make_due() {
  const auto window = due();
  if (!window) return {};
  const auto now = clock_.now();
  const bool advised = publication_.report()->as_of != model::Timestamp{};
  if (!advised && now < started_at_ + kWaitForAdvice) {
    look_at_ = now;
    return {};
  }
  auto report = make(*window, reports::id_of(window->to));
  if (!report) return report.error();
  for (const auto& channel : options_.channels) {
    report->deliveries.push_back({.channel = channel, .since = now, .next_at = now});
  }
  return keep(std::move(*report));
}

Result<KeptReport> ReportDesk::make(const model::Window& window, std::string id) const {
  const auto events = history_.events(window.from);
  if (!events) return model::Error{model::NextStep::kRetry, events.error().message, events.error().hint, {}};
  std::optional<reports::Baseline> before;
  for (const auto& kept : reports_) {
    if (kept->window.to >= window.to) continue;
    before = reports::baseline_from_json(kept->json);
    break;
  }
  const auto advice = publication_.report();
  const auto proposals = publication_.proposals();
  const auto status = publication_.status();
  const auto report = reports::build({*advice, *proposals, *status, *events, window, clock_.now(),
                                      schedule_.zone(), options_.report.page_url, std::move(before)},
                                     std::move(id));
  const auto document = reports::document_of(report);
  return KeptReport{.id = report.id,
                    .window = window,
                    .made_at = report.made_at,
                    .subject = reports::subject_of(report),
                    .summary = reports::as_slack(document, report.page_url),
                    .json = boost::json::serialize(reports::to_json(report)),
                    .html = reports::as_html(document),
                    .markdown = reports::as_markdown(document),
                    .sql = reports::as_sql(report),
                    .deliveries = {}};
}

Result<KeptReport> ReportDesk::make(model::Seconds length) const {
  const auto now = clock_.now();
  return make({now - std::chrono::duration_cast<std::chrono::microseconds>(length), now}, "now");
}

Result<void> ReportDesk::keep(KeptReport report) {
  if (const auto done = history_.record_report(to_row(report)); !done) return done.error();
  log::info("report {} is made: {}", report.id, report.subject);
  reports_.insert(reports_.begin(), std::make_shared<const KeptReport>(std::move(report)));
  std::vector<std::string> old;
  while (reports_.size() > static_cast<std::size_t>(options_.report.keep)) {
    old.push_back(reports_.back()->id);
    reports_.pop_back();
  }
  publish();
  if (old.empty()) return {};
  return history_.forget_reports(old);
}

void ReportDesk::start_delivery() {
  const auto now = clock_.now();
  for (auto report = reports_.rbegin(); report != reports_.rend(); ++report) {
    for (const auto& delivery : (*report)->deliveries) {
      const bool known = std::ranges::find(options_.channels, delivery.channel) != options_.channels.end();
      const bool due = delivery.state == DeliveryState::kPending && delivery.next_at.value_or(now) <= now;
      if (known && due && carry_(*report, delivery.channel)) return;
    }
  }
}

Result<void> ReportDesk::carried(const std::string& report, const std::string& channel,
                                 const notify::Attempt& attempt, double jitter) {
  const auto kept = find(report);
  if (kept == reports_.end()) return {};
  const auto before = std::ranges::find((*kept)->deliveries, channel, &Delivery::channel);
  if (before == (*kept)->deliveries.end()) return {};
  const auto delivery = notify::after(*before, attempt, clock_.now(), options_.retry, jitter);
  tell(report, delivery);
  *kept = with_delivery(**kept, delivery);
  publish();
  return history_.record_delivery(report, to_row(delivery));
}

Result<std::shared_ptr<const KeptReport>> ReportDesk::deliver_again(const std::string& id) {
  const auto kept = find(id);
  if (kept == reports_.end()) return model::skip("there is no report with this id");
  if (options_.channels.empty()) {
    return model::give_up("no channel is configured",
                          "set mail_server, slack_url_file or webhook_url in section delivery");
  }
  auto changed = std::make_shared<KeptReport>(**kept);
  bool any = false;
  for (const auto& channel : options_.channels) {
    auto delivery = std::ranges::find(changed->deliveries, channel, &Delivery::channel);
    if (delivery != changed->deliveries.end() && delivery->state == DeliveryState::kDelivered) continue;
    if (delivery == changed->deliveries.end())
      delivery = changed->deliveries.insert(delivery, Delivery{.channel = channel});
    *delivery = {.channel = channel, .since = clock_.now(), .next_at = clock_.now()};
    any = true;
  }
  if (!any) return model::give_up("it was delivered by every channel");
  if (const auto done = history_.record_report(to_row(*changed)); !done) {
    return model::Error{model::NextStep::kRetry, done.error().message, done.error().hint, {}};
  }
  *kept = std::move(changed);
  publish();
  return *kept;
}

ReportDesk::Reports::iterator ReportDesk::find(const std::string& id) {
  return std::ranges::find_if(reports_, [&](const auto& report) { return report->id == id; });
}

void ReportDesk::publish() {
  const auto overdue = due();
  publication_.publish(KeptReports{reports_, options_.channels,
                                   overdue ? std::optional(overdue->to) : schedule_.next(clock_.now())});
}

}  // namespace pgadvisor::daemon
