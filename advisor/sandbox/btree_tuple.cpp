#include "advisor/sandbox/btree_tuple.hpp"

#include <algorithm>
#include <cmath>

namespace pgadvisor::sandbox {
namespace {

/// Bytes -> share of tuples.
using Distribution = std::map<int, double>;

constexpr int kHeader = 8;
constexpr int kHeaderWithNulls = 16;
constexpr int kLongestShort = 127;
/// Long texts in several columns would make too many sums; beyond this many, neighbours are merged.
constexpr std::size_t kMostSizes = 512;

int aligned(int offset, int alignment) {
  return (offset + alignment - 1) / alignment * alignment;
}

void coarsen(Distribution& sizes) {
  if (sizes.size() <= kMostSizes) return;
  Distribution merged;
  for (const auto& [size, share] : sizes) merged[aligned(size, 8)] += share;
  sizes = std::move(merged);
}

/// Adds one column: a share of the tuples has it as NULL, which takes no room.
Distribution append(const Distribution& sizes, const KeyColumn& column, double null_fraction) {
  Distribution result;
  for (const auto& [size, share] : sizes) {
    if (null_fraction > 0) result[size] += share * null_fraction;
    for (const auto& [width, part] : column.widths) {
      const int alignment = !column.varlena ? column.alignment : width > kLongestShort ? 4 : 1;
      result[aligned(size, alignment) + width] += share * part * (1 - null_fraction);
    }
  }
  coarsen(result);
  return result;
}

/// Tuples without any NULL, and all of them: the difference has the longer header.
struct Shares {
  Distribution complete;
  Distribution with_nulls;
};

Shares lay_out(std::span<const KeyColumn> columns) {
  Shares shares{{{kHeader, 1.0}}, {{kHeaderWithNulls, 1.0}}};
  for (const KeyColumn& column : columns) {
    shares.complete = append(shares.complete, column, 0);
    shares.with_nulls = append(shares.with_nulls, column, column.null_fraction);
  }
  return shares;
}

}  // namespace

TupleSize tuple_size(std::span<const KeyColumn> columns) {
  double complete = 1;
  for (const KeyColumn& column : columns) complete *= 1 - column.null_fraction;
  const Shares shares = lay_out(columns);
  Distribution sizes;
  for (const auto& [size, share] : shares.complete) sizes[aligned(size, 8)] += share * complete;
  if (complete < 1) {
    // with_nulls also counts tuples that happen to have none: those are taken out by their share.
    Distribution nulls;
    for (const auto& [size, share] : shares.with_nulls) nulls[aligned(size, 8)] += share;
    for (const auto& [size, share] : shares.complete)
      nulls[aligned(size + kHeaderWithNulls - kHeader, 8)] -= share * complete;
    for (const auto& [size, share] : nulls) sizes[size] += std::max(0.0, share);
  }
  TupleSize result{0, false};
  double total = 0;
  for (const auto& [size, share] : sizes) {
    result.mean += size * share;
    total += share;
  }
  result.mean /= total;
  result.varies =
      std::ranges::count_if(sizes, [&](const auto& one) { return one.second > 0.001 * total; }) > 1;
  return result;
}

double distinct_combinations(std::span<const KeyColumn> columns, double rows) {
  if (rows <= 1 || columns.empty()) return std::max(0.0, rows);
  double product = 1;
  double most = 1;
  for (const KeyColumn& column : columns) {
    const double values = column.distinct + (column.null_fraction > 0 ? 1 : 0);
    product *= values;
    most = std::max(most, values);
  }
  most = std::min(most, rows);
  if (columns.size() == 1) return most;
  const double hit = product > 1e3 * rows ? rows : product * -std::expm1(-rows / product);
  return std::clamp(hit, most, rows);
}

double pivot_size(std::span<const KeyColumn> keys, double rows, double distinct_borders) {
  constexpr double kHeapTid = 8;
  const double all = std::max(1.0, distinct_combinations(keys, rows));
  double mean = 0;
  double decided = 0;  // share of borders that the columns so far tell apart
  for (std::size_t count = 1; count <= keys.size(); ++count) {
    const auto prefix = keys.first(count);
    const double share = std::min(1.0, distinct_combinations(prefix, rows) / all) * distinct_borders;
    mean += std::max(0.0, share - decided) * tuple_size(prefix).mean;
    decided = std::max(decided, share);
  }
  return mean + (1 - decided) * (tuple_size(keys).mean + kHeapTid);
}

}  // namespace pgadvisor::sandbox
