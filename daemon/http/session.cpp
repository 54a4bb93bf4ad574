#include "daemon/http/session.hpp"

#include "daemon/http/await.hpp"
#include "daemon/http/problem.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <array>
#include <string>
#include <utility>

namespace pgadvisor::daemon::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

constexpr std::chrono::seconds kLinger{1};
constexpr std::size_t kLingerBytes = 1U << 20;

Request to_request(const bhttp::request<bhttp::string_body>& message) {
  Request request;
  request.method = message.method_string();
  request.target = message.target();
  request.version = static_cast<int>(message.version());
  const auto hosts = message.equal_range(bhttp::field::host);
  for (auto field = hosts.first; field != hosts.second; ++field) request.hosts.emplace_back(field->value());
  request.if_none_match = message[bhttp::field::if_none_match];
  request.content_type = message[bhttp::field::content_type];
  request.origin = message[bhttp::field::origin];
  request.sec_fetch_site = message["Sec-Fetch-Site"];
  request.body = message.body();
  return request;
}

template <class Body>
void set_header(bhttp::response<Body>& message, const Response& response, bool keep_alive) {
  message.result(response.status);
  message.reason(beast::string_view(reason(response.status).data(), reason(response.status).size()));
  if (!response.content_type.empty()) message.set(bhttp::field::content_type, response.content_type);
  for (const auto& [name, value] : response.headers) message.set(name, value);
  message.keep_alive(keep_alive);
}

/// The answer to what the parser refused; status 0 when the client just left.
Response refusal(beast::error_code error) {
  if (error == bhttp::error::header_limit) return problem(431, "the request's header is too large", "");
  if (error == bhttp::error::body_limit) return problem(413, "the request's body is too large", "");
  const bool malformed = error.category() == bhttp::make_error_code(bhttp::error::bad_method).category();
  if (!malformed || error == bhttp::error::end_of_stream || error == bhttp::error::partial_message) {
    return {0, {}, {}, {}};
  }
  return problem(400, "this is no HTTP/1.1 request: " + error.message(), "");
}

}  // namespace

Session::Session(asio::ip::tcp::socket socket, const Router& router, const Limits& limits)
    : stream_(std::move(socket)), router_(router), limits_(limits) {}

asio::awaitable<void> Session::serve() {
  co_await serve_requests();
  close();
}

asio::awaitable<void> Session::serve_requests() {
  while (!finishing_) {
    Parser parser;
    parser.header_limit(limits_.header_bytes);
    parser.body_limit(limits_.body_bytes);
    stream_.expires_after(limits_.idle);
    reading_ = true;
    const auto [error, size] = co_await bhttp::async_read(stream_, buffer_, parser, kAwait);
    reading_ = false;
    if (error) {
      co_await reject(error);
      co_return;
    }
    const auto& message = parser.get();
    const bool keep_alive = message.keep_alive() && !finishing_;
    const bool with_body = message.method() != bhttp::verb::head;
    Response response = router_.handle(to_request(message));
    if (!co_await write(std::move(response), message.version(), keep_alive, with_body)) co_return;
  }
}

asio::awaitable<void> Session::reject(beast::error_code error) {
  Response response = refusal(error);
  if (response.status == 0) co_return;
  add_security_headers(response);
  co_await write(std::move(response), 11, false, true);
  co_await linger();
}

asio::awaitable<void> Session::refuse() {
  Response response = problem(503, "too many connections are open", "");
  response.headers.emplace_back("Retry-After", "5");
  add_security_headers(response);
  co_await write(std::move(response), 11, false, true);
  co_await linger();
  close();
}

asio::awaitable<bool> Session::write(Response response, unsigned version, bool keep_alive, bool with_body) {
  stream_.expires_after(limits_.idle);
  beast::error_code failure;
  if (with_body && response.status != 304) {
    bhttp::response<bhttp::string_body> message;
    message.version(version);
    set_header(message, response, keep_alive);
    message.body() = std::move(response.body);
    message.prepare_payload();
    const auto [error, size] = co_await bhttp::async_write(stream_, message, kAwait);
    failure = error;
  } else {
    bhttp::response<bhttp::empty_body> message;
    message.version(version);
    set_header(message, response, keep_alive);
    if (response.status != 304) message.content_length(response.body.size());
    const auto [error, size] = co_await bhttp::async_write(stream_, message, kAwait);
    failure = error;
  }
  co_return !failure && keep_alive;
}

asio::awaitable<void> Session::linger() {
  beast::error_code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  stream_.expires_after(kLinger);
  std::array<char, 8192> discarded{};
  for (std::size_t total = 0; total < kLingerBytes && !finishing_;) {
    reading_ = true;
    const auto [error, size] = co_await stream_.async_read_some(asio::buffer(discarded), kAwait);
    reading_ = false;
    if (error) co_return;
    total += size;
  }
}

void Session::finish() {
  finishing_ = true;
  if (reading_) close();
}

void Session::close() {
  stream_.close();
}

}  // namespace pgadvisor::daemon::http
