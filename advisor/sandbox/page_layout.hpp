#pragma once

// Private to advisor/sandbox: how PostgreSQL lays out pages and tuples, in bytes.

#include "collectors/model/units.hpp"

namespace pgadvisor::sandbox {

inline constexpr int kPageHeader = 24;  // SizeOfPageHeaderData
inline constexpr int kLinePointer = 4;  // sizeof(ItemIdData)
inline constexpr int kTid = 6;          // sizeof(ItemPointerData)
inline constexpr int kHeapTid = 8;      // the same, aligned

/// Of a page with so much special space: for tuples and their line pointers.
[[nodiscard]] constexpr int usable_page(int special_space) {
  return static_cast<int>(model::kBlockSize) - kPageHeader - special_space;
}

[[nodiscard]] constexpr int aligned(int bytes, int to = 8) {
  return (bytes + to - 1) / to * to;
}

}  // namespace pgadvisor::sandbox
