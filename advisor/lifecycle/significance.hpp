#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace pgadvisor::lifecycle {

/// How much larger or smaller values are afterwards than before, and how sure that is.
///
/// The test is Mann and Whitney's (On a Test of Whether One of Two Random Variables is Stochastically Larger
/// than the Other, 1947): it assumes no distribution, and an outlier weighs no more than any other value. The
/// ratio is Hodges and Lehmann's estimate, the median of all ratios after / before, with the interval that
/// belongs to the test (Hollander, Wolfe, Chicken: Nonparametric Statistical Methods, 4.2 and 4.3, on
/// logarithms).
struct Shift {
  double ratio = 1;    ///< below 1: smaller than before
  double low = 0;      ///< of the confidence interval of kConfidence
  double high = 0;     ///< may be infinite
  double p_value = 1;  ///< two-sided
  std::size_t before = 0;
  std::size_t after = 0;  ///< sizes of the samples

  bool operator==(const Shift&) const = default;
};

/// High, as the question is asked again and again while samples come in.
inline constexpr double kConfidence = 0.99;
/// With fewer values on either side nothing can be significant at kConfidence.
inline constexpr std::size_t kLeastSamples = 5;

/// Values must not be negative. Empty with fewer than kLeastSamples on either side, or where no ratio can be
/// formed (all zero before).
[[nodiscard]] std::optional<Shift> shift_of(std::vector<double> before, std::vector<double> after);

}  // namespace pgadvisor::lifecycle
