#pragma once

#include "advisor/sandbox/account.hpp"
#include "advisor/sandbox/leftovers.hpp"
#include "collectors/model/result.hpp"

#include <filesystem>
#include <memory>
#include <optional>

namespace pgadvisor::sandbox {

/// The folder `<pid>-<random>` of one sandbox server, 0700, owned by whom the server runs as, locked while we
/// live. Removed on destruction: the server has to be stopped by then.
class SandboxFolder {
 public:
  /// Below `parent`, which is made (0700) where it is missing and swept of what dead daemons left there. A
  /// root daemon whose `parent` lies below a folder the account may not enter (such as its 0700 history
  /// folder) uses /tmp/pgadvisor-sandbox instead and says so in the log. kGiveUp when no folder can be made.
  [[nodiscard]] static model::Result<SandboxFolder> make(std::filesystem::path parent,
                                                         const std::optional<Account>& account);

  SandboxFolder(SandboxFolder&&) noexcept = default;
  SandboxFolder& operator=(SandboxFolder&&) = delete;
  ~SandboxFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Where the socket lies: the folder itself, or a short 0700 folder in /tmp when a socket's path there
  /// would be longer than the 107 bytes the kernel takes.
  [[nodiscard]] const std::filesystem::path& socket() const { return socket_; }

 private:
  SandboxFolder(std::filesystem::path path, std::unique_ptr<FolderLock> lock);
  [[nodiscard]] model::Result<void> place_socket(const std::optional<Account>& account);

  std::filesystem::path path_;
  std::filesystem::path socket_;
  std::unique_ptr<FolderLock> lock_;  ///< empty when moved from
};

}  // namespace pgadvisor::sandbox
