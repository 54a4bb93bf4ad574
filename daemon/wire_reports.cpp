#include "daemon/wire_reports.hpp"

#include "daemon/wire.hpp"
#include "daemon/wire_values.hpp"

#include <boost/json.hpp>

#include <utility>

namespace pgadvisor::daemon {

namespace json = boost::json;

namespace {

json::object delivery_json(const Delivery& delivery) {
  return {{"channel", json_text(delivery.channel)},
          {"state", json_text(to_string(delivery.state))},
          {"attempts", delivery.attempts},
          {"since", to_json_time(delivery.since)},
          {"next_at", to_json_time(delivery.next_at)},
          {"delivered_at", to_json_time(delivery.delivered_at)},
          {"trouble", json_text_or_null(delivery.trouble)}};
}

}  // namespace

json::object to_json(const KeptReport& report) {
  json::array deliveries;
  for (const auto& delivery : report.deliveries) deliveries.emplace_back(delivery_json(delivery));
  return {{"id", json_text(report.id)},           {"from", to_json_time(report.window.from)},
          {"to", to_json_time(report.window.to)}, {"made_at", to_json_time(report.made_at)},
          {"subject", json_text(report.subject)}, {"deliveries", std::move(deliveries)}};
}

}  // namespace pgadvisor::daemon
