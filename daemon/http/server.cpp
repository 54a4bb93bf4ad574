#include "daemon/http/server.hpp"

#include "daemon/http/listener.hpp"

#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>

#include <utility>

namespace pgadvisor::daemon::http {
namespace {

namespace asio = boost::asio;

bool is_loopback(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback();
  }
  return address.is_loopback();
}

std::string cannot_listen(const config::HttpSettings& settings, const std::string& why) {
  return fmt::format("cannot listen on address {} port {}: {}", settings.address, settings.port, why);
}

}  // namespace

class Server::Implementation {
 public:
  explicit Implementation(std::shared_ptr<Listener> listener) : listener_(std::move(listener)) {}
  [[nodiscard]] Listener& listener() const { return *listener_; }

 private:
  std::shared_ptr<Listener> listener_;
};

model::Result<std::unique_ptr<Server>> Server::start(asio::io_context& context,
                                                     const config::HttpSettings& settings,
                                                     const Publication& publication,
                                                     metrics::Metrics& metrics, Decisions decisions,
                                                     Limits limits, ReportRequests reports) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(settings.address, error);
  if (error) {
    return model::give_up(cannot_listen(settings, "this is no IP address"),
                          "set http.address to an IP address such as 127.0.0.1, ::1 or 0.0.0.0");
  }
  const Router router(publication, metrics, is_loopback(address), std::move(decisions), std::move(reports));
  auto listener = std::make_shared<Listener>(context, router, limits);
  error = listener->open({address, settings.port});
  if (error) {
    return model::give_up(cannot_listen(settings, error.message()),
                          "set http.address and http.port to an address of this machine and a free port");
  }
  listener->begin();
  return std::unique_ptr<Server>(new Server(std::make_unique<Implementation>(std::move(listener))));
}

Server::Server(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}

Server::~Server() {
  stop();
}

std::uint16_t Server::port() const {
  return implementation_->listener().port();
}

void Server::stop() {
  implementation_->listener().stop();
}

}  // namespace pgadvisor::daemon::http
