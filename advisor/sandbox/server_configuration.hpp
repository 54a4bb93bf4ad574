#pragma once

#include <filesystem>
#include <string>

namespace pgadvisor::sandbox {

/// Text of the sandbox server's postgresql.conf: one private socket, no TCP, no durability, little memory,
/// `module` loaded into every session. Planner settings are the clones' own matter.
[[nodiscard]] std::string server_configuration(const std::filesystem::path& socket_folder,
                                               const std::filesystem::path& module);

}  // namespace pgadvisor::sandbox
