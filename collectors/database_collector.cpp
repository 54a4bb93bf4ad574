#include "collectors/database_collector.hpp"

#include "collectors/row_reading.hpp"

#include <fnmatch.h>

#include <algorithm>

namespace pgadvisor::collectors {

namespace {

bool any_matches(const std::vector<std::string>& patterns, const std::string& database) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return fnmatch(pattern.c_str(), database.c_str(), 0) == 0;
  });
}

/// Three columns for the locale: provider, locale, ICU rules.
std::string locale_columns(int server_version) {
  if (server_version >= 170000) return "datlocprovider, datlocale, daticurules";
  if (server_version >= 160000) return "datlocprovider, daticulocale, daticurules";
  return server_version >= 150000 ? "datlocprovider, daticulocale, NULL" : "'c', NULL, NULL";
}

}  // namespace

bool matches(const DatabaseFilter& filter, const std::string& database) {
  if (any_matches(filter.exclude, database)) return false;
  return filter.include.empty() || any_matches(filter.include, database);
}

boost::asio::awaitable<model::Result<std::vector<model::DatabaseProperties>>> collect_databases(
    pg::Connection& connection, DatabaseFilter filter) {
  // datconnlimit -2: a DROP DATABASE that was interrupted.
  std::string sql = "SELECT oid, datname, pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype, " +
                    locale_columns(connection.server_version()) +
                    " FROM pg_catalog.pg_database WHERE datallowconn AND NOT datistemplate"
                    " AND datconnlimit <> -2 ORDER BY datname";
  const auto rows = co_await connection.query(std::move(sql));
  if (!rows) co_return rows.error();
  std::vector<model::DatabaseProperties> databases;
  for (int row = 0; row < rows->size(); ++row) {
    model::DatabaseProperties database{oid(*rows, row, 0),
                                       rows->string(row, 1),
                                       rows->string(row, 2),
                                       rows->string(row, 3),
                                       rows->string(row, 4),
                                       rows->text(row, 5).front(),
                                       rows->optional_string(row, 6).value_or(""),
                                       rows->optional_string(row, 7).value_or("")};
    if (matches(filter, database.name)) databases.push_back(std::move(database));
  }
  co_return databases;
}

}  // namespace pgadvisor::collectors
