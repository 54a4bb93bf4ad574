#pragma once

#include "tests/support/daemon.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::testing {

struct MailLogin {
  std::string user;
  std::string password;
};

/// A mail server and a web server that keep what they get (message_sinks.mjs).
class Sinks {
 public:
  /// With a log-in the mail server takes mail of nobody else, and offers it after STARTTLS only.
  explicit Sinks(const std::optional<MailLogin>& login = std::nullopt);

  [[nodiscard]] std::string mail_url() const;
  [[nodiscard]] std::string web_url(const std::string& path) const;
  /// Of the authority that the mail server's certificate is from, where mail has a log-in.
  [[nodiscard]] std::filesystem::path ca_file() const { return folder_.path() / "mail.pem"; }
  void refuse(bool refuse) const;
  /// What came by a channel: mail, /slack or /hook.
  [[nodiscard]] std::vector<boost::json::object> messages(const std::string& channel, bool taken) const;
  [[nodiscard]] std::size_t taken() const;
  [[nodiscard]] std::string log() const { return read_file(folder_.path() / "log"); }

 private:
  TemporaryFolder folder_;
  Running process_;
  int mail_port_ = 0;
  int web_port_ = 0;
};

}  // namespace pgadvisor::testing
