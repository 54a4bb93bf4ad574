#include "collectors/sql/quote.hpp"

#include "collectors/sql/tokens.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pgadvisor::sql {

namespace {

/// Keywords of PostgreSQL 16 to 18 that a lexer of 15 does not know and that are not unreserved there.
constexpr std::array<std::string_view, 13> kLaterKeywords{
    "system_user", "json",           "json_array",  "json_arrayagg", "json_exists",
    "json_object", "json_objectagg", "json_query",  "json_scalar",   "json_serialize",
    "json_table",  "json_value",     "merge_action"};

bool is_plain(std::string_view name) {
  const auto starts = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  return !name.empty() && starts(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return starts(c) || (c >= '0' && c <= '9'); });
}

bool is_keyword(std::string_view name) {
  if (std::find(kLaterKeywords.begin(), kLaterKeywords.end(), name) != kLaterKeywords.end()) return true;
  const TokenList list = scan(name);
  return list.tokens.size() != 1 || (list.tokens.front().keyword != KeywordKind::kNone &&
                                     list.tokens.front().keyword != KeywordKind::kUnreserved);
}

std::string doubled(std::string_view text, char mark) {
  std::string result;
  result.reserve(text.size() + 2);
  for (const char c : text) {
    if (c == mark) result += c;
    result += c;
  }
  return result;
}

std::string describe_key(const model::IndexKey& key) {
  std::string text = key.column.empty() ? '(' + key.expression + ')' : quote_identifier(key.column);
  if (!key.collation.empty()) text += " COLLATE " + key.collation;
  if (!key.operator_class.empty()) text += ' ' + key.operator_class;
  if (key.descending) text += " DESC";
  if (key.nulls_first != key.descending) text += key.nulls_first ? " NULLS FIRST" : " NULLS LAST";
  return text;
}

}  // namespace

std::string quote_identifier(std::string_view name) {
  if (is_plain(name) && !is_keyword(name)) return std::string(name);
  return '"' + doubled(name, '"') + '"';
}

std::string quote_name(const model::ObjectName& name) {
  if (name.schema.empty()) return quote_identifier(name.name);
  return quote_identifier(name.schema) + '.' + quote_identifier(name.name);
}

std::string quote_literal(std::string_view text) {
  const std::string inner = doubled(text, '\'');
  if (text.find('\\') == std::string_view::npos) return '\'' + inner + '\'';
  return "E'" + doubled(inner, '\\') + '\'';
}

std::string describe(const model::IndexDefinition& definition) {
  std::string text = quote_name(definition.table);
  if (definition.method != "btree") text += " USING " + quote_identifier(definition.method);
  std::vector<std::string> keys;
  for (const auto& key : definition.keys) keys.push_back(describe_key(key));
  text += fmt::format(" ({})", fmt::join(keys, ", "));
  if (!definition.include.empty()) {
    std::vector<std::string> include;
    for (const auto& column : definition.include) include.push_back(quote_identifier(column));
    std::sort(include.begin(), include.end());
    text += fmt::format(" INCLUDE ({})", fmt::join(include, ", "));
  }
  if (!definition.predicate.empty()) text += " WHERE " + definition.predicate;
  return text;
}

std::string create_index(const model::IndexDefinition& definition, std::string_view name, bool concurrently) {
  return fmt::format("CREATE INDEX {}{} ON {}", concurrently ? "CONCURRENTLY " : "", quote_identifier(name),
                     describe(definition));
}

std::string drop_index(std::string_view schema, std::string_view name, bool concurrently) {
  return fmt::format("DROP INDEX {}{}", concurrently ? "CONCURRENTLY " : "",
                     quote_name({std::string(schema), std::string(name)}));
}

}  // namespace pgadvisor::sql
