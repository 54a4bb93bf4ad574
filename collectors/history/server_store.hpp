#pragma once

// Private to collectors/history.

#include "collectors/history/history.hpp"
#include "collectors/history/sqlite.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::history {

[[nodiscard]] inline std::int64_t to_microseconds(model::Timestamp time) {
  return time.time_since_epoch().count();
}
[[nodiscard]] inline model::Timestamp from_microseconds(std::int64_t count) {
  return model::Timestamp(std::chrono::microseconds(count));
}
[[nodiscard]] std::optional<std::int64_t> to_microseconds(const std::optional<model::Timestamp>& time);
[[nodiscard]] std::optional<model::Timestamp> optional_time(const Statement& row, int column);

/// Slices are counted in seconds.
inline constexpr std::int64_t kHour = 3600;
inline constexpr std::int64_t kDay = 24 * kHour;
inline constexpr std::int64_t kWeek = 7 * kDay;

/// Start of the slice that a time falls into, in seconds.
[[nodiscard]] std::int64_t slice_of(model::Timestamp time, std::int64_t length);

/// What is known of the last poll of a source: of all statements (database kAllStatements) or one database's
/// relations.
struct Source {
  model::Timestamp first_poll{};
  model::Timestamp last_poll{};
  std::optional<model::Timestamp> stats_reset;
  std::optional<std::int64_t> evictions;
  model::Timestamp postmaster_start{};
  std::optional<double> active_time;  ///< milliseconds
  bool fresh = false;                 ///< another server since: the next poll is a baseline
};
inline constexpr std::int64_t kAllStatements = 0;

/// Servers, databases, sources and events. The caller holds the transaction.
class ServerStore {
 public:
  /// `slice`: deltas are summed up over so many seconds.
  ServerStore(Database& database, std::int64_t slice) : database_(database), slice_(slice) {}

  /// Start of the slice that a time falls into, in seconds.
  [[nodiscard]] std::int64_t slice(model::Timestamp time) const { return slice_of(time, slice_); }
  [[nodiscard]] std::int64_t slice_length() const { return slice_; }

  /// True when it is another server, or another timeline of it: the last polls are void.
  [[nodiscard]] bool record_identity(model::ServerIdentity identity, model::Timestamp now);
  void record_databases(const std::vector<model::DatabaseProperties>& databases);
  void record_event(model::Timestamp at, const std::string& kind, const std::string& database,
                    const std::string& detail);
  [[nodiscard]] std::vector<Event> events(model::Timestamp from);

  /// The server the next polls belong to; made up when its identity was never recorded.
  [[nodiscard]] std::int64_t current_server();
  [[nodiscard]] std::int64_t database_id(const std::string& name);

  [[nodiscard]] std::optional<Source> source(std::int64_t database);
  void store_source(std::int64_t database, const Source& source);

 private:
  void store_identity(const model::ServerIdentity& identity);

  Database& database_;
  std::int64_t slice_;
};

}  // namespace pgadvisor::history
