#include "advisor/sandbox/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <future>
#include <mutex>
#include <thread>

namespace pgadvisor::sandbox {
namespace {

/// Where the child got stuck before it became the program.
enum class Stage : std::int32_t { kDrop, kFolder, kOutput, kExecute };

struct Failure {
  Stage stage;
  std::int32_t number;  // errno
};

/// Everything the child needs, prepared before the fork: after it, only async-signal-safe calls are allowed.
struct Prepared {
  explicit Prepared(const Command& from) : command(from) {
    for (const auto& [name, value] : from.environment) variables.push_back(name + "=" + value);
    for (const std::string& argument : from.arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    for (const std::string& variable : variables) envp.push_back(const_cast<char*>(variable.c_str()));
    argv.push_back(nullptr);
    envp.push_back(nullptr);
  }
  const Command& command;
  std::vector<std::string> variables;
  std::vector<char*> argv;
  std::vector<char*> envp;
};

bool drop_to(const Account& account) {
  return setgroups(1, &account.group) == 0 && setresgid(account.group, account.group, account.group) == 0 &&
         setresuid(account.user, account.user, account.user) == 0;
}

bool redirect(const char* path, int flags, int descriptor) {
  const int opened = open(path, flags, 0600);
  return opened >= 0 && (opened == descriptor || (dup2(opened, descriptor) >= 0 && close(opened) == 0));
}

bool redirect_all(const Command& command) {
  constexpr int kAppend = O_WRONLY | O_CREAT | O_APPEND;
  return redirect("/dev/null", O_RDONLY, STDIN_FILENO) &&
         redirect(command.output.c_str(), kAppend, STDOUT_FILENO) &&
         redirect(command.errors.c_str(), kAppend, STDERR_FILENO);
}

void default_signals() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, SIGUSR1, SIGUSR2, SIGALRM}) {
    std::signal(number, SIG_DFL);
  }
}

[[noreturn]] void become(const Prepared& prepared, int report, pid_t parent) {
  const auto fail = [report](Stage stage) {
    const Failure failure{stage, errno};
    [[maybe_unused]] const auto written = write(report, &failure, sizeof failure);
    _exit(127);
  };
  default_signals();
  // A group of its own: Ctrl-C on a terminal is ours to handle, in our order.
  setpgid(0, 0);
  umask(077);
  if (prepared.command.account && !drop_to(*prepared.command.account)) fail(Stage::kDrop);
  // Changing the user clears the death signal, so it comes after. The parent may have died before that.
  prctl(PR_SET_PDEATHSIG, prepared.command.death_signal);
  if (getppid() != parent) _exit(127);
  if (chdir(prepared.command.working_folder.c_str()) != 0) fail(Stage::kFolder);
  if (!redirect_all(prepared.command)) fail(Stage::kOutput);
  close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  execve(prepared.argv[0], prepared.argv.data(), prepared.envp.data());
  fail(Stage::kExecute);
  _exit(127);
}

model::Error explain(const Command& command, const Failure& failure) {
  const std::string reason = std::strerror(failure.number);
  const std::string user = command.account ? command.account->name : "this user";
  switch (failure.stage) {
    case Stage::kDrop:
      return model::give_up(fmt::format("cannot become the user {}: {}", user, reason));
    case Stage::kFolder:
      return model::give_up(
          fmt::format("{} cannot enter {}: {}", user, command.working_folder.string(), reason));
    case Stage::kOutput:
      return model::give_up(fmt::format("{} cannot write {}: {}", user, command.errors.string(), reason));
    case Stage::kExecute:
      break;
  }
  return model::give_up(fmt::format("cannot run {}: {}", command.arguments[0], reason));
}

/// Forks; what the child reports before it becomes the program is the answer.
model::Result<pid_t> launch(const Command& command) {
  const Prepared prepared(command);
  std::array<int, 2> report{};
  if (pipe2(report.data(), O_CLOEXEC) != 0) {
    return model::give_up(fmt::format("cannot start {}: {}", command.arguments[0], std::strerror(errno)));
  }
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) become(prepared, report[1], parent);
  const int fork_error = errno;
  close(report[1]);
  Failure failure{};
  const bool failed = child > 0 && read(report[0], &failure, sizeof failure) == sizeof failure;
  close(report[0]);
  if (child < 0) {
    return model::give_up(
        fmt::format("cannot start {}: {}", command.arguments[0], std::strerror(fork_error)));
  }
  if (!failed) return child;
  waitpid(child, nullptr, 0);
  return explain(command, failure);
}

}  // namespace

