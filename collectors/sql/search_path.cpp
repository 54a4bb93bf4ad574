#include "collectors/sql/search_path.hpp"

#include <algorithm>

namespace pgadvisor::sql {

namespace {

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

}  // namespace

std::string catalog_first(const std::string& search_path) {
  std::string path;
  for (std::size_t start = 0; start <= search_path.size();) {
    const std::size_t end = end_of_name(search_path, start);
    const std::string name = trimmed(search_path.substr(start, end - start));
    if (!is_pg_catalog(name)) path += (path.empty() ? "" : ", ") + name;
    start = end + 1;
  }
  return path;
}

}  // namespace pgadvisor::sql
