#pragma once

#include "advisor/sandbox/account.hpp"
#include "collectors/model/result.hpp"

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace pgadvisor::sandbox {

using Environment = std::map<std::string, std::string>;

/// What to run. Started directly (no shell) and with no descriptor of ours but its three standard ones.
struct Command {
  /// The program's absolute path and its arguments. Everybody on this machine can read them: never a secret.
  std::vector<std::string> arguments;
  Environment environment;                     ///< all of it; nothing is inherited
  std::optional<Account> account = {};         ///< dropped to before anything else, supplementary groups too
  std::filesystem::path working_folder = "/";  ///< entered as `account`
  std::filesystem::path output = "/dev/null";  ///< standard output, created 0600 or appended to
  std::filesystem::path errors = "/dev/null";  ///< standard error; may be the same file
  int death_signal = SIGKILL;  ///< what the child gets when this process dies, however it dies
};

/// A child process. Destroying it kills it (SIGKILL) and waits for it. Never leaves a zombie, and never
/// signals a pid that could belong to somebody else by now. Safe to use from several threads.
class Process {
 public:
  /// kGiveUp with the reason when the program cannot be started (not found, folder closed to the account,
  /// ...).
  [[nodiscard]] static model::Result<Process> start(const Command& command);

  Process(Process&&) noexcept;
  Process& operator=(Process&&) noexcept;
  ~Process();

  [[nodiscard]] pid_t pid() const;
  [[nodiscard]] bool alive() const;
  /// Does nothing once the child has ended.
  void signal(int number) const;
  /// Waits until it ends, or for `timeout`. The status as waitpid() gives it; nullopt while it still lives.
  [[nodiscard]] std::optional<int> wait(std::chrono::milliseconds timeout) const;

 private:
  class Implementation;
  explicit Process(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

/// Runs a command to its end. One that outlives `timeout` gets SIGTERM, two seconds later SIGKILL, and the
/// answer is kRetry; so it goes with one that `stop` interrupts. Otherwise the exit code; 128 + signal when a
/// signal ended it. `every_second` is called as long as it runs.
[[nodiscard]] model::Result<int> run(const Command& command, std::chrono::milliseconds timeout,
                                     const std::stop_token& stop = {},
                                     const std::function<void()>& every_second = {});

/// The environment of this process.
[[nodiscard]] Environment inherited_environment();

}  // namespace pgadvisor::sandbox
