#pragma once

#include "collectors/model/units.hpp"

namespace pgadvisor::selection {

/// Whether a statement may be executed by a plan, given what it costs today. What the planner says
/// (`planned`) and what the plan would cost if probes shared no pages (`unshared`, sandbox::PlanCost) are the
/// ends of what may come; they can be a factor of ten apart, so the middle on a logarithmic scale is what is
/// expected. A plan that cannot be slower than today's by more than `max_slowdown` (share of the cost, 0.1: a
/// tenth) is accepted; one that can has to be expected to be faster by a tenth.
[[nodiscard]] bool acceptable(model::Cost today, model::Cost planned, model::Cost unshared,
                              double max_slowdown);

}  // namespace pgadvisor::selection
