#include "daemon/apply/disk.hpp"

#include "daemon/text.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <cstdlib>
#include <fstream>

namespace pgadvisor::daemon::apply {
namespace {

/// Line 3 of postmaster.pid (miscadmin.h: LOCK_FILE_LINE_START_TIME).
constexpr int kStartTimeLine = 3;

}  // namespace

bool is_data_directory(const std::filesystem::path& folder, std::int64_t started) {
  std::ifstream file(folder / "postmaster.pid");
  std::string line;
  for (int number = 1; number <= kStartTimeLine; ++number) {
    if (!std::getline(file, line)) return false;
  }
  // The file is written a moment before the time that SQL tells is taken.
  const auto written = std::strtoll(line.c_str(), nullptr, 10);
  return written != 0 && std::llabs(written - started) <= 2;
}

std::optional<model::Bytes> free_space(Session& session, const std::string& tablespace) {
  const auto rows = session.query(
      "SELECT (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'data_directory'), "
      "pg_catalog.inet_server_addr() IS NULL OR pg_catalog.inet_server_addr() <<= '127.0.0.0/8'::inet OR "
      "pg_catalog.inet_server_addr() = '::1'::inet, "
      "extract(epoch FROM pg_catalog.pg_postmaster_start_time())::bigint, "
      "(SELECT pg_catalog.pg_tablespace_location(t.oid) FROM pg_catalog.pg_tablespace t WHERE t.spcname = "
      "coalesce(nullif($1, ''), nullif(pg_catalog.current_setting('default_tablespace'), ''), "
      "(SELECT s.spcname FROM pg_catalog.pg_database d JOIN pg_catalog.pg_tablespace s ON s.oid = "
      "d.dattablespace "
      "WHERE d.datname = pg_catalog.current_database())))",
      {tablespace});
  if (!rows || rows->size() == 0 || rows->is_null(0, 0) || !rows->boolean(0, 1)) return std::nullopt;
  const auto data = rows->string(0, 0);
  if (!is_data_directory(data, rows->integer(0, 2))) return std::nullopt;
  const auto location = rows->string(0, 3);
  struct statvfs space {};
  if (statvfs((location.empty() ? data : location).c_str(), &space) != 0) return std::nullopt;
  return model::Bytes{static_cast<std::int64_t>(space.f_bavail) * static_cast<std::int64_t>(space.f_frsize)};
}

DiskVerdict judge_disk(std::optional<model::Bytes> free, std::optional<model::Bytes> predicted,
                       std::optional<model::Bytes> rough) {
  const auto wanted = predicted ? predicted : rough;
  const auto size = !wanted     ? std::string("of unknown size")
                    : predicted ? "of " + text::pretty(*predicted)
                                : "of roughly " + text::pretty(*rough);
  if (!free)
    return {std::nullopt,
            fmt::format("the index will be {}; the server's free disk space is not known", size)};
  const auto room = text::pretty(*free) + " are free on the server's disk";
  if (predicted && *free < *predicted) {
    return {model::give_up(fmt::format("the index will be {}, but {}", size, room),
                           "free some space, or name a TABLESPACE that has it"),
            {}};
  }
  if (wanted && *free < *wanted * 2.0) {
    return {std::nullopt,
            fmt::format("the index will be {}, and as much again while it is sorted: {}, which may not be "
                        "enough",
                        size, room)};
  }
  return {std::nullopt, fmt::format("the index will be {}; {}", size, room)};
}

}  // namespace pgadvisor::daemon::apply
