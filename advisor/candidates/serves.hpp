#pragma once

#include "collectors/model/index_definition.hpp"

namespace pgadvisor::candidates {

/// Every search, order and index-only scan that `lesser` offers, `index` offers too: same table and method;
/// for B-trees the keys of `lesser` are its first ones, all in the same or all in the opposite direction, and
/// it holds every column that `lesser` INCLUDEs; for other methods the keys are equal. It has the same
/// predicate or none. Both definitions are as one server deparses them. An index serves itself.
[[nodiscard]] bool serves(const model::IndexDefinition& index, const model::IndexDefinition& lesser);

/// Nobody would have both: one serves the other, or they differ only in what they INCLUDE, or in the operator
/// class of a method that has no order, and one index could do the work of both.
[[nodiscard]] bool exclude_each_other(const model::IndexDefinition& a, const model::IndexDefinition& b);

}  // namespace pgadvisor::candidates
