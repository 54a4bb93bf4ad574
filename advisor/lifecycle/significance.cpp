#include "advisor/lifecycle/significance.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>

namespace pgadvisor::lifecycle {
namespace {

/// The exact distribution up to so many pairs, the normal approximation beyond.
constexpr std::size_t kMostExactPairs = 900;
/// All pairs are looked at: more values than this are thinned out evenly.
constexpr std::size_t kMostSamples = 250;
/// Of the normal distribution, two-sided at kConfidence.
constexpr double kQuantile = 2.5758293035489;

std::vector<double> thinned(std::vector<double> values) {
  if (values.size() <= kMostSamples) return values;
  std::vector<double> kept;
  for (std::size_t i = 0; i < kMostSamples; ++i) kept.push_back(values[i * values.size() / kMostSamples]);
  return kept;
}

/// P(U <= u) for every u, when both samples come from one distribution: the counts of Mann and Whitney's
/// recursion f(n, m, u) = f(n - 1, m, u - m) + f(n, m - 1, u), as shares.
std::vector<double> exact_distribution(std::size_t n, std::size_t m) {
  const std::size_t pairs = n * m;
  std::vector<std::vector<double>> ways(m + 1, std::vector<double>(pairs + 1, 0));
  for (auto& row : ways) row[0] = 1;  // n = 0
  for (std::size_t i = 1; i <= n; ++i) {
    std::vector<std::vector<double>> next(m + 1, std::vector<double>(pairs + 1, 0));
    next[0][0] = 1;
    for (std::size_t j = 1; j <= m; ++j) {
      for (std::size_t u = 0; u <= i * j; ++u) {
        next[j][u] = next[j - 1][u] + (u >= j ? ways[j][u - j] : 0);
      }
    }
    ways = std::move(next);
  }
  double total = 0;
  for (const double count : ways[m]) total += count;
  std::vector<double> cumulative;
  double sum = 0;
  for (const double count : ways[m]) cumulative.push_back((sum += count) / total);
  return cumulative;
}

/// Pairs in which the value before is the larger one; equal ones count half.
double statistic(const std::vector<double>& before, const std::vector<double>& after) {
  double u = 0;
  for (const double b : before) {
    for (const double a : after) u += b > a ? 1 : b == a ? 0.5 : 0;
  }
  return u;
}

/// Sum of t^3 - t over the groups of t equal values.
double ties(const std::vector<double>& before, const std::vector<double>& after) {
  std::map<double, double> counts;
  for (const double value : before) ++counts[value];
  for (const double value : after) ++counts[value];
  double sum = 0;
  for (const auto& [value, count] : counts) sum += count * count * count - count;
  return sum;
}

double normal_p(double u, double n, double m, double tied) {
  const double all = n + m;
  const double variance = n * m / 12 * (all + 1 - tied / (all * (all - 1)));
  if (variance <= 0) return 1;  // all values are equal
  const double z = std::max(0.0, std::abs(u - n * m / 2) - 0.5) / std::sqrt(variance);
  return std::erfc(z / std::sqrt(2.0));
}

double exact_p(double u, const std::vector<double>& cumulative) {
  const auto at = static_cast<std::size_t>(u);
  const double below = cumulative[at];
  const double above = at == 0 ? 1 : 1 - cumulative[at - 1];
  return std::min(1.0, 2 * std::min(below, above));
}

/// How many of the smallest (and of the largest) ratios lie outside the interval, plus one; 0: it is
/// unbounded.
std::size_t outermost(std::size_t n, std::size_t m, const std::vector<double>& cumulative) {
  const double tail = (1 - kConfidence) / 2;
  if (!cumulative.empty()) {
    std::size_t count = 0;
    while (count < cumulative.size() && cumulative[count] <= tail) ++count;
    return count;
  }
  const double pairs = static_cast<double>(n * m);
  const double reach = kQuantile * std::sqrt(pairs * static_cast<double>(n + m + 1) / 12);
  return static_cast<std::size_t>(std::max(0.0, std::floor(pairs / 2 - reach)));
}

std::vector<double> sorted_ratios(const std::vector<double>& before, const std::vector<double>& after) {
  std::vector<double> ratios;
  ratios.reserve(before.size() * after.size());
  for (const double b : before) {
    for (const double a : after) {
      const double ratio = b > 0 ? a / b : a > 0 ? std::numeric_limits<double>::infinity() : 1;
      ratios.push_back(ratio);
    }
  }
  std::sort(ratios.begin(), ratios.end());
  return ratios;
}

}  // namespace

std::optional<Shift> shift_of(std::vector<double> before, std::vector<double> after) {
  before = thinned(std::move(before));
  after = thinned(std::move(after));
  const std::size_t n = before.size();
  const std::size_t m = after.size();
  if (std::min(n, m) < kLeastSamples) return std::nullopt;
  const auto ratios = sorted_ratios(before, after);
  const std::size_t middle = ratios.size() / 2;
  const double median = ratios.size() % 2 == 1 ? ratios[middle] : (ratios[middle - 1] + ratios[middle]) / 2;
  if (!std::isfinite(median)) return std::nullopt;

  const bool exact = n * m <= kMostExactPairs;
  const auto cumulative = exact ? exact_distribution(n, m) : std::vector<double>{};
  const double tied = ties(before, after);
  const double u = statistic(before, after);
  Shift shift{.ratio = median, .before = n, .after = m};
  shift.p_value = exact && tied == 0 ? exact_p(u, cumulative)
                                     : normal_p(u, static_cast<double>(n), static_cast<double>(m), tied);
  const std::size_t outside = outermost(n, m, cumulative);
  shift.low = outside == 0 ? 0 : ratios[outside - 1];
  shift.high = outside == 0 ? std::numeric_limits<double>::infinity() : ratios[ratios.size() - outside];
  return shift;
}

}  // namespace pgadvisor::lifecycle
