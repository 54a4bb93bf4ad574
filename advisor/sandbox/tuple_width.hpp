#pragma once

#include "advisor/sandbox/key_facts.hpp"

namespace pgadvisor::sandbox {

/// Bytes of a value, without NULLs.
[[nodiscard]] double mean_width(const KeyColumn& column);

/// Bytes of the data of an index tuple with these columns; `header` is what comes before it.
[[nodiscard]] double mean_tuple(const KeyFacts& facts, double header);

}  // namespace pgadvisor::sandbox
