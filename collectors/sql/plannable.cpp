#include "collectors/sql/statement_text.hpp"
#include "collectors/sql/tokens.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace pgadvisor::sql {

namespace {

/// Type names that are keywords and may precede a constant (gram.y: ConstTypename, ConstInterval, and the
/// unreserved keywords that name types). Every other keyword before a parameter is none: LIMIT $1, BETWEEN
/// $1, ZONE $1.
constexpr std::array<std::string_view, 24> kTypeKeywords{
    "interval", "timestamp", "time", "numeric", "decimal", "dec",  "int",       "integer",
    "smallint", "bigint",    "real", "float",   "boolean", "bit",  "character", "char",
    "nchar",    "varchar",   "text", "xml",     "name",    "json", "precision", "varying"};

constexpr std::array<std::string_view, 5> kArithmetic{"+", "-", "*", "/", "%"};

/// One replacement of bytes [start, end).
struct Edit {
  std::size_t start = 0;
  std::size_t end = 0;
  std::string text;
};

class Rewriter {
 public:
  Rewriter(std::string_view text, Operands operands)
      : text_(text), operands_(operands), tokens_(scan(text).tokens) {
    std::erase_if(tokens_, [](const Token& token) { return token.kind == TokenKind::kComment; });
  }

  std::string run() {
    for (std::size_t i = 1; i < tokens_.size(); ++i) {
      if (tokens_[i].kind != TokenKind::kParameter) continue;
      if (rewrite_extract(i) || rewrite_typed_constant(i)) continue;
      if (is_number(i)) replace(i, std::string(slice(text_, tokens_[i])) + "::int4");
    }
    return apply();
  }

 private:
  [[nodiscard]] bool word(std::size_t i, std::string_view expected) const {
    return i < tokens_.size() && is_word(text_, tokens_[i], expected);
  }
  [[nodiscard]] bool symbol(std::size_t i, std::string_view expected) const {
    return i < tokens_.size() && slice(text_, tokens_[i]) == expected;
  }

  /// `extract($1 from x)`: pg_stat_statements replaces the field's name. date_part(text, ...) is in every
  /// version; pg_catalog.extract only since 14.
  bool rewrite_extract(std::size_t parameter) {
    if (parameter < 2 || !symbol(parameter - 1, "(") || !word(parameter - 2, "extract")) return false;
    if (!word(parameter + 1, "from")) return false;
    replace(parameter - 2, "pg_catalog.date_part");
    replace(parameter + 1, ",");
    return true;
  }

  /// `interval $1` -> `$1::interval`; qualifiers behind it (`interval $1 day to second`) fit the cast as they
  /// are.
  bool rewrite_typed_constant(std::size_t parameter) {
    const auto first = start_of_type(parameter);
    if (!first) return false;
    const std::size_t start = tokens_[*first].start;
    const std::string type(text_.substr(start, tokens_[parameter - 1].end - start));
    edits_.push_back(
        {start, tokens_[parameter].end, std::string(slice(text_, tokens_[parameter])) + "::" + type});
    return true;
  }

  /// Between two parameters, behind a date and in generate_series() PostgreSQL cannot choose among operators
  /// or functions, and could not with strings either: what stood there were numbers.
  [[nodiscard]] bool is_number(std::size_t i) const {
    if (!is_bare(i)) return false;
    if (operands_ == Operands::kNumbers && (is_arithmetic(i - 1) || is_arithmetic(i + 1))) return true;
    if (is_arithmetic(i + 1) && i + 2 < tokens_.size() && is_bare(i + 2)) return true;
    if (i >= 2 && symbol(i - 1, "(") && word(i - 2, "generate_series")) return true;
    return i >= 2 && (symbol(i - 1, "+") || symbol(i - 1, "-")) && is_date(i - 2);
  }

  /// A parameter whose type its text does not say.
  [[nodiscard]] bool is_bare(std::size_t i) const {
    return tokens_[i].kind == TokenKind::kParameter && !symbol(i + 1, "::") && !start_of_type(i);
  }

  [[nodiscard]] bool is_arithmetic(std::size_t i) const {
    return std::ranges::any_of(kArithmetic, [&](std::string_view sign) { return symbol(i, sign); });
  }

  /// `date $1`, `x::date` or `current_date` ends with this token.
  [[nodiscard]] bool is_date(std::size_t last) const {
    if (word(last, "current_date")) return true;
    if (last == 0) return false;
    if (word(last, "date")) return symbol(last - 1, "::");
    return tokens_[last].kind == TokenKind::kParameter && word(last - 1, "date");
  }

  /// Index of the first token of the type name that ends just before `parameter`, if there is one.
  [[nodiscard]] std::optional<std::size_t> start_of_type(std::size_t parameter) const {
    if (parameter == 0) return std::nullopt;
    std::size_t last = parameter - 1;
    if (const auto zone = before_time_zone(last)) last = *zone;
    if (symbol(last, ")")) {  // numeric(10, 2) $1: nothing else puts a parameter behind a parenthesis
      const auto open = opening(last);
      if (!open || *open == 0) return std::nullopt;
      last = *open - 1;
    }
    if (!is_type_name(last)) return std::nullopt;
    std::size_t first = last;
    if (word(last, "varying") || word(last, "precision")) {
      if (first == 0) return std::nullopt;
      --first;
    }
    if (first > 0 && word(first - 1, "national")) --first;
    while (first >= 2 && symbol(first - 1, ".") && is_name(first - 2)) first -= 2;
    return first;
  }

  /// `timestamp(3) with time zone`: the index of the token before WITH or WITHOUT.
  [[nodiscard]] std::optional<std::size_t> before_time_zone(std::size_t last) const {
    if (last < 3 || !word(last, "zone") || !word(last - 1, "time")) return std::nullopt;
    if (!word(last - 2, "with") && !word(last - 2, "without")) return std::nullopt;
    return last - 3;
  }

  [[nodiscard]] std::optional<std::size_t> opening(std::size_t close) const {
    int depth = 0;
    for (std::size_t i = close + 1; i-- > 0;) {
      if (symbol(i, ")")) ++depth;
      if (symbol(i, "(") && --depth == 0) return i;
    }
    return std::nullopt;
  }

  [[nodiscard]] bool is_name(std::size_t i) const {
    return tokens_[i].kind == TokenKind::kQuotedIdentifier || tokens_[i].kind == TokenKind::kWord;
  }

  [[nodiscard]] bool is_type_name(std::size_t i) const {
    const Token& token = tokens_[i];
    if (token.kind == TokenKind::kQuotedIdentifier) return true;
    if (token.kind != TokenKind::kWord) return false;
    if (token.keyword == KeywordKind::kNone) return true;
    return std::any_of(kTypeKeywords.begin(), kTypeKeywords.end(),
                       [&](std::string_view type) { return is_word(text_, token, type); });
  }

  void replace(std::size_t i, std::string text) {
    edits_.push_back({tokens_[i].start, tokens_[i].end, std::move(text)});
  }

  std::string apply() {
    std::string result;
    std::size_t position = 0;
    for (const Edit& edit : edits_) {
      result += text_.substr(position, edit.start - position);
      result += edit.text;
      position = edit.end;
    }
    result += text_.substr(position);
    return result;
  }

  std::string_view text_;
  Operands operands_;
  std::vector<Token> tokens_;
  std::vector<Edit> edits_;  ///< in the order of the text, never overlapping
};

}  // namespace

std::string make_plannable(std::string_view normalised_text, Operands operands) {
  return Rewriter(normalised_text, operands).run();
}

}  // namespace pgadvisor::sql
