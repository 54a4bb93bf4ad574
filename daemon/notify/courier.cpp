#include "daemon/notify/courier.hpp"

#include "daemon/notify/send.hpp"

#include <boost/asio/post.hpp>

namespace pgadvisor::daemon::notify {

Courier::Courier(boost::asio::io_context& context, const config::DeliverySettings& settings,
                 const model::Clock& clock, Done done)
    : context_(context),
      settings_(settings),
      clock_(clock),
      done_(std::move(done)),
      thread_([this](const std::stop_token& stop) { loop(stop); }) {}

Courier::~Courier() {
  stop();
}

bool Courier::carry(std::shared_ptr<const KeptReport> report, const std::string& channel) {
  {
    const std::lock_guard lock(mutex_);
    if (busy_) return false;
    busy_ = true;
    parcel_ = Parcel{std::move(report), channel};
  }
  wake_.notify_one();
  return true;
}

void Courier::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  tell();
}

void Courier::loop(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (wake_.wait(lock, stop, [this] { return parcel_.has_value(); })) {
    const auto parcel = std::move(*parcel_);
    parcel_.reset();
    lock.unlock();
    auto attempt = send(parcel.channel, *parcel.report, settings_, clock_.now(), stop);
    lock.lock();
    if (stop.stop_requested() && attempt.outcome == Attempt::Outcome::kTryAgain) return;
    ended_ = Ended{parcel.report->id, parcel.channel, std::move(attempt)};
    boost::asio::post(context_, [this] { tell(); });
  }
}

void Courier::tell() {
  std::optional<Ended> ended;
  {
    const std::lock_guard lock(mutex_);
    if (!ended_) return;
    ended.swap(ended_);
    busy_ = false;
  }
  done_(ended->report, ended->channel, ended->attempt);
}

}  // namespace pgadvisor::daemon::notify
