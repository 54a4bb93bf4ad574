#include "daemon/app.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/setup.hpp"
#include "daemon/log.hpp"

namespace pgadvisor::daemon::commands {

ExitCode serve(const ServeCommand& command) {
  const auto settings = load_settings(command.config);
  if (!settings) return ExitCode::kUsage;
  log::start(settings->log);
  const auto app = App::make(*settings, sandbox_options(settings->sandbox), advise_options(settings->advise));
  if (!app) {
    complain(app.error());
    return ExitCode::kFailed;
  }
  (*app)->run();
  return ExitCode::kDone;
}

}  // namespace pgadvisor::daemon::commands
