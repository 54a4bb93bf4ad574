#include "daemon/wire_values.hpp"

#include "daemon/utf8.hpp"
#include "daemon/wire.hpp"

#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <cmath>
#include <regex>
#include <utility>

namespace pgadvisor::daemon {

namespace json = boost::json;

namespace {

/// Deep enough for any plan PostgreSQL can print for a statement that it can parse in practice; Boost.JSON's
/// default of 32 is reached by a plan of 15 nested nodes.
constexpr std::size_t kPlanDepth = 1000;

}  // namespace

json::value json_number(double value) {
  if (!std::isfinite(value)) return nullptr;
  return value;
}

json::string json_text(std::string_view text) {
  const std::string valid = valid_utf8(text);
  return json::string(valid.begin(), valid.end());
}

json::value json_text_or_null(std::string_view text) {
  if (text.empty()) return nullptr;
  return json_text(text);
}

json::array json_texts(const std::vector<std::string>& texts) {
  json::array array;
  for (const std::string& text : texts) array.emplace_back(json_text(text));
  return array;
}

json::object json_write_overhead(const std::optional<advisor::WriteOverhead>& overhead) {
  if (!overhead)
    return {{"writes", nullptr}, {"lost_hot_updates", nullptr}, {"time_ms", nullptr}, {"wal_bytes", nullptr}};
  return {{"writes", json_number(overhead->writes)},
          {"lost_hot_updates", json_number(overhead->lost_hot)},
          {"time_ms", json_duration(overhead->time)},
          {"wal_bytes", overhead->wal.value}};
}

json::object json_plan(const std::string& text) {
  json::parse_options options;
  options.max_depth = kPlanDepth;
  boost::system::error_code error;
  json::value plan = json::parse(valid_utf8(text), error, {}, options);
  if (error) return {};
  if (plan.is_array() && plan.get_array().size() == 1) plan = json::value(plan.get_array()[0]);
  return plan.is_object() ? std::move(plan.get_object()) : json::object{};
}

std::string to_rfc3339(model::Timestamp time) {
  using namespace std::chrono;
  constexpr auto first = model::Timestamp(sys_days(year(0) / January / 1));
  constexpr auto last = model::Timestamp(sys_days(year(10000) / January / 1)) - microseconds(1);
  const auto clamped = std::clamp(time, first, last);
  const auto day = floor<days>(clamped);
  const year_month_day date(day);
  const hh_mm_ss clock(clamped - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

std::optional<model::Timestamp> from_rfc3339(std::string_view text) {
  using namespace std::chrono;
  // RFC 3339, 5.6; seconds of 60 are no point in time here.
  static const std::regex kForm(
      R"((\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d)))");
  std::match_results<std::string_view::const_iterator> part;
  if (!std::regex_match(text.begin(), text.end(), part, kForm)) return std::nullopt;
  const auto number = [&](std::size_t i) { return std::stoi(part[i].str()); };
  const year_month_day date(year(number(1)), month(static_cast<unsigned>(number(2))),
                            day(static_cast<unsigned>(number(3))));
  if (!date.ok() || number(4) > 23 || number(5) > 59 || number(6) > 59) return std::nullopt;
  auto fraction = part[7].str();
  fraction.resize(6, '0');
  auto time = model::Timestamp(sys_days(date)) + hours(number(4)) + minutes(number(5)) + seconds(number(6)) +
              microseconds(std::stoi(fraction));
  if (part[8].matched) {
    if (number(9) > 23 || number(10) > 59) return std::nullopt;
    const auto offset = hours(number(9)) + minutes(number(10));
    time -= part[8].str() == "-" ? -offset : offset;
  }
  return time;
}

json::value to_json_time(model::Timestamp time) {
  if (time == model::Timestamp{}) return nullptr;
  return json::string(to_rfc3339(time));
}

json::value to_json_time(const std::optional<model::Timestamp>& time) {
  return time ? to_json_time(*time) : json::value(nullptr);
}

}  // namespace pgadvisor::daemon
