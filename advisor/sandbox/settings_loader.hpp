#pragma once

#include "collectors/model/catalog.hpp"
#include "collectors/model/result.hpp"
#include "collectors/pg/blocking_connection.hpp"

#include <span>
#include <string>
#include <vector>

namespace pgadvisor::sandbox {

/// Sets in this session those of production's settings that the sandbox's version knows and a session may
/// change. One the server refuses is a sentence of the answer. Values are pg_settings' own: numbers in the
/// setting's unit.
[[nodiscard]] model::Result<std::vector<std::string>> apply_settings(
    pg::BlockingConnection& connection, std::span<const model::Setting> settings);

}  // namespace pgadvisor::sandbox
