#include "advisor/sandbox/restore_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace pgadvisor::sandbox {
namespace {

constexpr std::array<std::string_view, 16> kNotRestored = {
    "EVENT TRIGGER",  "POLICY",       "ROW SECURITY", "PUBLICATION",    "PUBLICATION TABLE",
    "SUBSCRIPTION",   "ACL",          "DEFAULT ACL",  "SECURITY LABEL", "COMMENT",
    "TABLE DATA",     "SEQUENCE SET", "BLOBS",        "BLOB",           "MATERIALIZED VIEW DATA",
    "STATISTICS DATA"};

/// The kinds of two and more words, so that the rest of an entry is schema and name.
constexpr std::array<std::string_view, 19> kLongKinds = {
    "MATERIALIZED VIEW",      "FOREIGN TABLE",
    "FOREIGN SERVER",         "SERVER",
    "FOREIGN DATA WRAPPER",   "USER MAPPING",
    "FK CONSTRAINT",          "CHECK CONSTRAINT",
    "SEQUENCE OWNED BY",      "TABLE ATTACH",
    "INDEX ATTACH",           "OPERATOR CLASS",
    "OPERATOR FAMILY",        "TEXT SEARCH CONFIGURATION",
    "TEXT SEARCH DICTIONARY", "TEXT SEARCH PARSER",
    "TEXT SEARCH TEMPLATE",   "PROCEDURAL LANGUAGE",
    "ACCESS METHOD"};

std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

/// "7" of "7; 1259 16385 VIEW public v owner".
std::string_view number_of(std::string_view line) {
  return line.substr(0, line.find(';'));
}

/// "7; 1259 16385 VIEW public v owner" without its three numbers; empty when it is no entry.
std::string_view entry_of(std::string_view line) {
  const std::size_t semicolon = line.find("; ");
  if (semicolon == 0 || semicolon == std::string_view::npos) return {};
  if (line.substr(0, semicolon).find_first_not_of("0123456789") != std::string_view::npos) return {};
  line.remove_prefix(semicolon + 2);
  for (int number = 0; number < 2; ++number) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return {};
    line.remove_prefix(space + 1);
  }
  return line;
}

bool is_kind(std::string_view entry, std::string_view kind) {
  return entry.starts_with(kind) && entry.size() > kind.size() && entry[kind.size()] == ' ';
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return result;
}

/// "VIEW public v owner" -> "view public.v"; "EXTENSION - pg_trgm " -> "extension pg_trgm".
std::string describe_entry(std::string_view entry) {
  const auto known =
      std::ranges::find_if(kLongKinds, [&](std::string_view kind) { return is_kind(entry, kind); });
  const std::string_view kind = known != kLongKinds.end() ? *known : entry.substr(0, entry.find(' '));
  entry.remove_prefix(std::min(entry.size(), kind.size() + 1));
  const std::size_t space = entry.find(' ');
  const std::string_view schema = entry.substr(0, space);
  std::string_view name = space == std::string_view::npos ? std::string_view{} : entry.substr(space + 1);
  // pg_restore puts the owner last.
  if (const std::size_t owner = name.rfind(' '); owner != std::string_view::npos)
    name = name.substr(0, owner);
  return schema == "-" ? fmt::format("{} {}", lower(kind), name)
                       : fmt::format("{} {}.{}", lower(kind), schema, name);
}

const std::set<std::string_view> kContrib = {"adminpack",
                                             "amcheck",
                                             "autoinc",
                                             "bloom",
                                             "btree_gin",
                                             "btree_gist",
                                             "citext",
                                             "cube",
                                             "dblink",
                                             "dict_int",
                                             "dict_xsyn",
                                             "earthdistance",
                                             "file_fdw",
                                             "fuzzystrmatch",
                                             "hstore",
                                             "insert_username",
                                             "intagg",
                                             "intarray",
                                             "isn",
                                             "lo",
                                             "ltree",
                                             "moddatetime",
                                             "old_snapshot",
                                             "pageinspect",
                                             "pg_buffercache",
                                             "pg_freespacemap",
                                             "pg_logicalinspect",
                                             "pg_overexplain",
                                             "pg_prewarm",
                                             "pg_stat_statements",
                                             "pg_surgery",
                                             "pg_trgm",
                                             "pg_visibility",
                                             "pg_walinspect",
                                             "pgcrypto",
                                             "pgrowlocks",
                                             "pgstattuple",
                                             "postgres_fdw",
                                             "refint",
                                             "seg",
                                             "sslinfo",
                                             "tablefunc",
                                             "tcn",
                                             "tsm_system_rows",
                                             "tsm_system_time",
                                             "unaccent",
                                             "uuid-ossp",
                                             "xml2"};

