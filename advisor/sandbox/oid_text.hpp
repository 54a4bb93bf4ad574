#pragma once

#include "collectors/model/ids.hpp"

#include <cstdint>
#include <string>

namespace pgadvisor::sandbox {

/// As a parameter of type oid.
[[nodiscard]] inline std::string to_text(model::Oid oid) {
  return std::to_string(static_cast<std::uint32_t>(oid));
}

}  // namespace pgadvisor::sandbox
