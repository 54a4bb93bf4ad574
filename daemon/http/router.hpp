#pragma once

#include "daemon/http/decisions.hpp"
#include "daemon/http/message.hpp"
#include "daemon/http/query.hpp"
#include "daemon/kept_reports.hpp"
#include "daemon/metrics/metrics.hpp"
#include "daemon/publication.hpp"

#include <utility>

namespace pgadvisor::daemon::http {

/// A function from request to response over what is published at that moment; no sockets. Any thread, as
/// long as the publication and the metrics outlive it; requests that decide something on the thread that the
/// decisions are made for.
class Router {
 public:
  /// `loopback_only`: answer only requests whose Host names this machine (see host.hpp).
  Router(const Publication& publication, metrics::Metrics& metrics, bool loopback_only,
         Decisions decisions = {}, ReportRequests reports = {})
      : publication_(publication),
        metrics_(metrics),
        loopback_only_(loopback_only),
        decisions_(std::move(decisions)),
        reports_(std::move(reports)) {}

  /// Never throws: what goes wrong in here is logged and becomes a 500.
  [[nodiscard]] Response handle(const Request& request) const;

 private:
  [[nodiscard]] Response route(const Request& request) const;
  [[nodiscard]] Response answer(const Target& target, const Request& request) const;
  [[nodiscard]] Response answer_post(const Target& target, const Request& request) const;

  const Publication& publication_;
  metrics::Metrics& metrics_;
  bool loopback_only_;
  Decisions decisions_;
  ReportRequests reports_;
};

/// Adds what every answer carries against a hostile page or a curious proxy: content security policy, no
/// sniffing, no referrer, no caching unless the answer says otherwise.
void add_security_headers(Response& response);

}  // namespace pgadvisor::daemon::http
