#pragma once

#include "daemon/http/limits.hpp"
#include "daemon/http/message.hpp"
#include "daemon/http/router.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace pgadvisor::daemon::http {

/// One client's connection: reads requests, has them answered, until either side is done. All members on the
/// strand of the socket's executor; owned by its coroutine.
class Session {
 public:
  Session(boost::asio::ip::tcp::socket socket, const Router& router, const Limits& limits);

  /// Until the connection is closed. Network errors end it silently: they are the client's affair.
  boost::asio::awaitable<void> serve();
  /// Says 503 and closes: the server has as many connections as it may have.
  boost::asio::awaitable<void> refuse();

  /// Closes at once while waiting for a request; otherwise after the answer in progress.
  void finish();
  /// Closes at once.
  void close();

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  boost::asio::awaitable<void> serve_requests();
  /// Answers what could not be read as a request, then closes.
  boost::asio::awaitable<void> reject(boost::beast::error_code error);
  /// False when the connection is of no more use.
  boost::asio::awaitable<bool> write(Response response, unsigned version, bool keep_alive, bool with_body);
  /// Ends the sending side and swallows what the client still sends, so that it gets to read the answer.
  boost::asio::awaitable<void> linger();

  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  const Router& router_;
  Limits limits_;
  bool reading_ = false;
  bool finishing_ = false;
};

}  // namespace pgadvisor::daemon::http
