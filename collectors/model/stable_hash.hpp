#pragma once

#include <cstdint>
#include <string_view>

namespace pgadvisor::model {

/// FNV-1a, 64 bits: the same on every machine and in every run. For ids, not against malice.
[[nodiscard]] constexpr std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
  return hash;
}

}  // namespace pgadvisor::model