/// A thread forks the child and waits for it: PR_SET_PDEATHSIG speaks of the *thread* that forked, so that
/// thread has to live exactly as long as the child.
class Process::Implementation {
 public:
  Implementation() = default;
  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;
  ~Implementation() {
    signal(SIGKILL);
    if (keeper_.joinable()) keeper_.join();
  }

  model::Result<void> start(const Command& command) {
    std::promise<model::Result<pid_t>> started;
    auto answer = started.get_future();
    keeper_ =
        std::thread([this, &command, promise = std::move(started)]() mutable { keep(command, promise); });
    const model::Result<pid_t> child = answer.get();
    if (child.has_error()) return child.error();
    return {};
  }

  void signal(int number) {
    const std::lock_guard lock(mutex_);
    if (pid_ > 0 && !status_) kill(pid_, number);
  }

  std::optional<int> wait(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    ended_.wait_for(lock, timeout, [this] { return status_.has_value(); });
    return status_;
  }

  pid_t pid() {
    const std::lock_guard lock(mutex_);
    return pid_;
  }

 private:
  void keep(const Command& command, std::promise<model::Result<pid_t>>& started) {
    const model::Result<pid_t> child = launch(command);
    {
      const std::lock_guard lock(mutex_);
      if (child.has_value()) pid_ = child.value();
    }
    started.set_value(child);  // `command` may be gone from here on
    if (child.has_error()) return;
    siginfo_t information{};
    // The child stays a zombie, its pid taken, until nobody can signal it any more.
    while (waitid(P_PID, static_cast<id_t>(*child), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR)
      continue;
    const std::lock_guard lock(mutex_);
    int status = 0;
    waitpid(*child, &status, 0);
    status_ = status;
    ended_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable ended_;
  pid_t pid_ = 0;
  std::optional<int> status_;
  std::thread keeper_;
};

Process::Process(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
Process::Process(Process&&) noexcept = default;
Process& Process::operator=(Process&&) noexcept = default;
Process::~Process() = default;

model::Result<Process> Process::start(const Command& command) {
  auto implementation = std::make_unique<Implementation>();
  if (const auto started = implementation->start(command); started.has_error()) return started.error();
  return Process(std::move(implementation));
}

pid_t Process::pid() const {
  return implementation_->pid();
}
bool Process::alive() const {
  return !implementation_->wait(std::chrono::milliseconds{0});
}
void Process::signal(int number) const {
  implementation_->signal(number);
}
std::optional<int> Process::wait(std::chrono::milliseconds timeout) const {
  return implementation_->wait(timeout);
}

namespace {

std::optional<int> wait_watching(const Process& process, std::chrono::milliseconds timeout,
                                 const std::function<void()>& every_second) {
  using std::chrono::milliseconds;
  const milliseconds step = every_second ? milliseconds{1000} : timeout;
  for (auto left = timeout; left > milliseconds{0}; left -= step) {
    if (const auto status = process.wait(std::min(step, left))) return status;
    if (every_second) every_second();
  }
  return std::nullopt;
}

}  // namespace

model::Result<int> run(const Command& command, std::chrono::milliseconds timeout, const std::stop_token& stop,
                       const std::function<void()>& every_second) {
  const model::Result<Process> process = Process::start(command);
  if (process.has_error()) return process.error();
  const std::stop_callback interrupt(stop, [&process] { process->signal(SIGTERM); });
  const std::optional<int> status = wait_watching(*process, timeout, every_second);
  if (stop.stop_requested())
    return model::Error{model::NextStep::kRetry, command.arguments[0] + " was interrupted"};
  if (!status) {
    process->signal(SIGTERM);
    static_cast<void>(process->wait(std::chrono::seconds{2}));
    return model::Error{model::NextStep::kRetry,
                        fmt::format("{} took longer than {} s", command.arguments[0],
                                    std::chrono::duration_cast<std::chrono::seconds>(timeout).count())};
  }
  return WIFEXITED(*status) ? WEXITSTATUS(*status) : 128 + WTERMSIG(*status);
}

Environment inherited_environment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string variable = *entry;
    const std::size_t equals = variable.find('=');
    if (equals != std::string::npos) environment[variable.substr(0, equals)] = variable.substr(equals + 1);
  }
  return environment;
}

}  // namespace pgadvisor::sandbox
