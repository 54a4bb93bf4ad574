#include "advisor/workload/parameters.hpp"

#include "collectors/sql/shape.hpp"

#include <algorithm>
#include <numeric>

namespace pgadvisor::workload {
namespace {

/// Fewer executions tell no shares.
constexpr std::int64_t kFewestSamples = 10;
constexpr std::size_t kMostFrequentValues = 4;
constexpr std::size_t kMostSettings = 5;

std::size_t frequent_values(const ParameterValues& parameter) {
  const auto rare = std::find_if(parameter.values.begin(), parameter.values.end(),
                                 [](const auto& value) { return value.share < kFrequent; });
  return std::min(static_cast<std::size_t>(rare - parameter.values.begin()), kMostFrequentValues);
}

/// The middle one of the values that are not frequent. By length before text: the order of whole numbers, and
/// of dates in one format.
std::string middle_of_rest(const ParameterValues& parameter) {
  std::vector<std::string> rest;
  for (std::size_t i = frequent_values(parameter); i < parameter.values.size(); ++i) {
    rest.push_back(parameter.values[i].literal);
  }
  if (rest.empty()) return {};
  const auto middle = rest.begin() + static_cast<std::ptrdiff_t>(rest.size() / 2);
  std::nth_element(rest.begin(), middle, rest.end(), [](const auto& a, const auto& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  return *middle;
}

/// Settings of one parameter by itself.
std::vector<ParameterSetting> settings_of(const ParameterValues& parameter) {
  std::vector<ParameterSetting> settings;
  double rest = 1;
  for (std::size_t i = 0; i < frequent_values(parameter); ++i) {
    const auto& [literal, share] = parameter.values[i];
    settings.push_back({{{parameter.position, literal}}, share});
    rest -= share;
  }
  if (rest < kFrequent / 10 && !settings.empty()) return settings;
  ParameterSetting typical{{}, rest};
  if (!parameter.typical.empty()) typical.literals[parameter.position] = parameter.typical;
  settings.push_back(std::move(typical));
  return settings;
}

void keep_most_frequent(std::vector<ParameterSetting>& settings) {
  std::stable_sort(settings.begin(), settings.end(),
                   [](const auto& a, const auto& b) { return a.share > b.share; });
  if (settings.size() > kMostSettings) settings.resize(kMostSettings);
  const double sum = std::accumulate(settings.begin(), settings.end(), 0.0,
                                     [](double total, const auto& setting) { return total + setting.share; });
  for (auto& setting : settings) setting.share /= sum;
}

}  // namespace

ParameterValues values_of(int position, const model::SampledSlot& slot) {
  const auto total = std::accumulate(slot.values.begin(), slot.values.end(), slot.others,
                                     [](auto sum, const auto& value) { return sum + value.count; });
  ParameterValues result{position, {}, {}, true};
  if (total < kFewestSamples) return result;
  for (const auto& [literal, count] : slot.values) {
    result.values.push_back({literal, static_cast<double>(count) / static_cast<double>(total)});
  }
  result.typical = middle_of_rest(result);
  return result;
}

std::vector<ParameterValues> sampled_values(const std::string& text, const SamplesByShape& samples) {
  std::vector<ParameterValues> result;
  const auto shape = sql::shape_of(text);
  if (!shape) return result;
  const auto [first, last] = samples.equal_range(shape->text);
  for (auto sample = first; sample != last; ++sample) {
    const auto& slot = *sample->second;
    if (slot.slot >= shape->slots.size() || shape->slots[slot.slot].parameters.empty()) continue;
    auto values = values_of(shape->slots[slot.slot].parameters.front(), slot);
    if (!values.values.empty()) result.push_back(std::move(values));
  }
  std::sort(result.begin(), result.end(),
            [](const auto& a, const auto& b) { return a.position < b.position; });
  return result;
}

std::vector<ParameterSetting> settings_of(const std::vector<ParameterValues>& parameters) {
  std::vector<ParameterSetting> settings{{}};
  for (const auto& parameter : parameters) {
    std::vector<ParameterSetting> product;
    for (const auto& one : settings) {
      for (auto& other : settings_of(parameter)) {
        other.literals.insert(one.literals.begin(), one.literals.end());
        product.push_back({std::move(other.literals), one.share * other.share});
      }
    }
    settings = std::move(product);
    keep_most_frequent(settings);
  }
  const bool known =
      std::any_of(settings.begin(), settings.end(), [](const auto& one) { return !one.literals.empty(); });
  return known ? settings : std::vector<ParameterSetting>{};
}

std::string with_literals(const std::string& text, const std::map<int, std::string>& literals) {
  const auto shape = sql::shape_of(text);
  if (!shape) return text;
  std::map<std::size_t, std::string> by_slot;
  for (std::size_t i = 0; i < shape->slots.size(); ++i) {
    const auto& parameters = shape->slots[i].parameters;
    const auto literal = parameters.empty() ? literals.end() : literals.find(parameters.front());
    if (literal != literals.end()) by_slot[i] = literal->second;
  }
  return sql::put_in(text, *shape, by_slot);
}

}  // namespace pgadvisor::workload
