#include "daemon/http/listener.hpp"

#include "daemon/http/await.hpp"

#include <spdlog/spdlog.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>

#include <exception>
#include <utility>

namespace pgadvisor::daemon::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// After a failed accept: most often all file descriptors are in use, and trying again at once would spin.
constexpr std::chrono::milliseconds kAcceptPause{100};

}  // namespace

Listener::Listener(asio::io_context& context, Router router, Limits limits)
    : strand_(asio::make_strand(context)),
      acceptor_(strand_),
      timer_(strand_),
      router_(router),
      limits_(limits) {}

boost::system::error_code Listener::open(const tcp::endpoint& endpoint) {
  boost::system::error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
  if (!error) port_ = acceptor_.local_endpoint(error).port();
  return error;
}

void Listener::begin() {
  asio::co_spawn(strand_, accept(shared_from_this()), asio::detached);
}

asio::awaitable<void> Listener::accept(std::shared_ptr<Listener> self) {
  while (!self->stopping_) {
    auto [error, socket] = co_await self->acceptor_.async_accept(self->strand_, kAwait);
    if (self->stopping_) co_return;
    if (!error) {
      self->welcome(std::move(socket));
      continue;
    }
    spdlog::warn("http: accepting a connection failed: {}", error.message());
    self->timer_.expires_after(kAcceptPause);
    co_await self->timer_.async_wait(kAwait);
  }
}

void Listener::welcome(tcp::socket socket) {
  const bool full = sessions_.size() >= limits_.connections;
  // Those who are told so are few and short-lived; beyond that even the telling is too much.
  if (full && refused_.size() >= limits_.connections) return;
  auto session = std::make_shared<Session>(std::move(socket), router_, limits_);
  (full ? refused_ : sessions_).insert(session);
  auto work = full ? refuse(shared_from_this(), session) : serve(shared_from_this(), session);
  asio::co_spawn(strand_, std::move(work), asio::detached);
}

asio::awaitable<void> Listener::serve(std::shared_ptr<Listener> self, std::shared_ptr<Session> session) {
  try {
    co_await session->serve();
  } catch (const std::exception& error) {
    spdlog::error("http: a connection failed: {}", error.what());
  }
  self->forget(session);
}

asio::awaitable<void> Listener::refuse(std::shared_ptr<Listener> self, std::shared_ptr<Session> session) {
  try {
    co_await session->refuse();
  } catch (const std::exception& error) {
    spdlog::error("http: refusing a connection failed: {}", error.what());
  }
  self->forget(session);
}

void Listener::forget(const std::shared_ptr<Session>& session) {
  sessions_.erase(session);
  refused_.erase(session);
  if (stopping_ && sessions_.empty() && refused_.empty()) timer_.cancel();
}

void Listener::stop() {
  asio::dispatch(strand_, [self = shared_from_this()] { self->stop_on_strand(); });
}

void Listener::stop_on_strand() {
  if (stopping_) return;
  stopping_ = true;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  for (const auto& session : sessions_) session->finish();
  for (const auto& session : refused_) session->finish();
  if (sessions_.empty() && refused_.empty()) return;
  timer_.expires_after(limits_.stop_grace);
  timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
    if (error) return;
    for (const auto& session : self->sessions_) session->close();
    for (const auto& session : self->refused_) session->close();
  });
}

}  // namespace pgadvisor::daemon::http
