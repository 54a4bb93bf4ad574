#pragma once

#include <filesystem>
#include <string>

namespace pgadvisor::sandbox {

/// A folder for the dump and what the programs print, gone with this object: a schema is not for others to
/// read.
class Workspace {
 public:
  explicit Workspace(const std::filesystem::path& parent);
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  ~Workspace();

  [[nodiscard]] bool usable() const { return !path_.empty(); }
  [[nodiscard]] std::filesystem::path operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

[[nodiscard]] std::string content_of(const std::filesystem::path& file);

}  // namespace pgadvisor::sandbox
