#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::testing {

/// A server or tool of a test, run as an unprivileged user when the test is root (PostgreSQL refuses root).
/// It dies with the thread that started it. Owns the process id until it was joined.
class ChildProcess {
 public:
  /// Output and errors are appended to `log`. Throws std::runtime_error when there is no process to be had.
  /// `death_signal`: what the child gets when the test process dies.
  static ChildProcess start(const std::vector<std::string>& command, const std::filesystem::path& log,
                            int death_signal);

  ChildProcess(ChildProcess&& other) noexcept : pid_(other.pid_) { other.pid_ = -1; }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();  ///< kills what is still running

  /// The exit status, 128 + signal as in a shell; nullopt when it still runs.
  std::optional<int> poll();
  /// As poll(), after at most `timeout`.
  std::optional<int> join(std::chrono::milliseconds timeout);
  void send(int signal) const;

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}
  pid_t pid_;
};

/// Gives a folder to the user that ChildProcess runs as. Does nothing unless root.
void give_to_unprivileged_user(const std::filesystem::path& folder);

}  // namespace pgadvisor::testing
