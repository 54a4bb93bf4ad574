#include "collectors/expression_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace pgadvisor::collectors {

namespace {

constexpr std::string_view kAnd = "{BOOLEXPR :boolop and :args (";

/// Strings in a tree have a backslash before every bracket of their own (outToken() in outfuncs.c).
int depth_change(char c) {
  if (c == '(' || c == '{' || c == '[') return 1;
  return c == ')' || c == '}' || c == ']' ? -1 : 0;
}

/// The conditions that hold together: those of an AND, or the only one.
std::vector<std::string> conditions(std::string_view tree) {
  // "... :args ({...} {...})}": the list from its bracket on.
  if (tree.starts_with(kAnd)) return list_members(tree.substr(kAnd.size() - 1));
  return tree.empty() ? std::vector<std::string>{} : std::vector{std::string(tree)};
}

/// The column of "{NULLTEST :arg {VAR :varno 1 :varattno 3 ...} :nulltesttype 1 ...}".
std::optional<std::int16_t> not_null_column(std::string_view tree) {
  constexpr std::string_view kStart = "{NULLTEST :arg {VAR :varno 1 :varattno ";
  if (!tree.starts_with(kStart)) return std::nullopt;
  tree.remove_prefix(kStart.size());
  std::int16_t column = 0;
  const auto [end, error] = std::from_chars(tree.data(), tree.data() + tree.size(), column);
  if (error != std::errc{} || column <= 0) return std::nullopt;
  tree.remove_prefix(std::min(tree.find('}'), tree.size()));
  return tree.starts_with("} :nulltesttype 1 :argisrow false") ? std::optional(column) : std::nullopt;
}

}  // namespace

std::string stripped_tree(const std::string& column) {
  return fmt::format("pg_catalog.regexp_replace({}::text, ' :(location|[a-z_]*format) -?[0-9]+', '', 'g')",
                     column);
}

std::vector<std::string> list_members(std::string_view list) {
  std::vector<std::string> members;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i] == '\\') {
      ++i;
      continue;
    }
    const int change = depth_change(list[i]);
    if (depth == 1 && change > 0) begin = i;
    depth += change;
    if (depth == 1 && change < 0) members.emplace_back(list.substr(begin, i + 1 - begin));
    if (depth == 0) break;
  }
  return members;
}

std::string normal_predicate(std::string_view tree) {
  auto parts = conditions(tree);
  std::ranges::sort(parts);
  return fmt::format("{}", fmt::join(parts, " AND "));
}

std::vector<std::int16_t> not_null_columns(std::string_view tree) {
  std::vector<std::int16_t> columns;
  for (const auto& condition : conditions(tree)) {
    const auto column = not_null_column(condition);
    if (!column) return {};
    columns.push_back(*column);
  }
  return columns;
}

}  // namespace pgadvisor::collectors
