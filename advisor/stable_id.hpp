#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace pgadvisor::advisor {

/// 16 hexadecimal digits for a text: FNV-1a, 64 bits, short and the same on every machine and in every run.
[[nodiscard]] inline std::string stable_id(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
  return fmt::format("{:016x}", hash);
}

}  // namespace pgadvisor::advisor
