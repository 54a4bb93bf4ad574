#include "tests/support/daemon.hpp"

#include <boost/json/parse.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace pgadvisor::testing {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

int opened(const fs::path& file, int flags) {
  const int descriptor = open(file.c_str(), flags | O_CLOEXEC, 0644);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), file.string());
  return descriptor;
}

}  // namespace

bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(50ms);
  }
  return true;
}

std::string read_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();  // does not throw when a process ends while its file in /proc is read
  return text.str();
}

TemporaryFolder::TemporaryFolder() {
  std::string name = "/tmp/pgadvisor-program-" + std::to_string(getpid()) + "-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), name);
  path_ = name;
  fs::permissions(path_, fs::perms(0755));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path TemporaryFolder::write(const std::string& name, const std::string& content) const {
  const auto file = path_ / name;
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
  return file;
}

Running::Running(const std::vector<std::string>& command, const Variables& variables, const fs::path& out,
                 const fs::path& err, const fs::path& in) {
  auto words = command;
  std::vector<std::string> environment;
  for (const auto& [name, value] : variables) environment.push_back(name + "=" + value);
  if (!variables.contains("PATH")) environment.emplace_back("PATH=/usr/local/bin:/usr/bin:/bin");
  const auto arguments = pointers(words);
  const auto settings = pointers(environment);
  const int input = opened(in, O_RDONLY);
  const int output = opened(out, O_WRONLY | O_CREAT | O_APPEND);
  const int errors = opened(err, O_WRONLY | O_CREAT | O_APPEND);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) {
    if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(errors, 2) < 0) _exit(126);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) _exit(126);
    execve(arguments[0], arguments.data(), settings.data());
    _exit(127);
  }
  for (const int descriptor : {input, output, errors}) close(descriptor);
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
}

Running::~Running() {
  if (status_) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void Running::send(int signal) const {
  if (!status_) kill(pid_, signal);
}

std::optional<int> Running::join(std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!status_) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    } else if (std::chrono::steady_clock::now() > until) {
      break;
    } else {
      std::this_thread::sleep_for(2ms);
    }
  }
  return status_;
}

fs::path pgadvisor_binary() {
  return PGADVISOR_BINARY;
}

boost::json::value ProgramOutput::json() const {
  return boost::json::parse(out);
}

ProgramOutput run_program(const std::vector<std::string>& command, const Variables& variables,
                          const std::string& input) {
  const TemporaryFolder folder;
  const auto in = folder.write("in", input);
  Running running(command, variables, folder.path() / "out", folder.path() / "err", in);
  const auto status = running.join(60s);
  if (!status)
    throw std::runtime_error(command.front() + " does not end: " + read_file(folder.path() / "err"));
  return {*status, read_file(folder.path() / "out"), read_file(folder.path() / "err")};
}

ProgramOutput run_pgadvisor(std::vector<std::string> arguments, const TemporaryFolder& folder,
                            Variables variables) {
  arguments.insert(arguments.begin(), pgadvisor_binary());
  variables.try_emplace("PGADVISOR_SANDBOX_FOLDER", folder.path() / "sandbox");
  variables.try_emplace("HOME", folder.path());
  return run_program(arguments, variables);
}

std::string command_line(pid_t process) {
  auto text = read_file("/proc/" + std::to_string(process) + "/cmdline");
  for (char& c : text) {
    if (c == '\0') c = ' ';
  }
  return text;
}

namespace {

std::vector<pid_t> all_processes() {
  std::vector<pid_t> result;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") == std::string::npos) result.push_back(std::stoi(name));
  }
  return result;
}

pid_t parent_of(pid_t process) {
  const auto stat = read_file("/proc/" + std::to_string(process) + "/stat");
  std::istringstream fields(stat.substr(std::min(stat.size(), stat.rfind(')') + 1)));
  std::string state;
  pid_t parent = 0;
  fields >> state >> parent;
  return parent;
}

}  // namespace

std::vector<pid_t> processes_of(const fs::path& folder) {
  std::vector<pid_t> result;
  for (const pid_t process : all_processes()) {
    std::error_code gone;
    const auto works_in = fs::read_symlink("/proc/" + std::to_string(process) + "/cwd", gone).string();
    const bool named = command_line(process).find(folder.string()) != std::string::npos;
    if (process != getpid() && (named || works_in.starts_with(folder.string()))) result.push_back(process);
  }
  return result;
}

std::vector<pid_t> family(pid_t process) {
  std::vector<pid_t> members{process};
  for (std::size_t i = 0; i < members.size(); ++i) {
    for (const pid_t candidate : all_processes()) {
      if (parent_of(candidate) == members[i]) members.push_back(candidate);
    }
  }
  return members;
}

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> result;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(folder, missing)) result.push_back(entry.path());
  return result;
}

int mode(const fs::path& path) {
  return static_cast<int>(fs::status(path).permissions() & fs::perms::mask);
}

}  // namespace pgadvisor::testing
