#include "tests/support/daemon.hpp"

#include <boost/json.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <regex>
#include <sstream>

namespace pgadvisor::testing {

namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

Variables with_defaults(Variables variables, const std::filesystem::path& folder) {
  const Variables defaults{{"HOME", folder},
                           {"PGADVISOR_HTTP_PORT", "0"},
                           {"PGADVISOR_HISTORY_FOLDER", folder / "history"},
                           {"PGADVISOR_SANDBOX_FOLDER", folder / "sandbox"},
                           {"PGADVISOR_COLLECT_STATEMENTS_INTERVAL", "1s"},
                           {"PGADVISOR_COLLECT_TEXTS_INTERVAL", "1s"},
                           {"PGADVISOR_COLLECT_RELATIONS_INTERVAL", "1s"},
                           {"PGADVISOR_COLLECT_FINGERPRINT_INTERVAL", "1s"},
                           {"PGADVISOR_COLLECT_CATALOG_INTERVAL", "1h"},
                           {"PGADVISOR_COLLECT_DUTY_CYCLE_LIMIT", "1"},
                           {"PGADVISOR_ADVISE_INTERVAL", "1s"}};
  variables.insert(defaults.begin(), defaults.end());
  return variables;
}

/// Everything until the other side closes, or `patience` without a byte.
std::string converse(std::uint16_t port, const std::string& request) {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{5, 0};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      send(connection, request.data(), request.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(request.size())) {
    char buffer[65536];
    for (ssize_t got = 0; (got = recv(connection, buffer, sizeof buffer, 0)) > 0;) {
      answer.append(buffer, static_cast<std::size_t>(got));
    }
  }
  close(connection);
  return answer;
}

bool names(const json::value& problems, const std::string& text) {
  return std::ranges::any_of(problems.as_array(), [&](const json::value& problem) {
    return json::serialize(problem.at("message")).find(text) != std::string::npos ||
           json::serialize(problem.at("hint")).find(text) != std::string::npos;
  });
}

}  // namespace

json::value HttpAnswer::json() const {
  json::error_code error;
  json::value value = json::parse(body, error);
  return error ? json::value(json::object{}) : value;
}

Daemon::Daemon(const TemporaryFolder& folder, Variables variables)
    : folder_(folder.path()),
      log_file_(folder_ / ("log-" + std::to_string(entries(folder_).size()))),
      process_({pgadvisor_binary(), "serve"}, with_defaults(std::move(variables), folder_), log_file_,
               log_file_) {}

Daemon::~Daemon() {
  if (!process_.join(0ms)) (void)stop();
}

bool Daemon::listens() {
  static const std::regex kPage(R"(page http://[^/ ]*:(\d+)/)");
  return eventually([this] {
           std::smatch match;
           const auto text = log();
           if (std::regex_search(text, match, kPage)) port_ = static_cast<std::uint16_t>(std::stoi(match[1]));
           return port_ != 0 || process_.join(0ms).has_value();
         }) &&
         port_ != 0;
}

HttpAnswer Daemon::get(const std::string& path) const {
  return ask("GET " + path + " HTTP/1.1\r\n");
}

HttpAnswer Daemon::post(const std::string& path, const json::value& body) const {
  const auto text = json::serialize(body);
  return ask("POST " + path + " HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: " +
             std::to_string(text.size()) + "\r\n", text);
}

HttpAnswer Daemon::ask(const std::string& request, const std::string& body) const {
  const auto host = "127.0.0.1:" + std::to_string(port_);
  const auto text = converse(port_, request + "Host: " + host + "\r\nConnection: close\r\n\r\n" + body);
  const auto head = text.find("\r\n\r\n");
  if (!text.starts_with("HTTP/1.1 ") || head == std::string::npos) return {};
  return {std::stoi(text.substr(9, 3)), text.substr(0, head), text.substr(head + 4)};
}

bool Daemon::has_problem(const std::string& text) const {
  const auto answer = get("/readyz");
  if (answer.status != 503) return false;
  const auto ready = answer.json();
  const auto board = status();
  return ready.as_object().contains("problems") && names(ready.at("problems"), text) &&
         board.as_object().contains("problems") && names(board.at("problems"), text);
}

std::optional<double> Daemon::metric(const std::string& series) const {
  std::istringstream lines(get("/metrics").body);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(series + " ")) return std::stod(line.substr(series.size() + 1));
  }
  return std::nullopt;
}

std::vector<std::string> Daemon::recommendations() const {
  const auto answer = get("/api/v1/recommendations").json();
  std::vector<std::string> ddl;
  if (!answer.as_object().contains("items")) return ddl;
  for (const auto& item : answer.at("items").as_array()) ddl.emplace_back(item.at("ddl").as_string());
  return ddl;
}

bool Daemon::recommends(const std::string& part_of_ddl) const {
  return std::ranges::any_of(
      recommendations(), [&](const std::string& ddl) { return ddl.find(part_of_ddl) != std::string::npos; });
}

Daemon::End Daemon::stop() {
  const auto begin = std::chrono::steady_clock::now();
  process_.send(SIGTERM);
  const auto exit_code = process_.join(20s);
  return {exit_code,
          std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin)};
}

}  // namespace pgadvisor::testing
