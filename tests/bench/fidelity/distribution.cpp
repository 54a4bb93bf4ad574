#include "tests/bench/fidelity/distribution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

namespace pgadvisor::bench {
namespace {

double nearest_rank(std::vector<double> values, double p) {
  assert(!values.empty());
  const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(values.size())));
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
  std::ranges::nth_element(values, at);
  return *at;
}

}  // namespace

void Distribution::add(double predicted, double real) {
  ratios_.push_back(real == 0 && predicted == 0 ? 1 : predicted / real);
}

void Distribution::add(const Distribution& other) {
  ratios_.insert(ratios_.end(), other.ratios_.begin(), other.ratios_.end());
}

double Distribution::ratio(double p) const {
  return nearest_rank(ratios_, p);
}

double Distribution::error(double p) const {
  auto errors = ratios_;
  for (auto& error : errors) error = std::abs(error - 1);
  return nearest_rank(std::move(errors), p);
}

std::string distribution_heading(const std::string& title) {
  return fmt::format("{:<40}{:>7}{:>9}{:>9}{:>9}{:>9}{:>10}   {:>11}{:>13}\n", title, "n", "min", "p5",
                     "median", "p95", "max", "off median", "off p95");
}

std::string distribution_line(const std::string& title, const Distribution& d) {
  if (d.count() == 0) return fmt::format("  {:<38}{:>7}\n", title, "-");
  return fmt::format("  {:<38}{:>7}{:>9.3f}{:>9.3f}{:>9.3f}{:>9.3f}{:>10.3f}   {:>9.2f} %{:>11.2f} %\n",
                     title, d.count(), d.ratio(0), d.ratio(0.05), d.ratio(0.5), d.ratio(0.95), d.ratio(1),
                     100 * d.error(0.5), 100 * d.error(0.95));
}

}  // namespace pgadvisor::bench
