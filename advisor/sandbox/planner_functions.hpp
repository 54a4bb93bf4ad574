#pragma once

// Private to advisor/sandbox: the SQL functions of the planner module.

#include <filesystem>
#include <string>

namespace pgadvisor::sandbox {

/// Creates the functions in the schema pgadvisor_sandbox and readies the session; several statements,
/// repeatable.
[[nodiscard]] std::string planner_functions_setup(const std::filesystem::path& module);

/// One statement that creates the role the module plans as, where PostgreSQL has what it takes (14 and
/// later): it reads every table's statistics, and functions that constant folding runs can do no more than
/// that.
[[nodiscard]] std::string planner_role_setup();

}  // namespace pgadvisor::sandbox
