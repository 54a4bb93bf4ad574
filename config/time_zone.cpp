#include "config/time_zone.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <exception>

namespace pgadvisor::config {

namespace {

date::sys_seconds to_library(std::chrono::sys_seconds time) {
  return date::sys_seconds(time.time_since_epoch());
}

}  // namespace

std::optional<TimeZone> TimeZone::find(const std::string& name) {
  if (name == "UTC") return TimeZone();
  try {
    const auto* zone = date::locate_zone(name);
    (void)zone->get_info(date::sys_seconds{});  // reads its file, which may be broken
    return TimeZone(zone);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::string TimeZone::name() const {
  return zone_ == nullptr ? "UTC" : zone_->name();
}

std::chrono::local_seconds TimeZone::to_local(std::chrono::sys_seconds time) const {
  const auto offset = zone_ == nullptr ? std::chrono::seconds(0) : zone_->get_info(to_library(time)).offset;
  return std::chrono::local_seconds(time.time_since_epoch() + offset);
}

std::chrono::sys_seconds TimeZone::to_sys(std::chrono::local_seconds time) const {
  if (zone_ == nullptr) return std::chrono::sys_seconds(time.time_since_epoch());
  const auto info = zone_->get_info(date::local_seconds(time.time_since_epoch()));
  if (info.result == date::local_info::nonexistent) {
    return std::chrono::sys_seconds(info.first.end.time_since_epoch());
  }
  return std::chrono::sys_seconds(time.time_since_epoch() - info.first.offset);
}

std::string TimeZone::text(model::Timestamp time) const {
  using namespace std::chrono;
  const auto second = floor<seconds>(time);
  const auto local = to_local(second).time_since_epoch();
  const auto day = floor<days>(local);
  const year_month_day date{sys_days(day)};
  const hh_mm_ss clock(local - day);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} {}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(),
                     zone_ == nullptr ? "UTC" : zone_->get_info(to_library(second)).abbrev);
}

}  // namespace pgadvisor::config
