#include "daemon/app.hpp"

#include "daemon/log.hpp"
#include "daemon/notify/send.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <csignal>

namespace pgadvisor::daemon {

using model::Result;

namespace {

/// Longer than what verdicts on use look back at.
std::chrono::hours usage_retention(const config::Settings& settings) {
  constexpr std::chrono::hours kMargin{24 * 7};
  return std::max(settings.history.retention, settings.advise.unused_window + kMargin);
}

/// Between two polls of a member: a daemon that is stopped for a while misses nothing, counters go on.
std::chrono::seconds longest_gap(const config::Settings& settings) {
  constexpr std::chrono::hours kUsual{6};
  return std::max(std::chrono::seconds(kUsual), 3 * settings.collect.relations_interval);
}

/// Evidence may take a quarter of what the history may, as long as that fits into memory.
LifecycleOptions lifecycle_options(const config::HistorySettings& settings) {
  LifecycleOptions options;
  options.retention = settings.retention;
  options.evidence_limit = std::min(options.evidence_limit, model::Bytes{settings.size_limit.value / 4});
  return options;
}

ReportDeskOptions desk_options(const config::Settings& settings) {
  ReportDeskOptions options{settings.report, notify::channels_of(settings.delivery), {}};
  options.retry.first = settings.delivery.retry_after;
  options.retry.longest = std::max(options.retry.first, options.retry.longest);
  options.retry.give_up_after = settings.delivery.give_up_after;
  return options;
}

}  // namespace

App::App(const config::Settings& settings, pg::Dsn dsn, std::vector<pg::Dsn> replicas,
         std::unique_ptr<const model::Clock> clock, history::History history)
    : settings_(settings),
      clock_(std::move(clock)),
      board_(publication_, *clock_, settings.target.name, dsn.display()),
      history_(std::move(history)),
      lifecycle_(history_, publication_, *clock_, lifecycle_options(settings_.history)),
      hotspots_(history_, publication_, settings.advise.min_table_pages, settings.advise.hotspot_learning),
      desk_(history_, publication_, *clock_, desk_options(settings_),
            [this](std::shared_ptr<const KeptReport> report, const std::string& channel) {
              return courier_->carry(std::move(report), channel);
            }),
      members_(settings_, std::move(replicas), history_, board_, *clock_),
      collection_(
          settings_, std::move(dsn), history_, members_, hotspots_, board_, *clock_,
          [this](std::vector<DatabaseInput> inputs) { return worker_->start(std::move(inputs)); },
          observer()) {
  board_.update([&](Status& status) { status.duty_cycle_limit = settings_.collect.duty_cycle_limit; });
}

CollectionObserver App::observer() {
  const auto is_watched = [this](const std::string& database) { return collection_.watches(database); };
  return {[this, is_watched] { tell(lifecycle_.watching(is_watched)); },
          [this](const model::DatabaseSnapshot& snapshot) { tell(lifecycle_.looked(snapshot)); },
          [this](const std::string& database) { lifecycle_.unchanged(database); },
          [this](const std::string& database) { tell(lifecycle_.counted(database)); }};
}

void App::tell(const Result<void>& outcome) {
  if (outcome) {
    board_.clear_problem("lifecycle", "");
  } else {
    board_.set_problem("lifecycle", "", outcome.error());
  }
}

Result<std::unique_ptr<App>> App::make(const config::Settings& settings, sandbox::ServerOptions sandbox,
                                       advisor::Options options) {
  auto dsn = pg::Dsn::parse(settings.target.dsn);
  if (!dsn) return dsn.error();
  auto replicas = Members::parse(settings.target);
  if (!replicas) return replicas.error();
  auto clock = std::make_unique<const model::SystemClock>();
  auto history = history::History::open(
      {settings.history.folder / "history.sqlite", settings.history.retention, settings.history.size_limit,
       usage_retention(settings), longest_gap(settings), settings.history.slice},
      *clock);
  if (!history) return history.error();
  std::unique_ptr<App> app(
      new App(settings, std::move(*dsn), std::move(*replicas), std::move(clock), std::move(*history)));
  if (const auto read = app->lifecycle_.load(); !read) return read.error();
  if (const auto read = app->desk_.load(); !read) return read.error();
  http::Decisions decisions{[raw = app.get()](const std::string& id, const lifecycle::Event& decision) {
                              return raw->lifecycle_.decide(id, decision);
                            },
                            app->clock_.get()};
  ReportRequests reports{[raw = app.get()](model::Seconds length) { return raw->desk_.make(length); },
                         [raw = app.get()](const std::string& id) { return raw->desk_.deliver_again(id); }};
  auto http = http::Server::start(app->context_, settings.http, app->publication_, app->metrics_,
                                  std::move(decisions), {}, std::move(reports));
  if (!http) return http.error();
  app->http_ = std::move(*http);
  app->courier_ = std::make_unique<notify::Courier>(
      app->context_, settings.delivery, *app->clock_,
      [raw = app.get()](const std::string& report, const std::string& channel,
                        const notify::Attempt& attempt) {
        const double jitter = std::uniform_real_distribution(0.0, 1.0)(raw->random_);
        raw->tell_of_reports(raw->desk_.carried(report, channel, attempt, jitter));
      });
  app->worker_ =
      std::make_unique<Worker>(app->context_, std::move(sandbox), options, *app->clock_,
                               [raw = app.get()](CycleResult result) { raw->cycle_done(std::move(result)); });
  return app;
}

void App::run() {
  boost::asio::signal_set signals(context_, SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code&, int number) {
    log::info("signal {}: stopping", number);
    http_->stop();
    context_.stop();
  });
  boost::asio::co_spawn(context_, collection_.run(), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
  for (std::size_t i = 0; i < members_.size(); ++i) {
    boost::asio::co_spawn(context_, members_.run(i), [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
  }
  log::info("watching {} ({})", settings_.target.name, board_.status().target_display);
  log::info("page http://{0}:{1}/, metrics http://{0}:{1}/metrics", settings_.http.address, port());
  watch_reports();
  context_.run();
  courier_->stop();
  worker_.reset();
  log::info("stopped");
}

void App::watch_reports() {
  tell_of_reports(desk_.tick());
  report_timer_.expires_after(std::chrono::seconds(1));
  report_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) watch_reports();
  });
}

