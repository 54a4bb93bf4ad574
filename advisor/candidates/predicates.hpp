#pragma once

#include "advisor/sandbox/scan.hpp"

#include <set>
#include <string>
#include <vector>

namespace pgadvisor::candidates {

/// What a partial index could leave out.
struct Predicate {
  std::string text;               ///< SQL without WHERE; empty: a full index
  std::set<std::string> columns;  ///< that it fixes: no need to have them in the index
};

/// Predicates that a statement with this scan is sure to imply, the empty one first: IS [NOT] NULL and
/// boolean tests, one by one and all together. They survive the normalisation of statements; the constant of
/// `status = 'done'` does not, and in an example it may be any value of the application's.
[[nodiscard]] std::vector<Predicate> predicates(const sandbox::Scan& scan);

}  // namespace pgadvisor::candidates
