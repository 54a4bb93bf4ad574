#include "collectors/model/clock.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/setup.hpp"
#include "daemon/daemon_client.hpp"
#include "daemon/log.hpp"
#include "daemon/notify/send.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>

namespace pgadvisor::daemon::commands {
namespace {

namespace json = boost::json;
using model::Result;

/// The body of a good answer of the daemon, which alone has the history; else what it says is wrong.
Result<std::string> body_of(Result<Fetched> fetched, const DaemonClient& daemon) {
  if (!fetched) return fetched.error();
  if (fetched->status == 200) return std::move(fetched->body);
  json::error_code error;
  const auto value = json::parse(fetched->body, error);
  const auto* problem = error ? nullptr : value.if_object();
  const auto* detail = problem == nullptr ? nullptr : problem->if_contains("detail");
  return model::give_up(detail != nullptr && detail->is_string()
                            ? std::string(detail->get_string())
                            : fmt::format("{} answered {}", daemon.url(), fetched->status));
}

Result<std::string> get(const DaemonClient& daemon, const std::string& path) {
  return body_of(daemon.get(path), daemon);
}

/// Letters and digits: nothing that could lead elsewhere in a path.
bool is_report_id(const std::string& id) {
  return !id.empty() && std::ranges::all_of(id, [](unsigned char c) { return std::isalnum(c) != 0; });
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? log::printable(std::string(value->get_string())) : "";
}

std::string line_of(const json::object& report) {
  auto line = fmt::format("{}  {} to {}  {}", text_of(report, "id"), text_of(report, "from").substr(0, 16),
                          text_of(report, "to").substr(0, 16), text_of(report, "subject"));
  const auto* deliveries = report.if_contains("deliveries");
  if (deliveries == nullptr || !deliveries->is_array()) return line;
  for (const auto& entry : deliveries->get_array()) {
    if (!entry.is_object()) continue;
    const auto& delivery = entry.get_object();
    line += fmt::format("\n    {}: {}", text_of(delivery, "channel"), text_of(delivery, "state"));
    if (const auto trouble = text_of(delivery, "trouble"); !trouble.empty()) line += ": " + trouble;
  }
  return line;
}

/// For people; the API has it as JSON.
Result<std::string> list(const DaemonClient& daemon, const std::string& format) {
  auto answer = get(daemon, "/api/v1/reports");
  if (!answer || format == "json") return answer;
  json::error_code error;
  const auto value = json::parse(*answer, error);
  const auto* object = error ? nullptr : value.if_object();
  const auto* items = object == nullptr ? nullptr : object->if_contains("items");
  if (items == nullptr || !items->is_array()) return model::give_up("this is no answer of pgadvisor");
  std::string text;
  for (const auto& item : items->get_array()) {
    if (item.is_object()) text += line_of(item.get_object()) + "\n";
  }
  return text.empty() ? "no report was made yet\n" : text;
}

Result<std::string> read(const DaemonClient& daemon, const ReportCommand& command) {
  if (command.which == "list") return list(daemon, command.format);
  if (!is_report_id(command.which)) {
    return model::give_up("a report is named by last, now, or an ID that `pgadvisor report list` shows");
  }
  auto path = fmt::format("/api/v1/reports/{}?format={}", command.which, command.format);
  if (command.which == "now") path += "&period=" + command.period;
  return get(daemon, path);
}

ExitCode print(const Result<std::string>& text, const std::filesystem::path& output) {
  const auto written = text ? write_result(*text, output) : Result<void>(text.error());
  if (written) return ExitCode::kDone;
  complain(written.error());
  return ExitCode::kFailed;
}

/// By every channel that is configured, from here: no daemon is needed.
ExitCode deliver_test(const config::Settings& settings) {
  const auto channels = notify::channels_of(settings.delivery);
  if (channels.empty()) {
    complain(model::give_up(
        "no channel is configured",
        "set mail_server, slack_url_file or webhook_url in section delivery, and give --config"));
    return ExitCode::kUsage;
  }
  const model::SystemClock clock;
  const auto message = notify::test_message(settings.target.name, clock.now());
  auto code = ExitCode::kDone;
  for (const auto& channel : channels) {
    const auto attempt = notify::send(channel, message, settings.delivery, clock.now(), {});
    if (attempt.outcome == notify::Attempt::Outcome::kDelivered) {
      fmt::print("{}: delivered\n", channel);
    } else {
      fmt::print(stderr, "pgadvisor: {}: not delivered: {}\n", channel, log::printable(attempt.trouble));
      code = ExitCode::kFailed;
    }
  }
  return code;
}

}  // namespace

ExitCode report(const ReportCommand& command) {
  const auto settings = load_settings(command.config);
  if (!settings) return ExitCode::kUsage;
  if (command.deliver == "test") return deliver_test(*settings);
  const DaemonClient daemon(command.url, settings->http);
  if (command.deliver.empty()) return print(read(daemon, command), command.output);
  if (!is_report_id(command.which) || command.which == "last" || command.which == "now") {
    complain(model::give_up("which report is to be delivered again?",
                            "give its ID, which `pgadvisor report list` shows"));
    return ExitCode::kUsage;
  }
  const auto answer =
      body_of(daemon.post(fmt::format("/api/v1/reports/{}/deliver", command.which), "{}"), daemon);
  if (!answer) return print(answer, {});
  fmt::print("{} is delivered again\n", command.which);
  return ExitCode::kDone;
}

}  // namespace pgadvisor::daemon::commands
