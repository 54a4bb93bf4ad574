#pragma once

#include "collectors/model/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pgadvisor::sandbox {

/// `values` different values that are equally frequent and equally wide. A class of one is a most common
/// value.
struct ValueClass {
  double share = 0;   ///< of the index's rows that have one of them
  double values = 1;  ///< different ones
  int width = 0;      ///< bytes stored in the index, varlena header included (short up to 127)
};

/// What an index's size depends on, of one of its columns.
struct KeyColumn {
  int length = -1;         ///< bytes of a fixed-length type, -1 varlena, -2 cstring
  int alignment = 4;       ///< of a varlena: when it is longer than 127 bytes, else none
  bool signature = false;  ///< GiST: of values that look alike, see gist_pages()
  double order =
      0;  ///< correlation of the column with the physical order of the rows, -1..1; 0 for expressions
  double nulls = 0;  ///< share of the index's rows
  /// Share of the table's rows that satisfy those parts of the predicate that speak of this column: its nulls
  /// and classes are those of such rows. 0: none of the values known does, and they are those of all rows.
  double passed = 1;
  /// Of a GIN index: the keys, each with the share of rows that hold it. Shares then sum up to keys a row.
  std::vector<ValueClass> classes = {};

  /// Different values, NULL not among them.
  [[nodiscard]] double distinct() const;
};

/// Columns (positions in the index) of which the number of different combinations is known: a unique index, a
/// foreign key of several columns, extended statistics.
struct KnownCombinations {
  std::vector<std::size_t> columns;
  double most = 0;     ///< in the whole table
  bool exact = false;  ///< neither are there fewer
};

/// An index as the sandbox's catalogs, operator classes and statistics describe it. The table's rows are
/// taken to be those that the sandbox was asked with.
struct KeyFacts {
  std::string method;
  std::size_t keys = 0;       ///< of the columns, the others are INCLUDEd
  bool deduplicates = false;  ///< a B-tree whose rows with equal keys share posting lists
  bool sorted_build = false;  ///< a GiST index built from sorted tuples, not by insertion
  int summary = 0;            ///< BRIN: bytes of the tuple for one range of blocks
  int range = 128;            ///< BRIN: blocks in a range
  std::vector<KeyColumn> columns;
  std::vector<KnownCombinations> combinations = {};
};

/// The answer of the module's key_facts().
[[nodiscard]] model::Result<KeyFacts> parse_key_facts(std::string_view json);

/// The column as a partial index has it: `selectivity` of the `table_rows` rows, drawn at random where the
/// predicate speaks of other columns (the urn model of Yao; see estimate_num_groups() in selfuncs.c).
[[nodiscard]] KeyColumn within_predicate(KeyColumn column, double table_rows, double selectivity);

}  // namespace pgadvisor::sandbox
