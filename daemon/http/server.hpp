#pragma once

#include "collectors/model/result.hpp"
#include "config/settings.hpp"
#include "daemon/http/decisions.hpp"
#include "daemon/http/limits.hpp"
#include "daemon/metrics/metrics.hpp"
#include "daemon/publication.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <memory>

namespace pgadvisor::daemon::http {

/// The HTTP server: page, API, metrics, health. Runs on `context`, in one strand of it; handlers read the
/// publication and call `decisions` and `reports`, nothing else. The publication and the metrics outlive the
/// context's last handler. Bound to a loopback address it answers only requests whose Host names this
/// machine.
class Server {
 public:
  /// Binds and listens; kGiveUp naming address and port when that fails.
  [[nodiscard]] static model::Result<std::unique_ptr<Server>> start(
      boost::asio::io_context& context, const config::HttpSettings& settings, const Publication& publication,
      metrics::Metrics& metrics, Decisions decisions = {}, Limits limits = {}, ReportRequests reports = {});
  ~Server();                                 ///< stops
  [[nodiscard]] std::uint16_t port() const;  ///< the real one when settings asked for 0
  /// Closes the listener and every idle connection; answers in progress are finished within
  /// Limits::stop_grace. Returns at once: the context does the rest. Any thread, more than once.
  void stop();

 private:
  class Implementation;
  explicit Server(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace pgadvisor::daemon::http
