#include "advisor/sandbox/other_sizes.hpp"

#include <algorithm>
#include <cmath>

namespace pgadvisor::sandbox {
namespace {

constexpr double kItem = 8 + 8 + 4;   // tuple header, hash code, line pointer: whatever the key
constexpr double kFillFactor = 307;   // tuples a bucket: BLCKSZ * 75 % / kItem (_hash_init() in hashpage.c)
constexpr double kItemsOnPage = 407;  // (BLCKSZ - header - special space) / kItem

/// Buckets come in powers of two, from 1024 on in quarters of them (_hash_spareindex() in hashutil.c).
double buckets_for(double rows) {
  const double wanted = std::max(2.0, std::ceil(rows / kFillFactor));
  const double group = std::ceil(std::log2(wanted));
  if (group < 10) return std::exp2(group);
  const double phase = std::exp2(group - 1);
  return phase + std::ceil((wanted - phase) / (phase / 4)) * (phase / 4);
}

/// Overflow pages of one bucket whose number of rows scatters around `mean`.
double overflow_pages(double mean) {
  double pages = 0;
  const double spread = std::sqrt(2 * std::max(mean, 1e-9));
  for (double page = 1; page * kItemsOnPage < mean + 6 * spread; ++page)
    pages += 0.5 * std::erfc((page * kItemsOnPage - mean) / spread);
  return pages;
}

}  // namespace

double hash_pages(const KeyFacts& facts, double rows) {
  const double buckets = buckets_for(rows);
  double overflow = 0, spread = rows * (1 - facts.columns.at(0).nulls);  // NULL is not indexed
  for (const ValueClass& one : facts.columns.at(0).classes) {
    const double each = rows * one.share / std::max(one.values, 1e-9);
    if (each < kItemsOnPage) continue;  // it is one of many in its bucket
    overflow += one.values * (std::ceil(each / kItemsOnPage) - 1);
    spread -= rows * one.share;
  }
  // Within a phase some buckets are split already and have half of what the others have.
  const double base = std::exp2(std::floor(std::log2(buckets)));
  const double split = 2 * (buckets - base), whole = buckets - split;
  overflow += split * overflow_pages(spread / (2 * base)) + whole * overflow_pages(spread / base);
  return 2 + buckets + std::floor(overflow);  // and metapage and bitmap
}

}  // namespace pgadvisor::sandbox
