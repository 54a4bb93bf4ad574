#include "advisor/sandbox/sandbox_folder.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

namespace pgadvisor::sandbox {
namespace {

namespace fs = std::filesystem;

model::Error cannot_make(const fs::path& folder, int number) {
  return model::give_up(
      fmt::format("cannot make the sandbox's folder {}: {}", folder.string(), std::strerror(number)),
      "set sandbox.folder to a folder this user may write");
}

bool hand_over(const fs::path& folder, const std::optional<Account>& account) {
  return !account || chown(folder.c_str(), account->user, account->group) == 0;
}

/// A folder of our own: made 0700, or there already and nobody else's.
model::Result<void> ensure_parent(const fs::path& parent, const std::optional<Account>& account) {
  std::error_code failure;
  if (parent.has_parent_path()) fs::create_directories(parent.parent_path(), failure);
  if (mkdir(parent.c_str(), 0700) == 0) {
    return hand_over(parent, account) ? model::Result<void>{} : cannot_make(parent, errno);
  }
  if (errno != EEXIST) return cannot_make(parent, errno);
  struct stat status {};
  if (lstat(parent.c_str(), &status) != 0) return cannot_make(parent, errno);
  const bool ours = status.st_uid == geteuid() || (account && status.st_uid == account->user);
  if (!S_ISDIR(status.st_mode) || !ours || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return model::give_up(fmt::format("{} is not a folder that only this user may write", parent.string()),
                          "set sandbox.folder to another one, or remove it");
  }
  // An empty folder of root's, made for us beforehand, is as good as one that we made.
  if (account && status.st_uid != account->user && fs::is_empty(parent, failure)) {
    if (chmod(parent.c_str(), 0700) != 0 || !hand_over(parent, account)) return cannot_make(parent, errno);
  }
  return {};
}

/// A new folder `pattern` (six X at its end), 0700 and the account's.
model::Result<fs::path> make_unique(std::string pattern, const std::optional<Account>& account) {
  if (mkdtemp(pattern.data()) == nullptr || !hand_over(pattern, account)) return cannot_make(pattern, errno);
  return fs::path(pattern);
}

/// The folder to use below which the account can really live.
fs::path reachable(fs::path parent, const std::optional<Account>& account) {
  if (!account) return parent;
  const std::optional<fs::path> closed = closed_folder(parent.parent_path(), *account);
  if (!closed) return parent;
  const fs::path instead = "/tmp/pgadvisor-sandbox";
  spdlog::warn(
      "sandbox: the user {} may not enter {}, so {} is used instead of {} (chmod o+x {}, or set "
      "sandbox.folder)",
      account->name, closed->string(), instead.string(), parent.string(), closed->string());
  return instead;
}

}  // namespace

SandboxFolder::SandboxFolder(fs::path path, std::unique_ptr<FolderLock> lock)
    : path_(std::move(path)), socket_(path_), lock_(std::move(lock)) {}

SandboxFolder::~SandboxFolder() {
  if (lock_) remove_sandbox_folder(path_);
}

model::Result<SandboxFolder> SandboxFolder::make(fs::path parent, const std::optional<Account>& account) {
  parent = reachable(fs::absolute(parent).lexically_normal(), account);
  if (const auto made = ensure_parent(parent, account); made.has_error()) return made.error();
  if (account) {
    if (const auto closed = closed_folder(parent, *account)) {
      return model::give_up(
          fmt::format("the user {} may not enter {}", account->name, closed->string()),
          fmt::format("chown {} {}, or set sandbox.folder", account->name, closed->string()));
    }
  }
  sweep_leftovers(parent);
  const auto path = make_unique((parent / fmt::format("{}-XXXXXX", getpid())).string(), account);
  if (path.has_error()) return path.error();
  auto lock = std::make_unique<FolderLock>(*path);
  if (!lock->held()) return cannot_make(*path / "lock", errno);
  SandboxFolder folder(*path, std::move(lock));
  if (const auto placed = folder.place_socket(account); placed.has_error()) return placed.error();
  return folder;
}

model::Result<void> SandboxFolder::place_socket(const std::optional<Account>& account) {
  constexpr std::string_view kSocketName = "/.s.PGSQL.5432";
  if (path_.string().size() + kSocketName.size() < sizeof sockaddr_un::sun_path) return {};
  const auto made = make_unique("/tmp/pgadvisor-socket-XXXXXX", account);
  if (made.has_error()) return made.error();
  socket_ = *made;
  std::error_code failure;
  fs::create_directory_symlink(socket_, path_ / "socket", failure);  // so that a sweep finds it
  return failure ? model::Result<void>{cannot_make(path_ / "socket", failure.value())}
                 : model::Result<void>{};
}

}  // namespace pgadvisor::sandbox
