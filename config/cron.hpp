#pragma once

#include "collectors/model/result.hpp"
#include "config/time_zone.hpp"

#include <bitset>
#include <chrono>
#include <optional>
#include <string_view>

namespace pgadvisor::config {

/// A cron expression as crontab(5) has it: minute, hour, day of the month, month, day of the week, each a
/// list of numbers, names (mon, jan), ranges and steps; where both days are restricted, either will do. What
/// local clocks skip fires when they skip it, what they repeat fires once.
class Cron {
 public:
  /// kGiveUp with the field that is wrong; also for a day that no year has.
  [[nodiscard]] static model::Result<Cron> parse(std::string_view text);

  /// The first time after `time`.
  [[nodiscard]] std::chrono::sys_seconds next(std::chrono::sys_seconds time, const TimeZone& zone) const;
  /// The last time that is not after `time`.
  [[nodiscard]] std::chrono::sys_seconds previous(std::chrono::sys_seconds time, const TimeZone& zone) const;

 private:
  Cron() = default;
  [[nodiscard]] bool holds(std::chrono::local_days day) const;
  /// The first time of the day that is after `time`.
  [[nodiscard]] std::optional<std::chrono::sys_seconds> first_of(std::chrono::local_days day,
                                                                 std::chrono::sys_seconds time,
                                                                 const TimeZone& zone) const;
  /// The last time of the day that is not after `time`.
  [[nodiscard]] std::optional<std::chrono::sys_seconds> last_of(std::chrono::local_days day,
                                                                std::chrono::sys_seconds time,
                                                                const TimeZone& zone) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;     ///< 1 to 31
  std::bitset<13> months_;   ///< 1 to 12
  std::bitset<8> weekdays_;  ///< 0 to 6, Sunday first; 7 is moved to 0
  bool either_day_ = false;  ///< both kinds of day are restricted
};

}  // namespace pgadvisor::config
