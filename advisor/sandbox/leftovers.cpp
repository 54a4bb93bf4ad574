#include "advisor/sandbox/leftovers.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <regex>
#include <string>
#include <system_error>
#include <thread>

namespace pgadvisor::sandbox {
namespace {

namespace fs = std::filesystem;

/// A folder that was only just made has no lock yet: then its maker's pid, the start of its name, has to be
/// dead.
bool abandoned(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::exists(folder / "lock", ignored)) {
    return kill(static_cast<pid_t>(std::stol(folder.filename().string())), 0) != 0 && errno == ESRCH;
  }
  return FolderLock(folder).held();
}

bool works_in(pid_t process, const fs::path& data) {
  std::error_code failure;
  const fs::path folder = fs::read_symlink(fs::path("/proc") / std::to_string(process) / "cwd", failure);
  return !failure && fs::equivalent(folder, data, failure);
}

bool wait_until_gone(pid_t process, const fs::path& data, std::chrono::milliseconds limit) {
  constexpr std::chrono::milliseconds kStep{20};
  for (auto waited = kStep; waited < limit; waited += kStep) {
    if (!works_in(process, data)) return true;
    std::this_thread::sleep_for(kStep);
  }
  return !works_in(process, data);
}

}  // namespace

FolderLock::FolderLock(const fs::path& folder)
    : descriptor_(open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
  held_ = descriptor_ >= 0 && flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

void stop_stray_server(const fs::path& folder) {
  const fs::path data = folder / "data";
  std::ifstream file(data / "postmaster.pid");
  pid_t process = 0;
  if (!(file >> process) || process <= 1 || !works_in(process, data)) return;
  kill(process, SIGQUIT);
  if (wait_until_gone(process, data, std::chrono::seconds{5})) return;
  kill(process, SIGKILL);
  wait_until_gone(process, data, std::chrono::seconds{1});
}

void remove_sandbox_folder(const fs::path& folder) {
  std::error_code failure;
  const fs::path socket = fs::read_symlink(folder / "socket", failure);
  if (!failure && socket.parent_path() == "/tmp") fs::remove_all(socket, failure);
  fs::remove_all(folder, failure);
  if (failure) spdlog::warn("sandbox: cannot remove {}: {}", folder.string(), failure.message());
}

void sweep_leftovers(const fs::path& parent) {
  static const std::regex kName("[1-9][0-9]{0,8}-[A-Za-z0-9]+");
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(parent, ignored)) {
    if (!entry.is_directory(ignored) || entry.is_symlink(ignored)) continue;
    if (!std::regex_match(entry.path().filename().string(), kName) || !abandoned(entry.path())) continue;
    spdlog::info("sandbox: removing {}, which a daemon that no longer lives left behind",
                 entry.path().string());
    stop_stray_server(entry.path());
    remove_sandbox_folder(entry.path());
  }
}

}  // namespace pgadvisor::sandbox
