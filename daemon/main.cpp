#include "daemon/allocator.hpp"
#include "daemon/cli.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/log.hpp"

#include <fmt/format.h>

#include <csignal>
#include <exception>

namespace {

using namespace pgadvisor::daemon;

struct Run {
  ExitCode operator()(const Message& message) const {
    fmt::print(message.wrong_usage ? stderr : stdout, "{}", message.text);
    return message.wrong_usage ? ExitCode::kUsage : ExitCode::kDone;
  }
  ExitCode operator()(const ServeCommand& command) const { return commands::serve(command); }
  ExitCode operator()(const AdviseCommand& command) const { return commands::advise(command); }
  ExitCode operator()(const IndexesCommand& command) const { return commands::indexes(command); }
  ExitCode operator()(const WhatifCommand& command) const { return commands::whatif(command); }
  ExitCode operator()(const ApplyCommand& command) const { return commands::apply(command); }
  ExitCode operator()(const ReportCommand& command) const { return commands::report(command); }
  ExitCode operator()(const DoctorCommand& command) const { return commands::doctor(command); }
  ExitCode operator()(const CheckConfigCommand& command) const { return commands::check_config(command); }
};

}  // namespace

int main(int argc, char** argv) {
  return_freed_memory();
  std::signal(SIGPIPE,
              SIG_IGN);  // a reader that went away is an error of the write, not the end of the process
  try {
    log::start({.level = "warn"});  // on stderr, as all diagnostics; `serve` starts it again as configured
    return static_cast<int>(std::visit(Run{}, parse_command_line(argc, argv)));
  } catch (const std::exception& error) {
    fmt::print(stderr, "pgadvisor: unexpected failure: {}\n", error.what());
    return static_cast<int>(ExitCode::kFailed);
  }
}
