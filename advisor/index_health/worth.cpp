#include "advisor/index_health/worth.hpp"

#include "advisor/index_health/wording.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace pgadvisor::index_health {

namespace {

constexpr std::int64_t kWorthDoubting = 1000;  // pages
constexpr float kFewValues = 10;
constexpr double kMostRows = 0.5;

/// The first of "{0.52,0.3}".
double first_number(const std::string& array) {
  double number = 0;
  if (array.size() > 1) std::from_chars(array.data() + 1, array.data() + array.size(), number);
  return number;
}

}  // namespace

Worth::Worth(const Catalog& catalog) : catalog_(catalog) {
  for (const auto& row : catalog.snapshot().column_statistics)
    statistics_[{row.relation, row.column, row.inherited}] = &row;
}

Worth::Doubt Worth::doubt(const Subject& subject) const {
  if (subject.pages == 0) return {};
  auto doubt = low_cardinality(subject);
  return doubt.detail.empty() ? oversized(subject) : doubt;
}

Worth::Doubt Worth::low_cardinality(const Subject& subject) const {
  const auto& index = *subject.index;
  if (index.method != "btree" || index.is_unique || index.is_partial || index.columns.size() != 1) return {};
  const auto column =
      std::ranges::find(subject.table->columns, index.columns.front(), &model::Column::number);
  if (column == subject.table->columns.end()) return {};
  std::int64_t pages = 0;
  for (const auto* leaf : catalog_.leaves(*subject.table)) pages += leaf->pages;
  const auto found = statistics_.find({subject.table->name, column->name, subject.is_partitioned()});
  if (pages < kWorthDoubting || found == statistics_.end()) return {};
  const auto& statistics = *found->second;
  const double share = first_number(statistics.most_common_frequencies.value_or(""));
  if (statistics.distinct <= 0 || statistics.distinct > kFewValues || share < kMostRows) return {};
  return {
      "low_cardinality",
      fmt::format(
          "{} has {:.0f} values, and {:.0f} % of the rows have the same: for that one no scan of the index "
          "pays. A partial index on the rows with the others does the rest of its work.",
          sql::quote_identifier(column->name), statistics.distinct, 100 * share)};
}

Worth::Doubt Worth::oversized(const Subject& subject) const {
  std::int64_t pages = 0;
  for (const auto* leaf : catalog_.leaves(*subject.table)) pages += leaf->pages;
  if (subject.pages < kWorthDoubting || subject.pages <= pages || pages == 0) return {};
  return {"oversized",
          fmt::format("It is larger than its table ({} against {}): fewer columns, or a hash index on a "
                      "long one, may do.",
                      size(subject.bytes()), size({pages * model::kBlockSize}))};
}

}  // namespace pgadvisor::index_health
