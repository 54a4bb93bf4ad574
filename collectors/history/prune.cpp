#include "collectors/history/prune.hpp"

#include "collectors/history/server_store.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <system_error>

namespace pgadvisor::history {

namespace {

constexpr std::array<const char*, 7> kSliced{"statement_delta", "relation_delta", "eviction",
                                             "active_time",     "sampled_value",  "hotspot_hour",
                                             "watched_hour"};

/// Moves the slices of [from, to) into those of their hours. `sums`: the columns that add up.
void coarsen(Database& database, const char* table, const char* key, const std::string& values,
             const std::string& sums, const std::string& updates, std::int64_t from, std::int64_t to) {
  const std::string range = fmt::format("slice >= {} AND slice < {} AND slice % {} <> 0", from, to, kHour);
  database.execute(fmt::format(
      "INSERT INTO {0} (slice, {1}, {2}) SELECT slice / {3} * {3}, {1}, {4} FROM {0} WHERE {5} "
      "GROUP BY slice / {3}, {1} ON CONFLICT (slice, {1}) DO UPDATE SET {6}; DELETE FROM {0} WHERE {5}",
      table, key, values, kHour, sums, range, updates));
}

void coarsen_all(Database& database, std::int64_t now) {
  const std::int64_t to = (now - std::chrono::seconds(kFineSlices).count()) / kHour * kHour;
  const std::int64_t from = to - 48 * kHour;  // older ones were done long ago
  coarsen(database, "statement_delta", "statement",
          "calls, total_time, rows, hit, read, dirtied, temp, wal, partial",
          "sum(calls), sum(total_time), sum(rows), sum(hit), sum(read), sum(dirtied), sum(temp), sum(wal), "
          "max(partial)",
          "calls = calls + excluded.calls, total_time = total_time + excluded.total_time, "
          "rows = rows + excluded.rows, hit = hit + excluded.hit, read = read + excluded.read, "
          "dirtied = dirtied + excluded.dirtied, temp = temp + excluded.temp, wal = wal + excluded.wal, "
          "partial = max(partial, excluded.partial)",
          from, to);
  coarsen(database, "relation_delta", "relation", "c1, c2, c3, c4, c5, c6, c7, c8",
          "sum(c1), sum(c2), sum(c3), sum(c4), sum(c5), sum(c6), sum(c7), sum(c8)",
          "c1 = c1 + excluded.c1, c2 = c2 + excluded.c2, c3 = c3 + excluded.c3, c4 = c4 + excluded.c4, "
          "c5 = c5 + excluded.c5, c6 = c6 + excluded.c6, c7 = c7 + excluded.c7, c8 = c8 + excluded.c8",
          from, to);
}

void drop_before(Database& database, std::int64_t second) {
  for (const char* table : kSliced)
    database.execute(fmt::format("DELETE FROM {} WHERE slice < {}", table, second));
  const std::int64_t microsecond = second * 1'000'000;
  database.execute(fmt::format("DELETE FROM event WHERE at < {}", microsecond));
  database.execute(fmt::format("DELETE FROM statement_baseline WHERE at < {}", microsecond));
  database.execute(fmt::format("DELETE FROM relation_baseline WHERE at < {}", microsecond));
  // What was known of the time before is gone: windows start here.
  database.execute(
      fmt::format("UPDATE source SET first_poll = max(first_poll, min({}, last_poll))", microsecond));
}

/// Statements and relations nothing speaks of any more.
void drop_orphans(Database& database) {
  for (const char* kind : {"statement", "relation"}) {
    database.execute(
        fmt::format("DELETE FROM {0} WHERE id NOT IN (SELECT {0} FROM {0}_last) "
                    "AND id NOT IN (SELECT {0} FROM {0}_delta) AND id NOT IN (SELECT {0} FROM {0}_baseline)",
                    kind));
  }
  database.execute("DELETE FROM maintenance WHERE statement NOT IN (SELECT id FROM statement)");
  // Neither is one, nor was one in the time that is kept.
  database.execute(
      "DELETE FROM hotspot WHERE state IN (0, 3) AND id NOT IN (SELECT hotspot FROM hotspot_hour)");
  database.execute("DELETE FROM sampled_shape WHERE id NOT IN (SELECT shape FROM sampled_value)");
}

std::int64_t used_bytes(Database& database) {
  const auto pages = database.number("PRAGMA page_count") - database.number("PRAGMA freelist_count");
  return pages * database.number("PRAGMA page_size");
}

std::optional<std::int64_t> oldest_slice(Database& database) {
  Statement row = database.prepare(
      "SELECT min(slice) FROM (SELECT min(slice) AS slice FROM statement_delta "
      "UNION ALL SELECT min(slice) FROM relation_delta UNION ALL SELECT min(slice) FROM sampled_value "
      "UNION ALL SELECT min(slice) FROM hotspot_hour)");
  return row.step() ? row.optional_integer(0) : std::nullopt;
}

}  // namespace

void prune_database(Database& database, model::Timestamp now, std::chrono::hours retention,
                    model::Bytes limit) {
  const std::int64_t second = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  {
    Transaction transaction(database);
    coarsen_all(database, second);
    drop_before(database, second - std::chrono::seconds(retention).count());
    drop_orphans(database);
    transaction.commit();
  }
  while (used_bytes(database) > limit.value) {
    const auto oldest = oldest_slice(database);
    if (!oldest) break;
    Transaction transaction(database);
    drop_before(database, *oldest + std::max<std::int64_t>((second - *oldest) / 10, 1));
    drop_orphans(database);
    transaction.commit();
  }
  database.execute("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)");
}

model::Bytes size_of(const std::filesystem::path& file) {
  std::int64_t bytes = 0;
  for (const char* suffix : {"", "-wal"}) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file.string() + suffix, error);
    if (!error) bytes += static_cast<std::int64_t>(size);
  }
  return {bytes};
}

}  // namespace pgadvisor::history
