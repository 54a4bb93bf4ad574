#pragma once

#include "collectors/model/result.hpp"
#include "collectors/model/units.hpp"
#include "daemon/daemon_client.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace pgadvisor::daemon::apply {

/// What is to be carried out.
struct Wanted {
  std::string sql;       ///< one CREATE INDEX or DROP INDEX: not trusted, parsed before anything is done
  std::string database;  ///< it is meant for; empty: whatever is connected to
  std::optional<model::Bytes> predicted_size;
};

/// Whether a text is an id of a recommendation: 16 hexadecimal digits.
[[nodiscard]] bool is_id(std::string_view text);

/// What the daemon proposes under an id now: the DDL of what is open, the rollback of what
/// regressed. kGiveUp when it knows no such id, or there is nothing to be done; kReconnect when it does not
/// answer.
[[nodiscard]] model::Result<Wanted> ask_daemon(const DaemonClient& daemon, const std::string& id);

/// The same from its answer.
[[nodiscard]] model::Result<Wanted> wanted_of(const Fetched& answer, const std::string& id);

/// From a file that `advise --format json` made.
[[nodiscard]] model::Result<Wanted> read_advice(const std::filesystem::path& file, const std::string& id);

}  // namespace pgadvisor::daemon::apply
