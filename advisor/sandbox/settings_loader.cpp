#include "advisor/sandbox/settings_loader.hpp"

#include "collectors/sql/search_path.hpp"

#include <fmt/format.h>

#include <array>
#include <set>

namespace pgadvisor::sandbox {
namespace {

/// The sandbox's own business: how long it may plan, and in which encoding we talk to it.
constexpr std::array<std::string_view, 4> kOurs = {"statement_timeout", "lock_timeout", "client_encoding",
                                                   "default_transaction_read_only"};

model::Result<std::set<std::string>> settable(pg::BlockingConnection& connection) {
  const auto rows =
      connection.query("select name from pg_catalog.pg_settings where context in ('user', 'superuser')");
  if (rows.has_error()) return rows.error();
  std::set<std::string> names;
  for (int row = 0; row < rows->size(); ++row) names.insert(rows->string(row, 0));
  for (const std::string_view name : kOurs) names.erase(std::string(name));
  return names;
}

/// A schema before pg_catalog could put functions and operators of its own in the place of those that our
/// queries use.
std::string safe(const model::Setting& setting) {
  return setting.name == "search_path" ? sql::catalog_first(setting.value) : setting.value;
}

}  // namespace

model::Result<std::vector<std::string>> apply_settings(pg::BlockingConnection& connection,
                                                       std::span<const model::Setting> settings) {
  const auto names = settable(connection);
  if (names.has_error()) return names.error();
  std::vector<std::string> left_out;
  for (const model::Setting& setting : settings) {
    if (!names->contains(setting.name)) continue;
    const auto done =
        connection.query("select pg_catalog.set_config($1, $2, false)", {setting.name, safe(setting)});
    if (done.has_value()) continue;
    if (!connection.usable()) return done.error();
    left_out.push_back(fmt::format("setting {}: {}", setting.name, done.error().message));
  }
  return left_out;
}

}  // namespace pgadvisor::sandbox
