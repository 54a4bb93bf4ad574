#include "daemon/commands/commands.hpp"
#include "daemon/commands/setup.hpp"

#include <fmt/format.h>

namespace pgadvisor::daemon::commands {

ExitCode check_config(const CheckConfigCommand& command) {
  if (!load_settings(command.file)) return ExitCode::kUsage;
  fmt::print("{}: good\n", command.file.string());
  return ExitCode::kDone;
}

}  // namespace pgadvisor::daemon::commands
