#include "tests/support/message_sinks.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <sstream>

namespace pgadvisor::testing {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

std::vector<std::string> command_for(const TemporaryFolder& folder, const std::optional<MailLogin>& login) {
  if (login) {
    const json::object text{{"user", login->user}, {"password", login->password}};
    (void)folder.write("login", json::serialize(text));
  }
  return {"/usr/bin/env", "node", PGADVISOR_SOURCE_DIR "/tests/support/message_sinks.mjs", folder.path()};
}

}  // namespace

Sinks::Sinks(const std::optional<MailLogin>& login)
    : process_(command_for(folder_, login), {}, folder_.path() / "log", folder_.path() / "log") {
  (void)eventually([&] { return fs::exists(folder_.path() / "ports"); });
  std::istringstream(read_file(folder_.path() / "ports")) >> mail_port_ >> web_port_;
}

std::string Sinks::mail_url() const {
  return fmt::format("smtp://127.0.0.1:{}", mail_port_);
}

std::string Sinks::web_url(const std::string& path) const {
  return fmt::format("http://127.0.0.1:{}{}", web_port_, path);
}

void Sinks::refuse(bool refuse) const {
  if (refuse) (void)folder_.write("refuse", "");
  if (!refuse) fs::remove(folder_.path() / "refuse");
}

std::vector<json::object> Sinks::messages(const std::string& channel, bool taken) const {
  std::vector<json::object> found;
  std::istringstream lines(read_file(folder_.path() / "messages"));
  for (std::string line; std::getline(lines, line);) {
    const auto message = json::parse(line).as_object();
    if (message.at("channel").as_string() == channel && message.at("taken").as_bool() == taken)
      found.push_back(message);
  }
  return found;
}

std::size_t Sinks::taken() const {
  return messages("mail", true).size() + messages("/slack", true).size() + messages("/hook", true).size();
}

}  // namespace pgadvisor::testing
