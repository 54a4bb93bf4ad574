#include "advisor/sandbox/other_sizes.hpp"
#include "advisor/sandbox/page_layout.hpp"
#include "advisor/sandbox/tuple_width.hpp"

#include <algorithm>
#include <cmath>

namespace pgadvisor::sandbox {
namespace {

constexpr double kGistPage = usable_page(16);  // and SP-GiST's

/// Pages of rows with one value.
double pages_a_value(const KeyFacts& facts, double rows, double item) {
  double most = 0;
  for (const KeyColumn& column : facts.columns) most = std::max(most, column.distinct());
  return rows * item / kGistPage / std::max(1.0, most);
}

// Measured on many types: rows that come in the order of their keys never fill up what a split left behind,
// others do; signatures (tsvector, trigrams) are split unevenly. Of pages that suit a row equally well half
// of the rows go to the first (gistchoose() in gistutil.c), so that where equal keys fill pages the others
// stay as their split left them. A sorted build (gistbuild.c) splits four pages' worth of tuples at a time,
// and has nothing to split where all of them are equal.
double gist_fill(const KeyFacts& facts, double rows, double item) {
  constexpr double kManyPages = 3;
  const bool few_values = pages_a_value(facts, rows, item) > kManyPages;
  if (facts.sorted_build) return few_values ? 0.93 : 0.66;
  const KeyColumn& first = facts.columns.front();
  if (first.signature) return 0.84;
  return few_values || std::abs(first.order) > 0.9 ? 0.47 : 0.62;
}

}  // namespace

double mean_width(const KeyColumn& column) {
  double bytes = 0, share = 0;
  for (const ValueClass& one : column.classes) {
    bytes += one.share * one.width;
    share += one.share;
  }
  return share > 0 ? bytes / share : 0;
}

double mean_tuple(const KeyFacts& facts, double header) {
  double bytes = header;
  for (const KeyColumn& column : facts.columns) {
    const double width = mean_width(column);
    const double alignment = column.length < 0 && width <= 127 ? 1 : column.alignment;
    bytes = std::ceil(bytes / alignment) * alignment + width * (1 - column.nulls);
  }
  return std::ceil(bytes / 8) * 8;
}

double gist_pages(const KeyFacts& facts, double rows) {
  const double item = mean_tuple(facts, 8) + kLinePointer;
  const double fill = gist_fill(facts, rows, item);
  const double leaves = std::max(1.0, std::ceil(rows * item / (kGistPage * fill)));
  return leaves > 1 ? std::ceil(leaves * (1 + item / (kGistPage * fill)) + 1) : 1;
}

// A leaf tuple has 16 bytes before its value (spgist_private.h); pages are shared by many small inner nodes.
double spgist_pages(const KeyFacts& facts, double rows) {
  constexpr double kFill = 0.78;  // measured on points and ranges
  const double item = mean_tuple(facts, 16) + kLinePointer;
  return 3 + std::ceil(rows * item / (kGistPage * kFill));  // metapage, root and root of NULLs
}

}  // namespace pgadvisor::sandbox
