#pragma once

#include "advisor/sandbox/server.hpp"
#include "collectors/model/catalog.hpp"
#include "collectors/model/result.hpp"

#include <string>
#include <vector>

namespace pgadvisor::sandbox {

/// Owns each twin and everything in it: a plain role, so that code of the schema has no powers.
inline constexpr const char* kOwnerRole = "pgadvisor_owner";

/// Creates an empty database of this name, encoding and locale in the sandbox, owned by kOwnerRole; one that
/// is there already is dropped, its connections closed. A locale this machine lacks becomes C.UTF-8 or C:
/// then the answer says so.
[[nodiscard]] model::Result<std::vector<std::string>> create_twin(
    const Server& server, const model::DatabaseProperties& properties);

}  // namespace pgadvisor::sandbox
