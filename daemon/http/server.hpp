#pragma once

#include "collectors/model/result.hpp"
#include "config/settings.hpp"
#include "daemon/metrics/metrics.hpp"
#include "daemon/publication.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <memory>

namespace pgadvisor::daemon::http {

/// The HTTP server: page, API, metrics, health. Runs on `context`; handlers only read the publication.
class Server {
 public:
  /// Binds and listens; kGiveUp naming address and port when that fails.
  [[nodiscard]] static model::Result<std::unique_ptr<Server>> start(boost::asio::io_context& context,
                                                                    const config::HttpSettings& settings,
                                                                    const Publication& publication,
                                                                    metrics::Metrics& metrics);
  ~Server();
  [[nodiscard]] std::uint16_t port() const;  ///< the real one when settings asked for 0
  /// Closes the listener and every connection.
  void stop();

 private:
  class Implementation;
  explicit Server(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace pgadvisor::daemon::http
