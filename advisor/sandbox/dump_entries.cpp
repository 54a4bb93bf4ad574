#include "advisor/sandbox/dump_entries.hpp"

#include "advisor/sandbox/lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pgadvisor::sandbox {
namespace {

constexpr std::array<std::string_view, 18> kNotRestored = {"EVENT TRIGGER",
                                                           "POLICY",
                                                           "ROW SECURITY",
                                                           "PUBLICATION",
                                                           "PUBLICATION TABLE",
                                                           "SUBSCRIPTION",
                                                           "ACL",
                                                           "DEFAULT ACL",
                                                           "COMMENT",
                                                           "TABLE DATA",
                                                           "SECURITY LABEL",
                                                           "SEQUENCE SET",
                                                           "BLOBS",
                                                           "BLOB",
                                                           "TRIGGER",
                                                           "USER MAPPING",
                                                           "STATISTICS DATA",
                                                           "MATERIALIZED VIEW DATA"};

/// The kinds of two and more words, so that the rest of an entry is schema and name.
constexpr std::array<std::string_view, 21> kLongKinds = {"MATERIALIZED VIEW",
                                                         "FOREIGN TABLE",
                                                         "FOREIGN SERVER",
                                                         "FOREIGN DATA WRAPPER",
                                                         "FK CONSTRAINT",
                                                         "CHECK CONSTRAINT",
                                                         "SEQUENCE OWNED BY",
                                                         "TABLE ATTACH",
                                                         "INDEX ATTACH",
                                                         "OPERATOR CLASS",
                                                         "OPERATOR FAMILY",
                                                         "SHELL TYPE",
                                                         "TEXT SEARCH CONFIGURATION",
                                                         "TEXT SEARCH DICTIONARY",
                                                         "TEXT SEARCH PARSER",
                                                         "TEXT SEARCH TEMPLATE",
                                                         "PROCEDURAL LANGUAGE",
                                                         "ACCESS METHOD",
                                                         "PUBLICATION TABLES IN SCHEMA",
                                                         "LARGE OBJECT",
                                                         "DATABASE PROPERTIES"};

/// What pg_dump puts into its section post-data: it needs whole tables.
constexpr std::array<std::string_view, 6> kOnTables = {"INDEX",        "CONSTRAINT", "CHECK CONSTRAINT",
                                                       "INDEX ATTACH", "STATISTICS", "RULE"};

constexpr std::array<std::string_view, 5> kFirst = {"SCHEMA", "EXTENSION", "PROCEDURAL LANGUAGE",
                                                    "ACCESS METHOD", "FOREIGN DATA WRAPPER"};

constexpr std::array<std::string_view, 15> kPrivileged = {"TYPE",
                                                          "SHELL TYPE",
                                                          "FUNCTION",
                                                          "PROCEDURE",
                                                          "AGGREGATE",
                                                          "OPERATOR",
                                                          "OPERATOR CLASS",
                                                          "OPERATOR FAMILY",
                                                          "CAST",
                                                          "TRANSFORM",
                                                          "CONVERSION",
                                                          "SERVER",
                                                          "TEXT SEARCH PARSER",
                                                          "TEXT SEARCH TEMPLATE",
                                                          "TEXT SEARCH DICTIONARY"};

constexpr std::array<std::string_view, 4> kRefusals = {"permission denied", "must be superuser",
                                                       "must be owner", "only superuser"};

template <class List>
bool contains(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
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
DumpEntry read_entry(std::string_view line, std::string_view entry) {
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
  return {std::string(line), std::string(kind),
          schema == "-" ? fmt::format("{} {}", lower(kind), name)
                        : fmt::format("{} {}.{}", lower(kind), schema, name),
          std::string(name)};
}

/// Functions in C and of the server itself come with installed libraries; other untrusted languages carry
/// code of the monitored database.
bool is_of_untrusted_language(std::string_view message) {
  constexpr std::string_view kLanguage = "permission denied for language ";
  return message.starts_with(kLanguage) && message != "permission denied for language c" &&
         message != "permission denied for language internal";
}

}  // namespace

RestoreList select_entries(std::string_view table_of_contents) {
  RestoreList list;
  while (!table_of_contents.empty()) {
    const std::string_view line = next_line(table_of_contents);
    const std::string_view entry = entry_of(line);
    if (is_kind(entry, "POLICY")) ++list.policies;
    const bool wanted = !entry.empty() && std::ranges::none_of(kNotRestored, [&](std::string_view kind) {
      return is_kind(entry, kind);
    });
    if (wanted) list.entries.push_back(read_entry(line, entry));
  }
  return list;
}

void order_entries(std::vector<DumpEntry>& entries) {
  const auto turn = [](const DumpEntry& entry) {
    return entry.kind == "FK CONSTRAINT" ? 2 : contains(kOnTables, entry.kind) ? 1 : 0;
  };
  std::ranges::stable_sort(entries, {}, turn);
}

std::string use_list(const std::vector<DumpEntry>& entries) {
  std::string text;
  for (const DumpEntry& entry : entries) text.append(entry.line).append("\n");
  return text;
}

bool comes_first(const DumpEntry& entry) {
  return contains(kFirst, entry.kind);
}

bool needs_superuser(const DumpEntry& entry, std::string_view message) {
  return contains(kPrivileged, entry.kind) && !is_of_untrusted_language(message) &&
         std::ranges::any_of(kRefusals, [&](std::string_view words) {
           return message.find(words) != std::string_view::npos;
         });
}

}  // namespace pgadvisor::sandbox
