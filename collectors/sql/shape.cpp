#include "collectors/sql/shape.hpp"

#include "collectors/sql/tokens.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace pgadvisor::sql {

namespace {

std::string lower(std::string_view word) {
  std::string result(word);
  std::ranges::transform(result, result.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return result;
}

/// A token of the shape, or a slot.
struct Piece {
  std::string text;
  std::optional<Slot> slot;
};

class Reader {
 public:
  Reader(std::string_view text, std::vector<Token> tokens) : text_(text), tokens_(std::move(tokens)) {
    std::erase_if(tokens_, [](const Token& token) { return token.kind == TokenKind::kComment; });
  }

  std::vector<Piece> pieces() {
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      follow_writing(i);
      const std::size_t first = i;
      if (is_minus_sign(i)) ++i;
      if (is_value(i)) {
        pieces.push_back({"?", slot(first, i)});
      } else {
        const bool word = tokens_[i].kind == TokenKind::kWord;
        pieces.push_back(
            {word ? lower(slice(text_, tokens_[i])) : std::string(slice(text_, tokens_[i])), {}});
      }
    }
    return pieces;
  }

 private:
  [[nodiscard]] bool word(std::size_t i, std::string_view expected) const {
    return i < tokens_.size() && is_word(text_, tokens_[i], expected);
  }
  [[nodiscard]] bool symbol(std::size_t i, std::string_view expected) const {
    return i < tokens_.size() && slice(text_, tokens_[i]) == expected;
  }

  [[nodiscard]] bool is_value(std::size_t i) const {
    const Token& token = tokens_[i];
    return is_constant(token) || token.kind == TokenKind::kParameter || word(i, "true") || word(i, "false") ||
           word(i, "null") || is_extract_field(i);
  }

  /// pg_stat_statements takes the field's name for a constant.
  [[nodiscard]] bool is_extract_field(std::size_t i) const {
    return i >= 2 && symbol(i - 1, "(") && word(i - 2, "extract") && word(i + 1, "from");
  }

  /// The grammar makes a minus and a number one constant (gram.y: doNegate), unless something is subtracted
  /// from.
  [[nodiscard]] bool is_minus_sign(std::size_t i) const {
    if (!symbol(i, "-") || i + 1 >= tokens_.size() || tokens_[i + 1].kind != TokenKind::kNumber) return false;
    if (i == 0) return true;
    const Token& before = tokens_[i - 1];
    if (before.kind == TokenKind::kSymbol) return !symbol(i - 1, ")") && !symbol(i - 1, "]");
    return before.kind == TokenKind::kWord && !is_value(i - 1) &&
           (before.keyword == KeywordKind::kReserved || before.keyword == KeywordKind::kTypeOrFunction ||
            word(i - 1, "between") || word(i - 1, "by"));
  }

  /// SET and VALUES write until a clause of the same level begins, or their brackets end.
  void follow_writing(std::size_t i) {
    if (symbol(i, "(")) ++depth_;
    if (symbol(i, ")")) --depth_;
    if (word(i, "set") || word(i, "values")) writing_ = depth_;
    const bool clause = word(i, "where") || word(i, "from") || word(i, "returning");
    if (writing_ && (depth_ < *writing_ || (depth_ == *writing_ && clause))) writing_.reset();
  }

  [[nodiscard]] Slot slot(std::size_t first, std::size_t last) const {
    Slot slot{tokens_[first].start, tokens_[last].end, {}, {}, writing_.has_value()};
    const auto piece = slice(text_, tokens_[last]);
    if (tokens_[last].kind == TokenKind::kParameter) {
      int number = 0;
      std::from_chars(piece.data() + 1, piece.data() + piece.size(), number);
      slot.parameters.push_back(number);
    } else {
      slot.literal = first == last ? std::string(piece) : '-' + std::string(piece);
    }
    return slot;
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  int depth_ = 0;
  std::optional<int> writing_;
};

void append(Slot& list, const Slot& item) {
  const bool known = !list.literal.empty() && !item.literal.empty();
  list.literal = known ? list.literal + ", " + item.literal : "";
  list.parameters.insert(list.parameters.end(), item.parameters.begin(), item.parameters.end());
  list.end = item.end;
}

/// Index behind the last item of the list that starts at `first`; `first` itself when it is none.
std::size_t end_of_list(const std::vector<Piece>& pieces, std::size_t first) {
  const auto is = [&](std::size_t i, std::string_view text) {
    return i < pieces.size() && !pieces[i].slot && pieces[i].text == text;
  };
  if (first == 0 || (!is(first - 1, "(") && !is(first - 1, "["))) return first;
  std::size_t end = first + 1;
  while (is(end, ",") && end + 1 < pieces.size() && pieces[end + 1].slot) end += 2;
  return is(end, ")") || is(end, "]") ? end : first;
}

Shape put_together(std::vector<Piece> pieces) {
  Shape shape;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (i > 0) shape.text += ' ';
    shape.text += pieces[i].text;
    if (!pieces[i].slot) continue;
    Slot slot = *std::move(pieces[i].slot);
    const auto end = end_of_list(pieces, i);
    for (; i + 1 < end; i += 2) append(slot, *pieces[i + 2].slot);
    shape.slots.push_back(std::move(slot));
  }
  return shape;
}

/// A token ends before this character and another begins after it.
bool separates(char c) {
  return std::string_view(" \t\n(),;").find(c) != std::string_view::npos;
}

}  // namespace

model::Result<Shape> shape_of(std::string_view text) {
  TokenList list = scan(text);
  if (list.failure) return model::skip("the statement has an unterminated string, comment or quoted name");
  return put_together(Reader(text, std::move(list.tokens)).pieces());
}

std::string put_in(std::string_view text, const Shape& shape,
                   const std::map<std::size_t, std::string>& literals) {
  std::string result;
  std::size_t position = 0;
  for (const auto& [index, literal] : literals) {
    const Slot& slot = shape.slots.at(index);
    result.append(text, position, slot.start - position);
    // A space, so that `a=$1` and `-$1` stay what they are with a negative number.
    if (slot.start > 0 && !separates(text[slot.start - 1])) result += ' ';
    result += literal;
    if (slot.end < text.size() && !separates(text[slot.end])) result += ' ';
    position = slot.end;
  }
  return result.append(text, position);
}

}  // namespace pgadvisor::sql
