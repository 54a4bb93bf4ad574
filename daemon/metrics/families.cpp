#include "daemon/metrics/families.hpp"

#include "daemon/utf8.hpp"

#include <set>
#include <utility>

namespace pgadvisor::daemon::metrics {
namespace {

using prometheus::MetricType;

/// Identifies a series within its family: lengths keep ("ab", "c") and ("a", "bc") apart.
std::string key_of(const Series& series) {
  std::string key;
  for (const auto& label : series.labels) {
    key += std::to_string(label.value.size()) + ':' + label.value + ',';
  }
  return key;
}

/// Repairs label values, then drops what has become (or was) the same as an earlier series.
std::vector<std::string> make_unique(std::vector<Series>& series) {
  std::vector<std::string> keys;
  std::vector<Series> unique;
  std::set<std::string> seen;
  for (Series& one : series) {
    for (auto& label : one.labels) label.value = valid_utf8(label.value);
    std::string key = key_of(one);
    if (!seen.insert(key).second) continue;
    keys.push_back(std::move(key));
    unique.push_back(std::move(one));
  }
  series = std::move(unique);
  return keys;
}

prometheus::ClientMetric metric_of(MetricType type, Series series) {
  prometheus::ClientMetric metric;
  metric.label = std::move(series.labels);
  if (type == MetricType::Counter) {
    metric.counter.value = series.value;
  } else {
    metric.gauge.value = series.value;
  }
  return metric;
}

}  // namespace

void Families::add(MetricType type, const std::string& name, const std::string& help,
                   std::vector<Series> series) {
  const std::vector<std::string> keys = make_unique(series);
  const std::vector<bool> admitted = caps_.try_emplace(name, series_limit_).first->second.admit(keys);
  prometheus::MetricFamily family{name, help, type, {}};
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (admitted[i]) family.metric.push_back(metric_of(type, std::move(series[i])));
  }
  if (!family.metric.empty()) families_.push_back(std::move(family));
}

void Families::gauge(const std::string& name, const std::string& help, std::vector<Series> series) {
  add(MetricType::Gauge, name, help, std::move(series));
}

void Families::counter(const std::string& name, const std::string& help, std::vector<Series> series) {
  add(MetricType::Counter, name, help, std::move(series));
}

void Families::gauge(const std::string& name, const std::string& help, double value) {
  add(MetricType::Gauge, name, help, {{{}, value}});
}

void Families::counter(const std::string& name, const std::string& help, double value) {
  add(MetricType::Counter, name, help, {{{}, value}});
}

/// Without a cap: there are only as many as families.
void Families::dropped_series() {
  prometheus::MetricFamily family{"pgadvisor_series_dropped_total",
                                  "Series left out of expositions because their family was full",
                                  MetricType::Counter,
                                  {}};
  for (const auto& [name, cap] : caps_) {
    family.metric.push_back(
        metric_of(MetricType::Counter, {{{"family", name}}, static_cast<double>(cap.dropped())}));
  }
  families_.push_back(std::move(family));
}

}  // namespace pgadvisor::daemon::metrics
