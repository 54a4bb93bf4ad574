#pragma once

#include "tests/bench/fidelity/answers.hpp"
#include "tests/bench/session.hpp"

#include <string>

namespace pgadvisor::bench {

/// Why a built index has another size than predicted: rows in it, distinct keys and their width, what the
/// planner of production estimates against what is counted there. Nothing is known beforehand.
[[nodiscard]] std::string why_size(Session& session, const std::string& index, const std::string& method,
                                   const Size& predicted, const Size& real);

}  // namespace pgadvisor::bench