void App::tell_of_reports(const Result<void>& outcome) {
  if (outcome) {
    board_.clear_problem("report", "");
  } else {
    board_.set_problem("report", "", outcome.error());
  }
}

void App::cycle_done(CycleResult result) {
  const auto about_sandbox = [](const Failure& failure) { return failure.component == "sandbox"; };
  if (std::ranges::none_of(result.failures, about_sandbox)) board_.clear_problem("sandbox", "");
  collection_.cycle_done(result);
  // What was dropped while the cycle ran is of no interest any more.
  std::erase_if(result.report.databases,
                [&](const auto& database) { return !collection_.watches(database.advice.database); });
  for (const auto& database : result.report.databases) {
    board_.set_interval("advise", database.advice.database, settings_.advise.interval);
    board_.succeeded("advise", database.advice.database, model::Seconds(database.advice.seconds));
    const auto kept = history_.remember(database.advice.database, index_health::to_remember(database.health));
    if (!kept) board_.set_problem("history", database.advice.database, kept.error());
  }
  for (const auto& failure : result.failures) {
    if (!failure.database.empty() && !collection_.watches(failure.database)) continue;
    if (failure.component == "advise") {
      board_.failed(failure.component, failure.database, failure.error);
    } else {
      board_.set_problem(failure.component, failure.database, failure.error);
    }
  }
  board_.update([&](Status& status) {
    status.sandbox_version = result.sandbox_version;
    status.stage_seconds = result.stage_seconds;
  });
  if (result.report.databases.empty() && !result.failures.empty()) return;  // the last good report stays
  for (const auto& database : result.report.databases) tell(lifecycle_.advised(database));
  announce(result.report);
  result.report.hotspots = publication_.report()->hotspots;
  publication_.publish(std::move(result.report));
  hotspots_.advised();
}

void App::announce(const advisor::Report& report) {
  for (const auto& database : report.databases) {
    for (const auto& recommendation : database.advice.recommendations) {
      if (!announced_.insert(recommendation.id).second) continue;
      log::info("recommendation {} for {}: {}; saves {:.1f} % of the workload", recommendation.id,
                database.advice.database, recommendation.ddl, 100 * recommendation.benefit_share);
    }
  }
}

}  // namespace pgadvisor::daemon
