#pragma once

#include "daemon/http/limits.hpp"
#include "daemon/http/router.hpp"
#include "daemon/http/session.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <memory>
#include <set>

namespace pgadvisor::daemon::http {

/// Accepts connections and knows the open ones. Everything but the constructor and begin() runs on its
/// strand; kept alive by its coroutines until the last connection is closed.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  using Strand = boost::asio::strand<boost::asio::io_context::executor_type>;

  Listener(boost::asio::io_context& context, Router router, Limits limits);

  /// Binds and listens.
  boost::system::error_code open(const boost::asio::ip::tcp::endpoint& endpoint);
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Accepts until stop().
  void begin();
  void stop();

 private:
  static boost::asio::awaitable<void> accept(std::shared_ptr<Listener> self);
  static boost::asio::awaitable<void> serve(std::shared_ptr<Listener> self, std::shared_ptr<Session> session);
  static boost::asio::awaitable<void> refuse(std::shared_ptr<Listener> self,
                                             std::shared_ptr<Session> session);
  void welcome(boost::asio::ip::tcp::socket socket);
  void forget(const std::shared_ptr<Session>& session);
  void stop_on_strand();

  Strand strand_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer timer_;  ///< pause after a failed accept; grace while stopping
  Router router_;
  Limits limits_;
  std::uint16_t port_ = 0;
  bool stopping_ = false;
  std::set<std::shared_ptr<Session>> sessions_;
  std::set<std::shared_ptr<Session>> refused_;
};

}  // namespace pgadvisor::daemon::http
