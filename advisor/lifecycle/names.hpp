#pragma once

// Private to advisor/lifecycle: words of the API and of the history for enumerations.

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace pgadvisor::lifecycle {

template <class Value, std::size_t size>
using Names = std::array<std::pair<Value, std::string_view>, size>;

template <class Value, std::size_t size>
[[nodiscard]] std::string_view name_in(const Names<Value, size>& names, Value value) {
  return std::ranges::find(names, value, [](const auto& entry) { return entry.first; })->second;
}

template <class Value, std::size_t size>
[[nodiscard]] std::optional<Value> value_in(const Names<Value, size>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name, [](const auto& entry) { return entry.second; });
  if (found == names.end()) return std::nullopt;
  return found->first;
}

}  // namespace pgadvisor::lifecycle
