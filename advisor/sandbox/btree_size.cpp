#include "advisor/sandbox/btree_size.hpp"

#include "advisor/sandbox/btree_build.hpp"
#include "advisor/sandbox/btree_groups.hpp"
#include "advisor/sandbox/page_layout.hpp"

#include <algorithm>
#include <cmath>

namespace pgadvisor::sandbox {
namespace {

struct Pivots {
  double bytes = 16;  ///< mean
  bool vary = false;
};

/// Mean bytes of the tuples at the borders of pages within a group: the more rows it has, the more of them.
double mean_bytes_inside(std::span<const KeyGroups> groups) {
  double borders = 0;
  double bytes = 0;
  for (const KeyGroups& one : groups) {
    borders += one.count * (one.rows - 1);
    bytes += one.count * (one.rows - 1) * one.bytes;
  }
  return borders > 0 ? bytes / borders : mean_bytes(groups);
}

/// _bt_truncate() in nbtutils.c keeps the key columns up to the first in which the tuples at the border of
/// two pages differ, and adds the heap TID if none does, as in a share `inside` of the borders.
Pivots pivots(const KeyFacts& facts, double rows, double inside) {
  const auto columns = std::span(facts.columns);
  std::vector<std::pair<double, double>> prefixes;  // groups, mean bytes
  double bytes_inside = 0;
  for (std::size_t count = 1; count <= facts.keys; ++count) {
    const auto groups = key_groups(columns.first(count), count, rows, facts.combinations);
    prefixes.emplace_back(total_groups(groups), mean_bytes(groups));
    bytes_inside = mean_bytes_inside(groups);
  }
  Pivots result{inside * (bytes_inside + kHeapTid), inside > 0.01 && inside < 0.99};
  double decided = 0;  // share of the borders between groups that the columns so far tell apart
  for (const auto& [groups, bytes] : prefixes) {
    const double share = std::min(1.0, groups / std::max(1.0, prefixes.back().first));
    const double own = &bytes == &prefixes.back().second ? 1 - decided : std::max(0.0, share - decided);
    result.bytes += (1 - inside) * own * bytes;
    result.vary |= own > 0.01 && own < 0.99;
    decided = std::max(decided, share);
  }
  result.vary |= std::fmod(prefixes.back().second, 8) != 0;
  return result;
}

}  // namespace

IndexSize btree_size(const KeyFacts& facts, double rows) {
  const auto groups = key_groups(facts.columns, facts.keys, rows, facts.combinations);
  const LeafLevel leaves = build_leaves(groups, facts.deduplicates);
  double level = leaves.pages, pages = 1 + level;  // and the metapage
  int height = 0;
  if (level > 1) {
    const Pivots downlinks = pivots(facts, rows, leaves.inside);
    for (; level > 1; ++height) {
      level = inner_pages(level, downlinks.bytes, downlinks.vary);
      pages += level;
    }
  }
  return {static_cast<std::int64_t>(pages), rows, height};
}

double mean_pivot(const std::vector<KeyColumn>& keys, double rows) {
  const KeyFacts facts{.method = "btree", .keys = keys.size(), .columns = keys};
  const auto groups = key_groups(keys, keys.size(), rows, {});
  return pivots(facts, rows, 1 - total_groups(groups) / std::max(1.0, rows)).bytes;
}

int estimate_height(std::int64_t pages, double pivot_bytes) {
  // Without the metapage, and without the inner pages: as many leaves as leave room for those above them.
  const auto above = [&](double leaves) {
    double sum = 0;
    for (double level = leaves; level > 1; sum += level) level = inner_pages(level, pivot_bytes, false);
    return sum;
  };
  double leaves = std::max(1.0, static_cast<double>(pages) - 1);
  for (int step = 0; step < 4; ++step) leaves = std::max(1.0, static_cast<double>(pages) - 1 - above(leaves));
  int height = 0;
  for (double level = leaves; level > 1; ++height) level = inner_pages(level, pivot_bytes, false);
  return height;
}

}  // namespace pgadvisor::sandbox
