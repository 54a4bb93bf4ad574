#pragma once

#include <string>
#include <string_view>

namespace pgadvisor::sandbox {

/// The Debian package with `extension` for PostgreSQL `major`; empty when the name is none of a Debian
/// package.
[[nodiscard]] std::string extension_package(std::string_view extension, int major);

}  // namespace pgadvisor::sandbox
