#pragma once

#include "collectors/model/clock.hpp"
#include "config/settings.hpp"
#include "daemon/kept_reports.hpp"
#include "daemon/notify/retry.hpp"

#include <boost/asio/io_context.hpp>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace pgadvisor::daemon::notify {

/// The one thread that reports are delivered on, as that may block for long. Carries one at a time; decides
/// nothing.
class Courier {
 public:
  using Done = std::function<void(const std::string& report, const std::string& channel, const Attempt&)>;

  /// `done` is called on `context`'s thread, or by stop(), after every attempt that was not broken off.
  Courier(boost::asio::io_context& context, const config::DeliverySettings& settings,
          const model::Clock& clock, Done done);
  ~Courier();  ///< stops
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  /// Starts an attempt; false, and nothing happens, while one is under way.
  [[nodiscard]] bool carry(std::shared_ptr<const KeptReport> report, const std::string& channel);

  /// Breaks an attempt off, joins, and tells of one that ended but was not told of yet: what arrived is not
  /// to be sent again after a restart. The context's thread, or any once the context is stopped.
  void stop();

 private:
  struct Parcel {
    std::shared_ptr<const KeptReport> report;
    std::string channel;
  };
  struct Ended {
    std::string report;
    std::string channel;
    Attempt attempt;
  };
  void loop(const std::stop_token& stop);
  void tell();

  boost::asio::io_context& context_;
  config::DeliverySettings settings_;
  const model::Clock& clock_;
  Done done_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::optional<Parcel> parcel_;
  std::optional<Ended> ended_;  ///< not told of yet
  bool busy_ = false;           ///< from carry() until the attempt is told of
  std::jthread thread_;         ///< last: it uses all of the above
};

}  // namespace pgadvisor::daemon::notify
