#pragma once

#include "daemon/metrics/series_cap.hpp"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace pgadvisor::daemon::metrics {

struct Series {
  std::vector<prometheus::ClientMetric::Label> labels;
  double value = 0;
};

/// The caps of all families: what outlives one exposition.
using SeriesCaps = std::map<std::string, SeriesCap>;

/// One exposition in the making: values in, metric families out. Series whose labels were seen before in
/// their family are left out (Prometheus refuses a scrape with duplicates), label values become valid UTF-8,
/// and each family passes its cap. Not thread-safe.
class Families final : public prometheus::Collectable {
 public:
  Families(SeriesCaps& caps, std::size_t series_limit) : caps_(caps), series_limit_(series_limit) {}

  void gauge(const std::string& name, const std::string& help, std::vector<Series> series);
  void counter(const std::string& name, const std::string& help, std::vector<Series> series);
  /// A gauge with one series and no labels.
  void gauge(const std::string& name, const std::string& help, double value);
  /// A counter with one series and no labels.
  void counter(const std::string& name, const std::string& help, double value);
  /// pgadvisor_series_dropped_total of all families so far. Call it last.
  void dropped_series();

  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override { return families_; }

 private:
  void add(prometheus::MetricType type, const std::string& name, const std::string& help,
           std::vector<Series> series);

  SeriesCaps& caps_;
  std::size_t series_limit_;
  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace pgadvisor::daemon::metrics
