#include "advisor/sandbox/workspace.hpp"

#include <stdlib.h>

#include <fstream>
#include <iterator>
#include <system_error>

namespace pgadvisor::sandbox {

Workspace::Workspace(const std::filesystem::path& parent) {
  std::string pattern = (parent / "dump-XXXXXX").string();
  if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
}

Workspace::~Workspace() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace pgadvisor::sandbox
