#pragma once

#include "collectors/model/result.hpp"

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace pgadvisor::sandbox {

/// An operating-system user that child processes are dropped to.
struct Account {
  std::string name;
  uid_t user = 0;
  gid_t group = 0;
};

/// Whom the sandbox's server runs as: nobody in particular (nullopt) when we are not root, else `wanted`, or
/// the first of pgadvisor, postgres and nobody that exists. kGiveUp when there is none, or when `wanted` is
/// root itself.
[[nodiscard]] model::Result<std::optional<Account>> unprivileged_account(const std::string& wanted);

/// The uppermost folder on the way to `folder` (itself included) that `account` may not enter, by owner,
/// group and mode bits. nullopt when it may enter all of them.
[[nodiscard]] std::optional<std::filesystem::path> closed_folder(const std::filesystem::path& folder,
                                                                 const Account& account);

}  // namespace pgadvisor::sandbox
