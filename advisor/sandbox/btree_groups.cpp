#include "advisor/sandbox/btree_groups.hpp"

#include "advisor/sandbox/page_layout.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace pgadvisor::sandbox {
namespace {

constexpr int kLongestShort = 127;  // VARATT_SHORT_MAX, header included
/// Beyond so many different cells neighbours are merged.
constexpr std::size_t kMostCells = 1500;

/// Combinations of the same layout and about the same number of rows.
struct CellKey {
  int offset = 0;      ///< end of the last value, from the start of the data
  bool nulls = false;  ///< the tuple has a bitmap of NULLs
  int frequency = 0;   ///< of one combination, a logarithm
  auto operator<=>(const CellKey&) const = default;
};
struct Cell {
  double combinations = 0;
  double share = 0;  ///< of the rows
};
using Cells = std::map<CellKey, Cell>;

int end_of_value(int offset, const KeyColumn& column, int width) {
  const bool unaligned = column.length < 0 && (column.length == -2 || width <= kLongestShort);
  return aligned(offset, unaligned ? 1 : column.alignment) + width;
}

class Layout {
 public:
  void append(const KeyColumn& column, bool is_key) {
    Cells next;
    for (const auto& [key, cell] : cells_) {
      if (column.nulls > 0) add(next, {key.offset, true}, cell, column.nulls, is_key ? 1 : column.nulls);
      for (const ValueClass& one : column.classes)
        add(next, {end_of_value(key.offset, column, one.width), key.nulls}, cell, one.share,
            is_key ? one.values : one.share);
    }
    cells_ = std::move(next);
    if (cells_.size() > kMostCells) coarsen();
  }
  [[nodiscard]] const Cells& cells() const { return cells_; }

 private:
  void add(Cells& cells, CellKey key, const Cell& before, double share, double combinations) const {
    const Cell cell{before.combinations * combinations, before.share * share};
    if (cell.share <= 0 || cell.combinations <= 0) return;
    key.frequency = static_cast<int>(std::floor(std::log2(cell.share / cell.combinations) * steps_));
    Cell& sum = cells[key];
    sum.combinations += cell.combinations;
    sum.share += cell.share;
  }

  void coarsen() {
    Cells merged;
    steps_ = 1;
    for (const auto& [key, cell] : cells_) add(merged, {aligned(key.offset, 4), key.nulls}, cell, 1, 1);
    cells_ = std::move(merged);
  }

  Cells cells_{{CellKey{}, Cell{1, 1}}};
  double steps_ = 4;  ///< cells for each doubling of the frequency
};

/// A column that rises or falls with the rows, like another one of the same index, has few combinations with
/// it.
bool follows_the_rows(const KeyColumn& column) {
  return std::abs(column.order) > 0.99999;
}

double product_of(std::span<const KeyColumn> columns) {
  return std::accumulate(columns.begin(), columns.end(), 1.0, [](double product, const KeyColumn& column) {
    return product * (column.distinct() + (column.nulls > 0 ? 1 : 0));
  });
}

struct Limit {
  double least;
  double most;
};

/// Values of one column that few rows share are all there, each with some combination of the others: so many
/// combinations at least.
double least_of(std::span<const KeyColumn> columns, double rows) {
  constexpr double kFewRows = 3;
  double least = 1;
  for (const KeyColumn& column : columns) {
    double values = 0;
    for (const ValueClass& one : column.classes)
      if (one.share * rows <= kFewRows * one.values) values += std::min(one.values, one.share * rows);
    least = std::max(least, values);
  }
  return least;
}

/// What is known of all of `columns` together: known combinations times the values of the others.
Limit limit_of(std::span<const KeyColumn> columns, double rows, std::span<const KnownCombinations> known) {
  const double product = product_of(columns);
  Limit best{std::min({rows, product, least_of(columns, rows)}), std::min(product, rows)};
  for (const KnownCombinations& one : known) {
    if (std::ranges::any_of(one.columns, [&](std::size_t position) { return position >= columns.size(); }))
      continue;
    double within = 1;
    for (const std::size_t position : one.columns) within *= std::max(1.0, columns[position].distinct());
    const double most = std::min(rows, product / within * std::min(within, one.most));
    if (one.exact && (one.columns.size() == columns.size() || most >= rows)) return {most, most};
    best.most = std::min(best.most, most);
  }
  double together = 0, others = 1;
  for (const KeyColumn& column : columns) {
    if (follows_the_rows(column))
      together += column.distinct();
    else
      others *= column.distinct() + (column.nulls > 0 ? 1 : 0);
  }
  if (together > 0) best.most = std::min(best.most, together * others);
  best.least = std::min(best.least, best.most);
  return best;
}

}  // namespace

std::vector<KeyGroups> key_groups(std::span<const KeyColumn> columns, std::size_t keys, double rows,
                                  std::span<const KnownCombinations> known) {
  Layout layout;
  for (std::size_t position = 0; position < columns.size(); ++position)
    layout.append(columns[position], position < keys);
  std::vector<KeyGroups> groups;
  double total = 0;
  for (const auto& [key, cell] : layout.cells()) {
    const double all = rows * cell.share;
    if (all <= 0) continue;
    // The values of one column all exist; of their combinations with others those that some row has.
    const double exist = keys == 1 ? std::min(cell.combinations, all)
                                   : cell.combinations * -std::expm1(-all / cell.combinations);
    groups.push_back({.count = exist,
                      .rows = std::max(1.0, all / exist),
                      .scattered = cell.combinations > 1.5,
                      .bytes = aligned((key.nulls ? 16 : 8) + key.offset)});
    total += exist;
  }
  const Limit limit = limit_of(columns.first(keys), rows, known);
  const double wanted = std::clamp(total, limit.least, limit.most);
  if (total <= 0 || wanted == total) return groups;
  for (KeyGroups& one : groups) {
    const double all = one.count * one.rows;
    one.count = std::min(all, one.count * wanted / total);
    one.rows = all / one.count;
  }
  return groups;
}

double total_groups(std::span<const KeyGroups> groups) {
  return std::accumulate(groups.begin(), groups.end(), 0.0,
                         [](double sum, const KeyGroups& one) { return sum + one.count; });
}

double mean_bytes(std::span<const KeyGroups> groups) {
  const double sum =
      std::accumulate(groups.begin(), groups.end(), 0.0,
                      [](double bytes, const KeyGroups& one) { return bytes + one.count * one.bytes; });
  return sum / std::max(1e-9, total_groups(groups));
}

}  // namespace pgadvisor::sandbox
