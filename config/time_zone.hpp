#pragma once

#include "collectors/model/units.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace date {
class time_zone;
}

namespace pgadvisor::config {

/// A time zone of the IANA's database (package tzdata), such as Europe/Berlin. A value; any thread.
class TimeZone {
 public:
  /// UTC, which needs no database.
  TimeZone() = default;
  /// Empty when the name is not known, or the database is not installed.
  [[nodiscard]] static std::optional<TimeZone> find(const std::string& name);

  [[nodiscard]] std::string name() const;
  [[nodiscard]] std::chrono::local_seconds to_local(std::chrono::sys_seconds time) const;
  /// Of a local time that comes twice, as clocks are put back, the first; of one that clocks skip, the moment
  /// at which they skip it. The later of two local times is never the earlier one here.
  [[nodiscard]] std::chrono::sys_seconds to_sys(std::chrono::local_seconds time) const;
  /// "2026-11-23 07:00 CET".
  [[nodiscard]] std::string text(model::Timestamp time) const;

 private:
  explicit TimeZone(const date::time_zone* zone) : zone_(zone) {}

  const date::time_zone* zone_ = nullptr;  ///< null: UTC; the database lives as long as the program
};

}  // namespace pgadvisor::config
