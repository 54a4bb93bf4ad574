#pragma once

#include <string>
#include <vector>

namespace pgadvisor::bench {

/// Ratios predicted / real of one thing.
class Distribution {
 public:
  void add(double predicted, double real);
  void add(const Distribution& other);

  [[nodiscard]] std::size_t count() const { return ratios_.size(); }
  /// The ratio below which the share `p` (0..1) of all lies; nearest rank. There must be one.
  [[nodiscard]] double ratio(double p) const;
  /// The same of the distance from 1: error(0.95) = 0.15 means that 95 % are off by at most 15 %.
  [[nodiscard]] double error(double p) const;

 private:
  std::vector<double> ratios_;
};

/// "title   n   min   p5   median   p95   max   error median   error p95", under its heading.
[[nodiscard]] std::string distribution_heading(const std::string& title);
/// "-" everywhere when there is nothing to show.
[[nodiscard]] std::string distribution_line(const std::string& title, const Distribution& distribution);

}  // namespace pgadvisor::bench
