#include "daemon/notify/send.hpp"

#include "daemon/reports/writers.hpp"
#include "daemon/wire.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace pgadvisor::daemon::notify {

KeptReport test_message(const std::string& target, model::Timestamp now) {
  using reports::text;
  reports::Document document;
  document.title = "Test message of pgadvisor for " + target;
  document.lead = {{text("Reports on the indexes of this server will arrive here.")},
                   {text("There is nothing to do.")}};
  document.foot = "Sent by pgadvisor report --deliver test.";
  KeptReport report;
  // Its own at each test, so that a receiver takes the second one as well.
  report.id = fmt::format("test-{}", now.time_since_epoch().count());
  report.window = {now, now};
  report.made_at = now;
  report.subject = fmt::format("pgadvisor: {}: test message", target);
  report.summary = reports::as_slack(document, "");
  report.html = reports::as_html(document);
  report.markdown = reports::as_markdown(document);
  report.json = boost::json::serialize(boost::json::object{
      {"id", report.id}, {"test", true}, {"target", target}, {"made_at", to_json_time(now)}});
  return report;
}

}  // namespace pgadvisor::daemon::notify
