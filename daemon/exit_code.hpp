#pragma once

namespace pgadvisor::daemon {

/// What the process answers (design section 5).
enum class ExitCode {
  kDone = 0,
  kFailed = 1,
  kUsage = 2,       ///< wrong usage or configuration
  kIncomplete = 3,  ///< done, but something was left out, which the output names
};

}  // namespace pgadvisor::daemon
