#include "tests/support/child_process.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>
#include <thread>

namespace pgadvisor::testing {

namespace {

struct User {
  uid_t uid = 0;
  gid_t gid = 0;
};

/// Nobody else while we are no root ourselves.
std::optional<User> unprivileged_user() {
  if (geteuid() != 0) return std::nullopt;
  for (const char* name : {"postgres", "nobody"}) {
    if (const passwd* entry = getpwnam(name)) return User{entry->pw_uid, entry->pw_gid};
  }
  throw std::runtime_error("root needs a user postgres or nobody to run a PostgreSQL server as");
}

/// Between fork() and exec(): only calls that are safe after a fork of a process with threads.
[[noreturn]] void become(char* const* arguments, int log, const std::optional<User>& user, int death_signal,
                         pid_t parent) {
  const int null = open("/dev/null", O_RDONLY);
  if (dup2(null, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0) _exit(126);
  setpgid(0, 0);  // a Ctrl-C on the terminal ends the test, which then stops its server in order
  if (user && (setgroups(0, nullptr) != 0 || setgid(user->gid) != 0 || setuid(user->uid) != 0)) _exit(126);
  // After setuid, which clears it.
  if (prctl(PR_SET_PDEATHSIG, death_signal) != 0 || getppid() != parent) _exit(126);
  if (chdir("/") != 0) _exit(126);
  execv(arguments[0], arguments);
  _exit(127);
}

}  // namespace

ChildProcess ChildProcess::start(const std::vector<std::string>& command, const std::filesystem::path& log,
                                 int death_signal) {
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const std::optional<User> user = unprivileged_user();
  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (output < 0)
    throw std::runtime_error(fmt::format("cannot write {}: {}", log.string(), std::strerror(errno)));
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) become(arguments.data(), output, user, death_signal, parent);
  close(output);
  if (pid < 0) throw std::runtime_error(fmt::format("fork: {}", std::strerror(errno)));
  return ChildProcess(pid);
}

ChildProcess::~ChildProcess() {
  if (pid_ <= 0) return;
  send(SIGKILL);
  waitpid(pid_, nullptr, 0);
}

std::optional<int> ChildProcess::poll() {
  int status = 0;
  if (pid_ <= 0 || waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::optional<int> ChildProcess::join(std::chrono::milliseconds timeout) {
  constexpr std::chrono::milliseconds kTurn{5};
  for (std::chrono::milliseconds waited{0}; waited < timeout; waited += kTurn) {
    if (const auto status = poll()) return status;
    std::this_thread::sleep_for(kTurn);
  }
  return poll();
}

void ChildProcess::send(int signal) const {
  if (pid_ > 0) kill(pid_, signal);
}

void give_to_unprivileged_user(const std::filesystem::path& folder) {
  const std::optional<User> user = unprivileged_user();
  if (user && chown(folder.c_str(), user->uid, user->gid) != 0) {
    throw std::runtime_error(fmt::format("chown {}: {}", folder.string(), std::strerror(errno)));
  }
}

}  // namespace pgadvisor::testing
