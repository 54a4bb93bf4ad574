#include "advisor/sandbox/account.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <vector>

namespace pgadvisor::sandbox {
namespace {

std::optional<Account> find_account(const std::string& name) {
  std::array<char, 16384> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return {};
  return Account{name, entry.pw_uid, entry.pw_gid};
}

bool may_enter(const struct stat& status, const Account& account) {
  if (status.st_uid == account.user) return (status.st_mode & S_IXUSR) != 0;
  if (status.st_gid == account.group) return (status.st_mode & S_IXGRP) != 0;
  return (status.st_mode & S_IXOTH) != 0;
}

}  // namespace

model::Result<std::optional<Account>> unprivileged_account(const std::string& wanted) {
  if (geteuid() != 0) return std::optional<Account>{};
  const std::vector<std::string> names =
      wanted.empty() ? std::vector<std::string>{"pgadvisor", "postgres", "nobody"} : std::vector{wanted};
  for (const std::string& name : names) {
    const std::optional<Account> account = find_account(name);
    if (account && account->user != 0) return account;
    if (account)
      return model::give_up("the sandbox's server cannot run as root", "set sandbox.user to another user");
  }
  if (!wanted.empty()) {
    return model::give_up(fmt::format("sandbox.user names the user {}, who does not exist", wanted),
                          fmt::format("useradd --system {}", wanted));
  }
  return model::give_up("no unprivileged user was found to run the sandbox's server",
                        "useradd --system pgadvisor");
}

std::optional<std::filesystem::path> closed_folder(const std::filesystem::path& folder,
                                                   const Account& account) {
  std::filesystem::path way;
  for (const auto& part : std::filesystem::absolute(folder)) {
    way /= part;
    struct stat status {};
    if (stat(way.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && !may_enter(status, account)) return way;
  }
  return std::nullopt;
}

}  // namespace pgadvisor::sandbox
