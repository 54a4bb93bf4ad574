#pragma once

#include <filesystem>

namespace pgadvisor::sandbox {

/// Marks a sandbox folder as in use for as long as this object (and so this process) lives: a lock on a file
/// in it, which the kernel drops however the process ends. Unlike a pid it cannot be mistaken, in another pid
/// namespace either.
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder);
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

  [[nodiscard]] bool held() const { return held_; }

 private:
  int descriptor_ = -1;
  bool held_ = false;
};

/// Removes what daemons that no longer live left in `parent`: each folder `<pid>-...` whose lock nobody
/// holds, its server stopped first. Other files and folders are not touched.
void sweep_leftovers(const std::filesystem::path& parent);

/// Stops the server of `folder` (data in `folder`/data) by its postmaster.pid, after checking that the
/// process with that pid really works in that data folder. For servers that are not our children.
void stop_stray_server(const std::filesystem::path& folder);

/// Removes a sandbox folder, and the folder of its socket where that lies elsewhere.
void remove_sandbox_folder(const std::filesystem::path& folder);

}  // namespace pgadvisor::sandbox
