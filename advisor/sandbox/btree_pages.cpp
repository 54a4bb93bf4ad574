#include "advisor/sandbox/btree_pages.hpp"

#include <algorithm>
#include <cmath>

namespace pgadvisor::sandbox {
namespace {

constexpr double kLinePointer = 4;
/// Page of 8192 less header (24), special space (16), and the line pointers of the high key and of the tuple
/// to come.
constexpr double kFree = 8192 - 24 - 16 - 2 * kLinePointer;
constexpr double kLeafReserve = 819;    // BTGetTargetPageFreeSpace() at fillfactor 90
constexpr double kInnerReserve = 2457;  // at 70
/// _bt_load(): MAXALIGN_DOWN(BLCKSZ * 10 / 100) - sizeof(ItemIdData).
constexpr double kLongestPosting = 816 - kLinePointer;
constexpr double kTid = 6;

double aligned(double bytes) {
  return std::ceil(bytes / 8) * 8;
}

/// Adds `count` groups of `size` rows with equal keys of `base` bytes.
void add_groups(LeafLevel& leaves, double count, double size, double base) {
  const double most = std::floor((kLongestPosting - 4 - base) / kTid);  // the aligned tuple fits
  const double full = most >= 2 ? std::floor(size / most) : size;
  const double rest = most >= 2 ? size - full * most : 0;
  const double full_bytes = most >= 2 ? aligned(base + most * kTid) : base;
  const double bytes = full * (full_bytes + kLinePointer);
  leaves.items += count * full;
  leaves.bytes += count * bytes;
  leaves.posting_bytes += count * full * (full_bytes - base);
  leaves.full_bytes += count * bytes;
  leaves.inside_bytes += count * std::max(0.0, full - (rest < 0.5 ? 1 : 0)) * (full_bytes + kLinePointer);
  if (rest < 0.5) return;
  const double rest_bytes = rest < 1.5 ? base : aligned(base + rest * kTid);
  leaves.items += count;
  leaves.bytes += count * (rest_bytes + kLinePointer);
  leaves.posting_bytes += count * (rest_bytes - base);
}

/// `count` groups whose sizes scatter around `mean` as independent draws make them: Poisson without zero.
void add_scattered_groups(LeafLevel& leaves, double count, double mean, double base) {
  if (count <= 0) return;
  if (mean <= 1.0001) return add_groups(leaves, count, 1, base);
  double lambda = mean;
  for (int step = 0; step < 50; ++step) lambda = mean * -std::expm1(-lambda);
  const double spread = 4 * std::sqrt(lambda) + 4;
  const double first = std::max(1.0, std::floor(lambda - spread));
  const double last = std::ceil(lambda + spread);
  const double step = std::max(1.0, std::floor((last - first) / 200));
  const auto weight = [&](double size) {
    return std::exp(size * std::log(lambda) - lambda - std::lgamma(size + 1));
  };
  double total = 0;
  for (double size = first; size <= last; size += step) total += weight(size);
  for (double size = first; size <= last; size += step)
    add_groups(leaves, count * weight(size) / total, size, base);
}

/// A single column's most common values and NULLs are groups of their own.
void add_column_groups(LeafLevel& leaves, const KeyColumn& key, double rows, double base) {
  constexpr double kNullTuple = 16;
  double rest = rows;
  double values = key.distinct;
  if (key.null_fraction > 0) {
    add_groups(leaves, 1, std::round(rows * key.null_fraction), kNullTuple);
    rest -= rows * key.null_fraction;
  }
  for (const double frequency : key.frequencies) {
    add_groups(leaves, 1, std::round(rows * frequency), base);
    rest -= rows * frequency;
    values -= 1;
  }
  if (rest < 1 || values < 0.5) return;
  add_scattered_groups(leaves, std::min(values, rest), rest / std::min(values, rest), base);
}

}  // namespace

LeafLevel plain_leaves(const TupleSize& tuple, double rows, double combinations) {
  const double bytes = rows * (tuple.mean + kLinePointer);
  return {.items = rows,
          .bytes = bytes,
          .inside_bytes = rows < 1 ? 0 : bytes * (1 - std::min(1.0, combinations / rows)),
          .varies = tuple.varies};
}

LeafLevel deduplicated_leaves(std::span<const KeyColumn> keys, const TupleSize& tuple, double rows) {
  LeafLevel leaves;
  const double groups = std::max(1.0, distinct_combinations(keys, rows));
  if (keys.size() == 1) {
    const double complete = tuple_size(std::vector<KeyColumn>{{.widths = keys[0].widths,
                                                               .alignment = keys[0].alignment,
                                                               .varlena = keys[0].varlena}})
                                .mean;
    add_column_groups(leaves, keys[0], rows, complete);
  } else {
    add_scattered_groups(leaves, groups, rows / groups, tuple.mean);
  }
  constexpr double kNearlyAll = 0.8;
  leaves.varies = (tuple.varies || leaves.posting_bytes > 0) && leaves.full_bytes < kNearlyAll * leaves.bytes;
  return leaves;
}

// A page is closed before the tuple that finds less than the reserve free; the last tuple on it then moves to
// the next page and leaves its key, without its posting list, as high key. So a page keeps as many tuples as
// fit before that.
double leaf_pages(const LeafLevel& leaves) {
  if (leaves.items < 1) return 1;
  const double item = leaves.bytes / leaves.items;
  const double posting = leaves.posting_bytes / leaves.items;
  const double room = std::min(kFree - kLeafReserve + posting, kFree - item - 4);
  // Where sizes vary, the tuple that crosses the line does so by half its size on average.
  const double kept = leaves.varies ? room / item - 0.5 : std::floor(room / item);
  return std::max(1.0, std::ceil(leaves.items / std::max(1.0, kept)));
}

double distinct_borders(const LeafLevel& leaves) {
  return leaves.bytes <= 0 ? 1 : 1 - leaves.inside_bytes / leaves.bytes;
}

double inner_fanout(double pivot_bytes) {
  // The first downlink of a page has no key: 8 bytes.
  return std::max(2.0,
                  std::floor((kFree - kInnerReserve - 8 - kLinePointer) / (pivot_bytes + kLinePointer)) + 1);
}

}  // namespace pgadvisor::sandbox
