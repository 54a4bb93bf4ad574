#pragma once

#include "collectors/model/result.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pgadvisor::sql {

/// Where a statement holds a value: a literal (with its minus sign; true, false and null too), a parameter,
/// or all items of a list of nothing else in brackets.
struct Slot {
  std::size_t start = 0;  ///< bytes [start, end) of the text
  std::size_t end = 0;
  std::vector<int> parameters;  ///< numbers of $n, in their order
  std::string literal;          ///< as SQL, items separated by ", "; empty when it holds a parameter: secret
  bool written = false;         ///< stored by SET or VALUES, compared with nothing
};

/// A statement but for its values. The text of one execution and the one that pg_stat_statements normalised
/// have the same shape, and their slots stand for each other: whoever numbered the parameters, and however
/// long the lists. Texts that differ in an alias or a pair of brackets do not: no value is ever guessed.
struct Shape {
  std::string text;  ///< words in lower case, one space between tokens, ? for a slot: no secret
  std::vector<Slot> slots;
};

/// kSkip when the lexer refuses the text. It may hold comments.
[[nodiscard]] model::Result<Shape> shape_of(std::string_view text);

/// `text`, whose shape is `shape`, with literals in place of some slots, by their position in the shape.
[[nodiscard]] std::string put_in(std::string_view text, const Shape& shape,
                                 const std::map<std::size_t, std::string>& literals);

}  // namespace pgadvisor::sql
