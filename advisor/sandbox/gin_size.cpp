#include "advisor/sandbox/other_sizes.hpp"
#include "advisor/sandbox/page_layout.hpp"

#include <algorithm>
#include <cmath>

namespace pgadvisor::sandbox {
namespace {

constexpr double kGinPage = usable_page(8);
constexpr double kLongestEntry = 2712;  // GinMaxItemSize
/// A list's first row stands in its header (GinPostingList in ginpostinglist.c).
constexpr double kListHeader = 8;

double rounded_up(double bytes, double to) {
  return std::ceil(bytes / to) * to;
}

/// Bytes of a posting after another one that is `gap` rows before: seven bits a byte of the difference of the
/// two TIDs, eleven bits of which are the place on the page (ginpostinglist.c).
double posting_bytes(double gap, double rows_on_page) {
  constexpr int kSteps = 16;
  double bytes = 0;
  for (int step = 0; step < kSteps; ++step) {
    const double distance = std::max(1.0, -std::log1p(-(step + 0.5) / kSteps) * gap) / rows_on_page;
    const double same_page = std::max(0.0, 1 - distance);
    const double pages = std::max(1.0, distance);
    bytes += same_page + (1 - same_page) * std::ceil((11 + std::floor(std::log2(pages)) + 1) / 7);
  }
  return bytes / kSteps;
}

/// Adds up the entries that go to the entry tree.
struct Entries {
  double count = 0;
  double bytes = 0;
  double keys = 0;  ///< bytes of the keys alone
};

// Keys of several columns carry the number of their column.
double key_bytes(const KeyColumn& column, int width, bool many_columns) {
  const double start = 8 + (many_columns ? 2 : 0);
  const double alignment = column.length < 0 && width <= 127 ? 1 : column.alignment;
  return rounded_up(rounded_up(start, alignment) + width, 8);
}

// Entries come in order, and a full page is split in halves, of which the left one stays as it is
// (entrySplitPage() in ginentrypage.c). Inner pages have the keys alone (GinFormInteriorTuple()).
double entry_pages(const Entries& entries) {
  if (entries.count < 1) return 1;
  const double item = entries.bytes / entries.count;
  const double fit = std::floor(kGinPage / item);
  const double pages = std::max(1.0, std::ceil(entries.count / std::max(1.0, (fit + 1) / 2 + 0.5)));
  const double inner = entries.keys / entries.count / (kGinPage / 2);
  return pages > 1 ? pages * (1 + inner) + 1 : 1;
}

/// A posting tree of its own: a build appends to it and leaves its pages full (dataBeginPlaceToPageLeaf() in
/// gindatapage.c), but for what the last segment does not fill; each has a header.
double tree_pages(double bytes) {
  constexpr double kSegment = 256;  // GinPostingListSegmentTargetSize
  constexpr double kFill = (1 - kSegment / 2 / kGinPage) * kSegment / (kSegment + kListHeader);
  const double leaves = std::max(1.0, std::ceil(bytes / (kGinPage * kFill)));
  return leaves > 1 ? leaves + std::ceil(leaves / 800) : 1;
}

}  // namespace

GinContents gin_contents(const KeyFacts& facts, double rows, double heap_pages) {
  GinContents size;
  Entries entries;
  const double rows_on_page = std::max(1.0, rows / std::max(1.0, heap_pages));
  const auto add = [&](double values, double postings, double key) {
    const double list =
        std::max(0.0, postings - 1) * posting_bytes(rows / std::max(1.0, postings), rows_on_page);
    double item = rounded_up(key + kListHeader + list, 8);
    if (item > kLongestEntry) {
      size.data_pages += values * tree_pages(list);
      item = rounded_up(key, 8);
    }
    entries.count += values;
    size.postings += values * postings;
    entries.bytes += values * (item + kLinePointer);
    entries.keys += values * (key + kLinePointer);
  };
  for (const KeyColumn& column : facts.columns) {
    if (column.nulls > 0) add(1, rows * column.nulls, 16);  // one entry for all
    for (const ValueClass& one : column.classes) {
      const double values = std::min(one.values, std::max(1.0, rows * one.share));
      add(values, rows * one.share / values, key_bytes(column, one.width, facts.columns.size() > 1));
    }
  }
  size.entries = entries.count;
  size.entry_pages = std::ceil(entry_pages(entries));
  size.data_pages = std::ceil(size.data_pages);
  return size;
}

}  // namespace pgadvisor::sandbox
