#include "advisor/hotspots/baseline.hpp"

#include <algorithm>
#include <cmath>

namespace pgadvisor::hotspots {
namespace {

using model::Timestamp;
using std::chrono::hours;

/// What is watched of a database before something in it may be called new.
constexpr hours kLearning = std::chrono::weeks(1);
constexpr double kEnter = 5;
constexpr double kLeave = 2;
/// The standard deviation of normally distributed values is so many times their MAD (Rousseeuw and Croux,
/// Alternatives to the Median Absolute Deviation, 1993).
constexpr double kDeviations = 1.4826;
/// Less of an hour tells nothing of it.
constexpr model::Seconds kLeastWatched{1800};

double median_of(std::vector<double>& values) {
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

/// Whether most of the last seven days before `at` was watched, and anything before them.
bool has_learnt(std::span<const model::WatchedHour> watched, Timestamp at) {
  if (watched.empty() || watched.front().hour > at - kLearning) return false;
  model::Seconds sum{};
  for (const auto& hour : watched) {
    if (hour.hour > at - kLearning && hour.hour <= at) sum += hour.watched;
  }
  return sum * 2 >= kLearning;
}

/// The peaks in `hour` of every earlier week in which it was watched, of the day before too if asked for.
std::vector<double> peaks(std::span<const model::ReadHour> hours_read,
                          std::span<const model::WatchedHour> watched, Timestamp hour, bool yesterday) {
  std::vector<double> values;
  for (const auto& seen : watched) {
    const auto age = hour - seen.hour;
    const bool same_hour = age % std::chrono::weeks(1) == Timestamp::duration::zero() ||
                           (yesterday && age == std::chrono::days(1));
    if (seen.hour >= hour || !same_hour) continue;
    const auto read = std::ranges::find(hours_read, seen.hour, &model::ReadHour::hour);
    const bool found = read != hours_read.end();
    if (seen.watched - (found ? read->obscured : model::Seconds{}) < kLeastWatched) continue;
    values.push_back(found ? read->peak : 0);
  }
  return values;
}

Baseline of_hour(std::vector<double> values, bool highest) {
  const Middle middle = highest ? Middle{*std::ranges::max_element(values), 0} : middle_of(std::move(values));
  return {middle.median,
          std::max(kEnter * middle.median, middle.median + kEnter * kDeviations * middle.deviation),
          kLeave * middle.median};
}

}  // namespace

Middle middle_of(std::vector<double> values) {
  if (values.empty()) return {};
  const double median = median_of(values);
  for (auto& value : values) value = std::abs(value - median);
  return {median, median_of(values)};
}

std::optional<Baseline> baseline(std::span<const model::ReadHour> hours_read,
                                 std::span<const model::WatchedHour> watched, Timestamp at,
                                 Familiar familiar) {
  if (!has_learnt(watched, at)) return std::nullopt;
  const auto hour = std::chrono::floor<hours>(at);
  std::optional<Baseline> result;
  for (const hours offset : {hours(0), hours(-1), hours(1)}) {
    auto values = peaks(hours_read, watched, hour + offset, familiar == Familiar::kRecently);
    if (values.empty() && !result) return std::nullopt;
    if (values.empty()) continue;
    const Baseline one = of_hour(std::move(values), familiar != Familiar::kNo);
    if (!result) result = one;
    result->enter = std::max(result->enter, one.enter);
    result->leave = std::max(result->leave, one.leave);
  }
  return result;
}

}  // namespace pgadvisor::hotspots
