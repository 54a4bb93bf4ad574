#pragma once

// Private to advisor/sandbox: the SQL functions of the planner module.

#include <filesystem>
#include <string>

namespace pgadvisor::sandbox {

/// Creates the functions in the schema pgadvisor_sandbox, grants the planner's role what it needs before 14,
/// and readies the session; several statements, repeatable.
[[nodiscard]] std::string planner_functions_setup(const std::filesystem::path& module, int server_version);

/// One statement that creates the role the module plans as: it reads every table's statistics, and functions
/// that constant folding runs can do no more than that.
[[nodiscard]] std::string planner_role_setup(int server_version);

}  // namespace pgadvisor::sandbox
