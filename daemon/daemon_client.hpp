#pragma once

#include "collectors/model/result.hpp"
#include "config/settings.hpp"

#include <string>

namespace pgadvisor::daemon {

struct Fetched {
  long status = 0;  ///< of HTTP
  std::string body;
};

/// Asks a running daemon over HTTP, for commands that need what only it knows. Blocks for ten seconds at
/// most; answers over 16 MB are refused. kReconnect when no daemon answers, in the same words for every
/// command.
class DaemonClient {
 public:
  /// `url` as people gave it; empty: where the daemon of this configuration answers.
  DaemonClient(std::string url, const config::HttpSettings& settings);

  [[nodiscard]] model::Result<Fetched> get(const std::string& path) const;
  [[nodiscard]] model::Result<Fetched> post(const std::string& path, const std::string& json) const;
  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  [[nodiscard]] model::Result<Fetched> ask(const std::string& path, const std::string* json) const;

  std::string url_;
};

}  // namespace pgadvisor::daemon
