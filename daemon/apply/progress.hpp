#pragma once

#include "collectors/model/units.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace pgadvisor::daemon::apply {

/// A row of pg_stat_progress_create_index, and whom the server waits for.
struct Progress {
  std::string phase;  ///< as PostgreSQL names it; empty: nothing is known yet
  std::int64_t blocks_done = 0;
  std::int64_t blocks_total = 0;
  std::int64_t tuples_done = 0;
  std::int64_t tuples_total = 0;
  std::int64_t lockers_done = 0;
  std::int64_t lockers_total = 0;
  std::string waits_for = {};  ///< the transaction it waits for, in words; empty: none
};

/// How far CREATE INDEX CONCURRENTLY is, 0..1: the scan of the table is the largest part, and it is scanned
/// twice (progress phases: documentation, 28.4.4). Never goes back within one run.
[[nodiscard]] double fraction(const Progress& progress);

/// "building index: scanning table, 12,345 of 20,000 blocks" in words.
[[nodiscard]] std::string describe(const Progress& progress);

/// "[########            ]  40 %  <words>  1:05", cut to `width` columns.
[[nodiscard]] std::string bar(const Progress& progress, model::Seconds elapsed, std::size_t width);

/// Decides which progress is worth a line where lines stay: a new phase, another tenth, another transaction
/// waited for, half a minute of silence.
class LineRule {
 public:
  [[nodiscard]] bool is_worth_a_line(const Progress& progress, model::Seconds elapsed);

 private:
  std::string phase_;
  std::string waits_for_;
  int tenth_ = 0;
  model::Seconds last_{};
};

}  // namespace pgadvisor::daemon::apply