/// Where the package is not named after the extension; {} is the major version.
const std::map<std::string_view, const char*> kPackages = {
    {"postgis", "postgresql-{}-postgis-3"},
    {"postgis_raster", "postgresql-{}-postgis-3"},
    {"postgis_topology", "postgresql-{}-postgis-3"},
    {"postgis_tiger_geocoder", "postgresql-{}-postgis-3"},
    {"vector", "postgresql-{}-pgvector"},
    {"pg_cron", "postgresql-{}-cron"},
    {"pg_partman", "postgresql-{}-partman"},
    {"pg_repack", "postgresql-{}-repack"},
    {"pg_squeeze", "postgresql-{}-squeeze"},
    {"hll", "postgresql-{}-hll"},
    {"plpython3u", "postgresql-plpython3-{}"},
    {"plperl", "postgresql-plperl-{}"},
    {"plperlu", "postgresql-plperl-{}"},
    {"pltcl", "postgresql-pltcl-{}"},
    {"pltclu", "postgresql-pltcl-{}"}};

std::string explain(std::string_view entry, std::string_view message, int major) {
  std::string text = fmt::format("{}: {}", describe_entry(entry), message);
  constexpr std::string_view kExtension = "EXTENSION - ";
  if (!entry.starts_with(kExtension) || message.find("is not available") == std::string_view::npos)
    return text;
  const std::string_view name = entry.substr(kExtension.size(), entry.substr(kExtension.size()).find(' '));
  const std::string package = extension_package(name, major);
  text = fmt::format("extension {} is not installed here: what depends on it is left out", name);
  return package.empty() ? text : fmt::format("{} (apt-get install {})", text, package);
}

}  // namespace

RestoreList select_entries(std::string_view table_of_contents) {
  RestoreList list;
  while (!table_of_contents.empty()) {
    const std::string_view line = next_line(table_of_contents);
    const std::string_view entry = entry_of(line);
    const bool wanted = !entry.empty() && std::ranges::none_of(kNotRestored, [&](std::string_view kind) {
      return is_kind(entry, kind);
    });
    if (wanted) list.text.append(line).append("\n");
    if (is_kind(entry, "POLICY")) ++list.policies;
  }
  return list;
}

std::vector<std::string> failed_entries(std::string_view standard_error, std::string_view table_of_contents,
                                        int major) {
  constexpr std::string_view kEntry = "pg_restore: from TOC entry ";
  constexpr std::string_view kError = "pg_restore: error: ";
  constexpr std::string_view kQuery = "could not execute query: ERROR:  ";
  std::map<std::string_view, std::string_view> entries;
  while (!table_of_contents.empty()) {
    const std::string_view line = next_line(table_of_contents);
    entries[number_of(line)] = entry_of(line);
  }
  std::vector<std::string> failures;
  std::string_view entry;
  while (!standard_error.empty()) {
    std::string_view line = next_line(standard_error);
    if (line.starts_with(kEntry)) entry = entries[number_of(line.substr(kEntry.size()))];
    if (!line.starts_with(kError)) continue;
    line.remove_prefix(kError.size());
    if (line.starts_with(kQuery)) line.remove_prefix(kQuery.size());
    failures.push_back(entry.empty() ? std::string(line) : explain(entry, line, major));
  }
  return failures;
}

std::string extension_package(std::string_view extension, int major) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789_-";
  if (extension.empty() || extension.find_first_not_of(kAllowed) != std::string_view::npos) return {};
  if (kContrib.contains(extension)) return fmt::format("postgresql-{}", major);
  if (const auto known = kPackages.find(extension); known != kPackages.end()) {
    return fmt::format(fmt::runtime(known->second), major);
  }
  std::string name(extension);
  std::ranges::replace(name, '_', '-');
  return fmt::format("postgresql-{}-{}", major, name);
}

}  // namespace pgadvisor::sandbox
