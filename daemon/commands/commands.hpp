#pragma once

#include "daemon/cli.hpp"
#include "daemon/exit_code.hpp"

namespace pgadvisor::daemon::commands {

/// Each runs one subcommand to its end: results to stdout (or --output), diagnostics to stderr.
[[nodiscard]] ExitCode serve(const ServeCommand& command);
[[nodiscard]] ExitCode advise(const AdviseCommand& command);
[[nodiscard]] ExitCode indexes(const IndexesCommand& command);
[[nodiscard]] ExitCode whatif(const WhatifCommand& command);
[[nodiscard]] ExitCode apply(const ApplyCommand& command);
[[nodiscard]] ExitCode report(const ReportCommand& command);
[[nodiscard]] ExitCode doctor(const DoctorCommand& command);
[[nodiscard]] ExitCode check_config(const CheckConfigCommand& command);

}  // namespace pgadvisor::daemon::commands
