#include "config/cron.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace pgadvisor::config {

using namespace std::chrono;

namespace {

/// The longest time between two leap days is eight years (1896 to 1904, 2096 to 2104).
constexpr int kHorizon = 366 * 8 + 1;

constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct Field {
  const char* name;
  int least;
  int most;
  std::span<const std::string_view> names = {};  ///< of `least` and what follows
};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::optional<int> whole_number(std::string_view text) {
  int number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

std::optional<int> value_of(const Field& field, std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto found = std::ranges::find(field.names, small);
  if (found != field.names.end()) return field.least + static_cast<int>(found - field.names.begin());
  const auto number = whole_number(text);
  return number && *number >= field.least && *number <= field.most ? number : std::nullopt;
}

struct Steps {
  int first;
  int last;
  int step = 1;
};

/// "*", "5", "mon-fri", "*/15", "10-30/5", "10/5" (from 10 on).
std::optional<Steps> steps_of(const Field& field, std::string_view item) {
  const auto slash = split(item, '/');
  if (slash.size() > 2) return std::nullopt;
  Steps steps{field.least, field.most};
  if (slash[0] != "*") {
    const auto ends = split(slash[0], '-');
    const auto first = value_of(field, ends[0]);
    const auto last = ends.size() == 2 ? value_of(field, ends[1]) : first;
    if (!first || !last || ends.size() > 2 || *first > *last) return std::nullopt;
    steps = {*first, ends.size() == 1 && slash.size() == 2 ? field.most : *last};
  }
  if (slash.size() == 2) {
    const auto step = whole_number(slash[1]);
    if (!step || *step == 0) return std::nullopt;
    steps.step = std::min(*step, field.most + 1);
  }
  return steps;
}

template <std::size_t size>
bool fill(std::bitset<size>& set, const Field& field, std::string_view text) {
  for (const auto item : split(text, ',')) {
    const auto steps = steps_of(field, item);
    if (!steps) return false;
    for (int value = steps->first; value <= steps->last; value += steps->step) {
      set.set(static_cast<std::size_t>(value));
    }
  }
  return true;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  std::string_view rest = text;
  for (;;) {
    const auto begin = rest.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return found;
    rest.remove_prefix(begin);
    const auto end = std::min(rest.find_first_of(" \t"), rest.size());
    found.push_back(rest.substr(0, end));
    rest.remove_prefix(end);
  }
}

model::Error wrong(const Field& field) {
  return model::give_up(fmt::format("its {} is wrong: expected *, or numbers from {} to {}", field.name,
                                    field.least, field.most));
}

bool has_such_a_day(const std::bitset<32>& days, const std::bitset<13>& months) {
  for (unsigned m = 1; m <= 12; ++m) {
    for (unsigned d = 1; d <= 31 && months.test(m); ++d) {
      if (days.test(d) && (year(2024) / month(m) / day(d)).ok()) return true;
    }
  }
  return false;
}

}  // namespace

model::Result<Cron> Cron::parse(std::string_view text) {
  const auto fields = words(text);
  if (fields.size() != 5) {
    return model::give_up("expected five fields: minute, hour, day of the month, month, day of the week");
  }
  constexpr Field kMinute{"minute", 0, 59};
  constexpr Field kHour{"hour", 0, 23};
  constexpr Field kDay{"day of the month", 1, 31};
  constexpr Field kMonth{"month", 1, 12, kMonths};
  constexpr Field kWeekday{"day of the week", 0, 7, kWeekdays};
  Cron cron;
  if (!fill(cron.minutes_, kMinute, fields[0])) return wrong(kMinute);
  if (!fill(cron.hours_, kHour, fields[1])) return wrong(kHour);
  if (!fill(cron.days_, kDay, fields[2])) return wrong(kDay);
  if (!fill(cron.months_, kMonth, fields[3])) return wrong(kMonth);
  if (!fill(cron.weekdays_, kWeekday, fields[4])) return wrong(kWeekday);
  if (cron.weekdays_.test(7)) cron.weekdays_.set(0);
  cron.either_day_ = fields[2].front() != '*' && fields[4].front() != '*';
  if (!cron.either_day_ && !has_such_a_day(cron.days_, cron.months_)) {
    return model::give_up("no year has such a day");
  }
  return cron;
}

bool Cron::holds(local_days day) const {
  const year_month_day date(day);
  if (!months_.test(static_cast<unsigned>(date.month()))) return false;
  const bool by_day = days_.test(static_cast<unsigned>(date.day()));
  const bool by_weekday = weekdays_.test(weekday(day).c_encoding());
  return either_day_ ? by_day || by_weekday : by_day && by_weekday;
}

std::optional<sys_seconds> Cron::first_of(local_days day, sys_seconds time, const TimeZone& zone) const {
  if (!holds(day)) return std::nullopt;
  for (std::size_t minute = 0; minute < 24 * 60; ++minute) {
    if (!hours_.test(minute / 60) || !minutes_.test(minute % 60)) continue;
    const auto found = zone.to_sys(day + minutes(minute));
    if (found > time) return found;
  }
  return std::nullopt;
}

std::optional<sys_seconds> Cron::last_of(local_days day, sys_seconds time, const TimeZone& zone) const {
  if (!holds(day)) return std::nullopt;
  for (std::size_t minute = 24 * 60; minute-- > 0;) {
    if (!hours_.test(minute / 60) || !minutes_.test(minute % 60)) continue;
    const auto found = zone.to_sys(day + minutes(minute));
    if (found <= time) return found;
  }
  return std::nullopt;
}

sys_seconds Cron::next(sys_seconds time, const TimeZone& zone) const {
  const auto today = floor<days>(zone.to_local(time));
  for (int i = 0; i <= kHorizon; ++i) {
    if (const auto found = first_of(today + days(i), time, zone)) return *found;
  }
  throw std::logic_error("a cron expression that was checked never fires");
}

sys_seconds Cron::previous(sys_seconds time, const TimeZone& zone) const {
  const auto tomorrow = floor<days>(zone.to_local(time)) + days(1);
  for (int i = 0; i <= kHorizon + 1; ++i) {
    if (const auto found = last_of(tomorrow - days(i), time, zone)) return *found;
  }
  throw std::logic_error("a cron expression that was checked never fires");
}

}  // namespace pgadvisor::config
