#include "advisor/sandbox/size_model.hpp"

#include "advisor/sandbox/btree_pages.hpp"
#include "advisor/sandbox/btree_tuple.hpp"
#include "advisor/sandbox/relation_sizes.hpp"
#include "advisor/sandbox/value_widths.hpp"
#include "collectors/sql/quote.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace pgadvisor::sandbox {
namespace {

constexpr double kPage = 8192 - 24 - 16;
constexpr double kLinePointer = 4;

double rows_of(const model::Table& table) {
  if (table.kind == 'p')
    return std::max(0.0, table.reltuples);  // of all partitions; it has no pages of its own
  const double tuples = estimate_tuples(table, 140000);
  return tuples < 0 ? tuples_by_types(table) : tuples;
}

bool is_word(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '_';
}

bool mentions(std::string_view expression, std::string_view column) {
  for (std::size_t at = expression.find(column); at != std::string_view::npos;
       at = expression.find(column, at + 1)) {
    const bool starts = at == 0 || !is_word(expression[at - 1]);
    const std::size_t end = at + column.size();
    if (starts && (end == expression.size() || !is_word(expression[end]))) return true;
  }
  return false;
}

/// Columns of the index, from the table's statistics where they have something to say.
class Columns {
 public:
  Columns(const model::Table& table, const std::vector<model::ColumnStatistics>& statistics, double rows)
      : table_(table), statistics_(statistics), rows_(rows) {}

  [[nodiscard]] KeyColumn named(const std::string& name) const {
    const auto column = std::ranges::find(table_.columns, name, &model::Column::name);
    if (column == table_.columns.end()) return unknown_column(rows_);
    return key_column(*column, statistics_.find(table_, name), rows_);
  }

  /// An expression is taken to be as wide and as varied as the first column it mentions: most are casts,
  /// lower() and the like.
  [[nodiscard]] KeyColumn of(const model::IndexKey& key) const {
    if (!key.column.empty()) return named(key.column);
    const auto column = std::ranges::find_if(
        table_.columns, [&](const model::Column& one) { return mentions(key.expression, one.name); });
    return column == table_.columns.end() ? unknown_column(rows_) : named(column->name);
  }

 private:
  const model::Table& table_;
  StatisticsByRelation statistics_;
  double rows_;
};

/// A predicate that lets in no NULL of this column. OR might let some in after all.
bool excludes_null(const std::string& predicate, const std::string& column) {
  const auto lower = [](std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
  };
  const std::string text = lower(predicate);
  return !column.empty() && text.find(" or ") == std::string::npos &&
         mentions(text, lower(sql::quote_identifier(column)) + " is not null");
}

/// What of a column's values the predicate leaves: `rows` of `table_rows` rows, drawn at random.
void thin_out(KeyColumn& column, double table_rows, double rows, bool without_null) {
  double candidates = table_rows;
  if (without_null) {
    const double complete = std::max(1e-6, 1 - column.null_fraction);
    candidates *= complete;
    for (double& frequency : column.frequencies) frequency /= complete;
    column.null_fraction = 0;
  }
  const double kept = std::clamp(rows / std::max(1.0, candidates), 0.0, 1.0);
  const double per_value = std::max(1.0, candidates / column.distinct);
  if (kept < 1) column.distinct = std::max(1.0, column.distinct * -std::expm1(per_value * std::log1p(-kept)));
}

IndexSize btree_size(std::span<const KeyColumn> keys, std::span<const KeyColumn> columns, double rows) {
  const TupleSize tuple = tuple_size(columns);
  const bool deduplicates =
      keys.size() == columns.size() && std::ranges::all_of(keys, &KeyColumn::equal_image);
  const LeafLevel leaves = deduplicates ? deduplicated_leaves(keys, tuple, rows)
                                        : plain_leaves(tuple, rows, distinct_combinations(keys, rows));
  const double fanout = inner_fanout(pivot_size(keys, rows, distinct_borders(leaves)));
  double level = leaf_pages(leaves);
  double pages = 1 + level;  // and the metapage
  int height = 0;
  for (; level > 1; ++height) {
    level = std::ceil(level / fanout);
    pages += level;
  }
  return {static_cast<std::int64_t>(pages), rows, height};
}

double hash_pages(double rows) {
  // A hash code and a TID in 16 bytes; buckets, a power of two in each phase of four, are filled to three
  // quarters.
  const double per_bucket = std::floor(kPage * 0.75 / (16 + kLinePointer));
  const double buckets = std::max(2.0, std::ceil(rows / per_bucket));
  const double phase = std::exp2(std::floor(std::log2(buckets)));
  const double step = std::max(1.0, phase / 4);
  return 2 + std::ceil(buckets / step) * step;
}

double gin_pages(std::span<const KeyColumn> keys, double rows) {
  // Keys are elements: a fifth of an average value each, three bytes a posting in compressed lists.
  double pages = 2;
  for (const KeyColumn& key : keys) {
    const double width = tuple_size(std::span(&key, 1)).mean;
    const double elements = std::max(1.0, width / 16);
    const double entries = std::min(rows * elements, std::max(key.distinct, 200.0));
    pages += std::ceil((entries * (24 + kLinePointer) + rows * elements * 3) / (kPage * 0.9));
  }
  return pages;
}

double other_pages(const std::string& method, std::span<const KeyColumn> keys, const model::Table& table,
                   double rows) {
  if (method == "hash") return hash_pages(rows);
  if (method == "gin") return gin_pages(keys, rows);
  const double tuple = tuple_size(keys).mean + kLinePointer;
  // One summary of 128 pages, with two values a key.
  if (method == "brin")
    return 2 + std::ceil(std::ceil(static_cast<double>(table.pages) / 128) * 2 * tuple / kPage);
  return 1 + std::ceil(rows * tuple * 1.02 / (kPage * 0.9));  // gist, spgist and unknown ones: a tuple a row
}

}  // namespace

IndexSize estimate_size(const model::IndexDefinition& definition, const model::Table& table,
                        const std::vector<model::ColumnStatistics>& statistics, double selectivity) {
  const double table_rows = rows_of(table);
  const double rows = std::rint(table_rows * std::clamp(selectivity, 0.0, 1.0));
  const Columns columns(table, statistics, table_rows);
  std::vector<KeyColumn> all;
  for (const model::IndexKey& key : definition.keys) {
    all.push_back(columns.of(key));
    thin_out(all.back(), table_rows, rows, excludes_null(definition.predicate, key.column));
  }
  for (const std::string& name : definition.include) {
    all.push_back(columns.named(name));
    thin_out(all.back(), table_rows, rows, excludes_null(definition.predicate, name));
  }
  const auto keys = std::span(all).first(definition.keys.size());
  if (definition.method == "btree") return btree_size(keys, all, rows);
  return {static_cast<std::int64_t>(other_pages(definition.method, keys, table, rows)), rows, -1};
}

int estimate_height(std::int64_t pages, double average_inner_tuple_bytes) {
  const double fanout = inner_fanout(average_inner_tuple_bytes);
  // Without the metapage, and without the inner pages, one for each `fanout` below it.
  double level = std::max(1.0, static_cast<double>(pages) - 1);
  if (level > 1) level = std::max(2.0, std::floor(level * (1 - 1 / fanout)));
  int height = 0;
  for (; level > 1; ++height) level = std::ceil(level / fanout);
  return height;
}

}  // namespace pgadvisor::sandbox
