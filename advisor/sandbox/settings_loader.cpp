#include "advisor/sandbox/settings_loader.hpp"

#include <fmt/format.h>

#include <algorithm>
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

/// Where the name that starts at `start` of a list ends; commas within quotes are part of it.
std::size_t end_of_name(const std::string& list, std::size_t start) {
  bool quoted = false;
  std::size_t position = start;
  for (; position < list.size() && (quoted || list[position] != ','); ++position) {
    if (list[position] == '"') quoted = !quoted;
  }
  return position;
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\n");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

bool is_pg_catalog(std::string name) {
  if (name == "\"pg_catalog\"") return true;
  std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return name == "pg_catalog";
}

/// A search_path that does not name pg_catalog searches it first. A schema before it could put
/// functions and operators of its own in the place of those that our queries use.
std::string safe(const model::Setting& setting) {
  if (setting.name != "search_path") return setting.value;
  std::string path;
  for (std::size_t start = 0; start <= setting.value.size();) {
    const std::size_t end = end_of_name(setting.value, start);
    const std::string name = trimmed(setting.value.substr(start, end - start));
    if (!is_pg_catalog(name)) path += (path.empty() ? "" : ", ") + name;
    start = end + 1;
  }
  return path;
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
