#pragma once

#include "advisor/index_health/subject.hpp"

#include <optional>
#include <string>

namespace pgadvisor::index_health {

/// Smaller ones are not worth a prediction: no more than this can be gained (pages, 10 MB).
inline constexpr std::int64_t kLeastBloat = 1280;

struct Bloat {
  double ratio = 1;       ///< real size / what REINDEX would build
  model::Bytes excess{};  ///< what REINDEX gives back
  std::string reason;     ///< empty: not bloated
};

/// Compares an index's size with what the sandbox's size model predicts of a new one (`predicted_pages`,
/// built with the default fillfactor). `best_ratio`: the smallest real size / predicted size that was ever
/// seen of it, which tells how far the model is off for this index; taken as that within the error that the
/// model is known to have. A B-tree filled in random order is a third larger than a new one and stays so:
/// bloated is twice the size and 10 MB more.
[[nodiscard]] Bloat judge_bloat(const Subject& subject, std::int64_t predicted_pages,
                                std::optional<double> best_ratio);

/// Whether the model's prediction is good enough to call this kind of index bloated.
[[nodiscard]] bool can_be_bloated(const Subject& subject);

}  // namespace pgadvisor::index_health
