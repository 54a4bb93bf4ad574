#pragma once

#include <string_view>

namespace pgadvisor::daemon::web {

/// A file of the source tree that the build put into the binary.
struct File {
  std::string_view name;  ///< without folders: "index.html"
  std::string_view content;
  std::string_view hash;  ///< SHA-256 in hexadecimal
};

/// Null when no file of that name was embedded.
[[nodiscard]] const File* find(std::string_view name);

}  // namespace pgadvisor::daemon::web
