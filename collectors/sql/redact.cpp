#include "collectors/model/stable_hash.hpp"
#include "collectors/sql/statement_text.hpp"
#include "collectors/sql/tokens.hpp"

#include <fmt/format.h>
#include <pg_query.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace pgadvisor::sql {

namespace {

constexpr std::size_t kLongestText = std::size_t{1} << 20U;

/// libpg_query walks parse trees by recursion without a stack check: 100,000 levels of a + a + ... end the
/// process (8 MB of stack), 20,000 do not.
constexpr std::size_t kMostNestingTokens = 10000;

bool nests_too_deep(std::string_view text, const std::vector<Token>& tokens) {
  return nesting_tokens(text, tokens) > kMostNestingTokens;
}

/// Comments become one space, or nothing beside white space; then trims white space and semicolons.
std::string without_comments(std::string_view text, const std::vector<Token>& tokens) {
  std::string clean;
  clean.reserve(text.size());
  std::size_t position = 0;
  for (const Token& token : tokens) {
    if (token.kind != TokenKind::kComment) continue;
    clean += text.substr(position, token.start - position);
    if (!clean.empty() && clean.back() != ' ' && clean.back() != '\n') clean += ' ';
    position = token.end;
  }
  clean += text.substr(position);
  constexpr const char* kTrimmed = " \t\r\n\f\v;";
  const auto first = clean.find_first_not_of(kTrimmed);
  if (first == std::string::npos) return {};
  return clean.substr(first, clean.find_last_not_of(kTrimmed) - first + 1);
}

bool holds_semicolon(std::string_view text) {
  const TokenList list = scan(text);
  return std::any_of(list.tokens.begin(), list.tokens.end(),
                     [&](const Token& token) { return slice(text, token) == ";"; });
}

/// Only the kind of the root and SELECT INTO matter: both are read off libpg_query's JSON, whose field names
/// have been stable over its versions. A quote inside a literal is escaped there, so no literal can look like
/// a field.
model::Result<bool> is_utility(const std::string& text) {
  const PgQueryParseResult result = pg_query_parse(text.c_str());
  const bool failed = result.error != nullptr;
  const std::string tree = failed || result.parse_tree == nullptr ? "" : result.parse_tree;
  pg_query_free_parse_result(result);
  if (failed) return model::skip("the grammar of PostgreSQL 15 does not know this statement");
  constexpr std::string_view kRoot = R"("stmts":[{"stmt":{")";
  const auto root = tree.find(kRoot);
  if (root == std::string::npos) return model::skip("the text holds no statement");
  const auto kind_start = root + kRoot.size();
  const auto kind = std::string_view(tree).substr(kind_start, tree.find('"', kind_start) - kind_start);
  constexpr std::array<std::string_view, 5> kPlanned{"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt",
                                                     "MergeStmt"};
  const bool planned = std::find(kPlanned.begin(), kPlanned.end(), kind) != kPlanned.end();
  return !planned || tree.find(R"("intoClause":{)") != std::string::npos;
}

/// libpg_query's normalisation knows which constants matter (not ORDER BY 1, not varchar(20)).
model::Result<std::string> normalise(const std::string& text) {
  const PgQueryNormalizeResult result = pg_query_normalize(text.c_str());
  const bool failed = result.error != nullptr || result.normalized_query == nullptr;
  std::string normalised = failed ? "" : result.normalized_query;
  pg_query_free_normalize_result(result);
  if (failed) return model::skip("the statement's constants cannot be told apart");
  return normalised;
}

std::string fingerprint_of(const std::string& text) {
  const PgQueryFingerprintResult result = pg_query_fingerprint(text.c_str());
  std::string fingerprint =
      result.error != nullptr || result.fingerprint_str == nullptr ? "" : result.fingerprint_str;
  pg_query_free_fingerprint_result(result);
  return fingerprint;
}

/// libpg_query passes over digits in names of relations, so that partitions look alike; orders_2024 and
/// orders_2025 may be tables of their own, with indexes of their own.
std::string fingerprint_with_numbers(const std::string& text) {
  std::string names;
  for (const Token& token : scan(text).tokens) {
    if (token.kind != TokenKind::kWord && token.kind != TokenKind::kQuotedIdentifier) continue;
    const auto name = identifier_of(text, token);
    const bool numbered = std::ranges::any_of(name, is_digit);
    if (numbered) names += name + '\n';
  }
  return fingerprint_of(text) + (names.empty() ? "" : fmt::format("{:016x}", model::stable_hash(names)));
}

int highest_parameter(std::string_view text, const std::vector<Token>& tokens) {
  int highest = 0;
  for (const Token& token : tokens) {
    if (token.kind != TokenKind::kParameter) continue;
    int number = 0;
    std::from_chars(text.data() + token.start + 1, text.data() + token.end, number);
    highest = std::max(highest, number);
  }
  return highest;
}

/// Positions (ORDER BY 1), lengths (varchar(20), numeric(10,2)) and precisions are short and no secret.
bool is_structural(std::string_view text, const Token& token) {
  const auto piece = slice(text, token);
  return token.kind == TokenKind::kNumber && piece.size() <= 4 &&
         std::all_of(piece.begin(), piece.end(), is_digit);
}

/// What normalisation left (constants where the grammar has no expression, such as CYCLE ... TO 'x').
std::string without_leftovers(std::string text) {
  const TokenList list = scan(text);
  int parameter = highest_parameter(text, list.tokens);
  std::string clean;
  std::size_t position = 0;
  for (const Token& token : list.tokens) {
    if (!is_constant(token) || is_structural(text, token)) continue;
    clean.append(text, position, token.start - position);
    clean += '$' + std::to_string(++parameter);
    position = token.end;
  }
  return clean.append(text, position);
}

}  // namespace

model::Result<RedactedStatement> redact(std::string_view text) {
  if (text.size() > kLongestText) return model::skip("the statement is longer than 1 MB");
  const TokenList list = scan(text);
  if (list.failure) return model::skip("the statement has an unterminated string, comment or quoted name");
  if (nests_too_deep(text, list.tokens)) return model::skip("the statement is too long to be analysed");
  const std::string clean = without_comments(text, list.tokens);
  const auto utility = is_utility(clean);
  if (!utility) return utility.error();
  if (*utility) return RedactedStatement{"", fingerprint_of(clean), true};
  if (holds_semicolon(clean)) return model::skip("the text holds more than one statement");
  auto normalised = normalise(clean);
  if (!normalised) return normalised.error();
  return RedactedStatement{without_leftovers(*std::move(normalised)), fingerprint_with_numbers(clean), false};
}

model::Result<std::string> strip_comments(std::string_view text) {
  const TokenList list = scan(text);
  if (list.failure) return model::skip("the statement has an unterminated string, comment or quoted name");
  return without_comments(text, list.tokens);
}

}  // namespace pgadvisor::sql
