#include "collectors/sql/statement_text.hpp"
#include "collectors/sql/tokens.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace pgadvisor::sql {

namespace {

std::size_t newlines(std::string_view content, std::size_t start, std::size_t end) {
  const auto part = content.substr(start, end - start);
  return static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
}

/// Byte position of the 1-based character `character` (UTF-8).
std::size_t byte_of(std::string_view content, std::size_t character) {
  std::size_t position = 0;
  for (std::size_t seen = 0; position < content.size(); ++position) {
    const bool starts_character = (static_cast<unsigned char>(content[position]) & 0xC0U) != 0x80U;
    if (starts_character && ++seen == character) break;
  }
  return std::min(position, content.size());
}

bool is_space(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool alone_on_its_line(std::string_view content, std::size_t start) {
  while (start > 0 && (content[start - 1] == ' ' || content[start - 1] == '\t')) --start;
  return start == 0 || content[start - 1] == '\n';
}

/// "-- weight: 2.5" -> "2.5"; nothing when the comment speaks of something else.
std::optional<std::string_view> weight_text(std::string_view comment) {
  if (!comment.starts_with("--")) return std::nullopt;
  std::string_view rest = trim(comment.substr(2));
  constexpr std::string_view kWord = "weight";
  if (rest.size() < kWord.size()) return std::nullopt;
  for (std::size_t i = 0; i < kWord.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(rest[i])) != kWord[i]) return std::nullopt;
  }
  rest = trim(rest.substr(kWord.size()));
  if (!rest.starts_with(':')) return std::nullopt;
  return trim(rest.substr(1));
}

std::optional<double> positive_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(number) || number <= 0) return std::nullopt;
  return number;
}

struct Span {
  std::size_t start = 0;
  std::size_t end = 0;
};

/// Where a semicolon ends a statement: outside of parentheses (CREATE RULE ... (a; b)) and of function bodies
/// (BEGIN ATOMIC a; b; END, in which CASE has an END of its own). As psql does it.
class Nesting {
 public:
  void enter(std::string_view content, const Token& token) {
    const auto piece = slice(content, token);
    if (piece == "(") ++parentheses_;
    if (piece == ")" && parentheses_ > 0) --parentheses_;
    if (is_word(content, token, "atomic") && after_begin_) body_ = std::max(body_, 1);
    if (is_word(content, token, "case") && body_ > 0) ++body_;
    if (is_word(content, token, "end") && body_ > 0) --body_;
    after_begin_ = is_word(content, token, "begin");
  }

  [[nodiscard]] bool outermost() const { return parentheses_ == 0 && body_ == 0; }

 private:
  int parentheses_ = 0;
  int body_ = 0;
  bool after_begin_ = false;
};

std::vector<Span> statement_spans(std::string_view content, const std::vector<Token>& tokens) {
  std::vector<Span> spans;
  std::size_t start = 0;
  Nesting nesting;
  for (const Token& token : tokens) {
    nesting.enter(content, token);
    if (slice(content, token) != ";" || !nesting.outermost()) continue;
    spans.push_back({start, token.start});
    start = token.end;
  }
  spans.push_back({start, content.size()});
  return spans;
}

class Splitter {
 public:
  Splitter(std::string_view content, std::vector<Token> tokens)
      : content_(content), tokens_(std::move(tokens)) {}

  model::Result<std::vector<FileStatement>> run() {
    std::vector<FileStatement> statements;
    for (const Span& span : statement_spans(content_, tokens_)) {
      while (next_ < tokens_.size() && skippable(tokens_[next_], span)) ++next_;
      if (next_ == tokens_.size() || tokens_[next_].start >= span.end) continue;
      const Token& first = tokens_[next_];
      FileStatement statement;
      advance_line(first.start);
      statement.line = line_;
      const auto weight = weight_before(next_, statement.line);
      if (!weight) return weight.error();
      statement.weight = *weight;
      const auto text = strip_comments(content_.substr(first.start, span.end - first.start));
      if (!text) return text.error();
      statement.text = *text;
      statements.push_back(std::move(statement));
    }
    return statements;
  }

 private:
  [[nodiscard]] bool skippable(const Token& token, const Span& span) const {
    return token.start < span.start || token.kind == TokenKind::kComment || slice(content_, token) == ";";
  }

  [[nodiscard]] model::Result<double> weight_before(std::size_t index, std::size_t line) const {
    if (index == 0) return 1.0;
    const Token& comment = tokens_[index - 1];
    if (comment.kind != TokenKind::kComment || !alone_on_its_line(content_, comment.start)) return 1.0;
    if (newlines(content_, comment.start, tokens_[index].start) != 1) return 1.0;
    const auto text = weight_text(slice(content_, comment));
    if (!text) return 1.0;
    const auto weight = positive_number(*text);
    if (!weight) {
      return model::give_up(fmt::format("line {}: the weight is not a positive number", line - 1),
                            "write for example: -- weight: 2.5");
    }
    return *weight;
  }

  void advance_line(std::size_t position) {
    line_ += newlines(content_, counted_, position);
    counted_ = position;
  }

  std::string_view content_;
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  std::size_t line_ = 1;  ///< of byte counted_
  std::size_t counted_ = 0;
};

}  // namespace

model::Result<std::vector<FileStatement>> split_file(std::string_view content) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (content.starts_with(kByteOrderMark)) content.remove_prefix(kByteOrderMark.size());
  TokenList list = scan(content);
  if (list.failure) {
    const std::size_t where = content.find('\0') != std::string_view::npos
                                  ? content.find('\0')
                                  : byte_of(content, list.failure->character);
    return model::give_up(
        fmt::format("line {}: this is not SQL from here on", 1 + newlines(content, 0, where)),
        "look for an unterminated string, comment or quoted name, and for characters that are not text");
  }
  return Splitter(content, std::move(list.tokens)).run();
}

}  // namespace pgadvisor::sql
