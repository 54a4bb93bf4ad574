#include "advisor/sandbox/value_widths.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>

namespace pgadvisor::sandbox {
namespace {

constexpr int kLongestShort = 127;  // VARATT_SHORT_MAX, header included
constexpr double kDefaultDistinct = 200;
constexpr int kDefaultWidth = 32;

bool starts_with_any(std::string_view type, const auto& prefixes) {
  return std::ranges::any_of(prefixes, [&](std::string_view prefix) { return type.starts_with(prefix); });
}

/// Types whose default B-tree operator class has the support function btequalimage (pg_amproc.dat). float,
/// numeric, interval, jsonb, arrays, ranges and composites have not: equal values may look different there.
/// Enums have it. character(n) has it in the catalog, yet CREATE INDEX of PostgreSQL 15.20 says (DEBUG1) that
/// such an index "cannot use deduplication": values that differ in trailing blanks alone are equal.
bool has_equal_image(const model::Column& column) {
  static constexpr std::array<std::string_view, 22> kTypes = {
      "boolean",  "smallint", "integer", "bigint", "oid",    "text", "character varying",
      "\"char\"", "name",     "bytea",   "bit",    "date",   "time", "uuid",
      "inet",     "cidr",     "macaddr", "money",  "pg_lsn", "xid8", "tid",
      "varchar"};
  if (column.type.ends_with("]") || column.type.starts_with("interval")) return false;
  if (column.type.starts_with("int") && column.type != "integer") return false;  // int4range, ...
  return starts_with_any(column.type, kTypes) || (column.length == 4 && column.type != "real");
}

bool is_text(std::string_view type) {
  static constexpr std::array<std::string_view, 4> kTexts = {"text", "character", "varchar", "citext"};
  return !type.ends_with("]") && starts_with_any(type, kTexts);
}

int text_width(std::string_view text) {
  const int size = static_cast<int>(text.size());
  return size + 1 <= kLongestShort ? size + 1 : size + 4;
}

std::vector<double> numbers(const std::optional<std::string>& text) {
  std::vector<double> result;
  if (!text) return result;
  for (const std::string& element : array_elements(*text)) {
    double value = 0;
    std::from_chars(element.data(), element.data() + element.size(), value);
    result.push_back(value);
  }
  return result;
}

using Measure = int (*)(std::string_view);

/// Widths of the values that ANALYZE kept. Those of the histogram stand for all that are not among the most
/// common.
std::map<int, double> sampled_widths(const model::ColumnStatistics& statistics, Measure measure,
                                     const std::vector<double>& frequencies) {
  std::map<int, double> widths;
  const auto common = array_elements(statistics.most_common_values.value_or(""));
  double rest = 1 - static_cast<double>(statistics.null_fraction);
  for (std::size_t i = 0; i < std::min(common.size(), frequencies.size()); ++i) {
    widths[measure(common[i])] += frequencies[i];
    rest -= frequencies[i];
  }
  const auto others = array_elements(statistics.histogram_bounds.value_or(""));
  for (const std::string& other : others) {
    widths[measure(other)] += std::max(0.0, rest) / static_cast<double>(others.size());
  }
  const double total = std::accumulate(widths.begin(), widths.end(), 0.0,
                                       [](double sum, const auto& width) { return sum + width.second; });
  if (total <= 0) return {};
  for (auto& [width, share] : widths) share /= total;
  return widths;
}

std::map<int, double> widths_of(const model::Column& column, const model::ColumnStatistics* statistics,
                                const std::vector<double>& frequencies) {
  if (column.length > 0) return {{column.length, 1.0}};
  if (statistics == nullptr) return {{kDefaultWidth, 1.0}};
  const Measure measure = is_text(column.type)                                                ? text_width
                          : column.type.starts_with("numeric") && !column.type.ends_with("]") ? numeric_width
                                                                                              : nullptr;
  auto widths =
      measure != nullptr ? sampled_widths(*statistics, measure, frequencies) : std::map<int, double>{};
  if (widths.empty()) widths = {{std::max(1, statistics->average_width), 1.0}};
  return widths;
}

}  // namespace

std::vector<std::string> array_elements(std::string_view text) {
  std::vector<std::string> elements;
  if (text.size() < 3 || text.front() != '{' || text[1] == '{') return elements;
  elements.emplace_back();
  bool quoted = false;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    const char character = text[i];
    if (character == '\\') {
      elements.back() += text[++i];
    } else if (character == '"') {
      quoted = !quoted;
    } else if (character == ',' && !quoted) {
      elements.emplace_back();
    } else {
      elements.back() += character;
    }
  }
  return elements;
}

int numeric_width(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string digits((4 - point % 4) % 4, '0');
  digits += text.substr(0, point);
  if (point < text.size()) digits += text.substr(point + 1);
  digits.append((4 - digits.size() % 4) % 4, '0');
  const std::size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) return 3;  // zero has no digits
  const std::size_t last = digits.find_last_not_of('0');
  return 3 + 2 * static_cast<int>(last / 4 - first / 4 + 1);
}

KeyColumn key_column(const model::Column& column, const model::ColumnStatistics* statistics, double rows) {
  KeyColumn key;
  key.varlena = column.length < 0;
  key.alignment = column.alignment == 'd' ? 8 : column.alignment == 'i' ? 4 : column.alignment == 's' ? 2 : 1;
  key.equal_image = has_equal_image(column);
  key.distinct = std::min(kDefaultDistinct, rows);
  if (statistics != nullptr) {
    key.frequencies = numbers(statistics->most_common_frequencies);
    key.null_fraction = std::clamp(static_cast<double>(statistics->null_fraction), 0.0, 1.0);
    const auto distinct = static_cast<double>(statistics->distinct);
    if (distinct != 0) key.distinct = distinct > 0 ? distinct : -distinct * rows;
  }
  key.distinct = std::clamp(key.distinct, 1.0, std::max(1.0, rows * (1 - key.null_fraction)));
  key.widths = widths_of(column, statistics, key.frequencies);
  return key;
}

KeyColumn unknown_column(double rows) {
  return {
      .widths = {{kDefaultWidth, 1.0}}, .varlena = true, .distinct = std::clamp(rows, 1.0, kDefaultDistinct)};
}

StatisticsByRelation::StatisticsByRelation(const std::vector<model::ColumnStatistics>& statistics) {
  for (const model::ColumnStatistics& row : statistics) rows_[row.relation].push_back(&row);
}

const model::ColumnStatistics* StatisticsByRelation::find(const model::Table& table,
                                                          std::string_view column) const {
  const auto rows = rows_.find(table.name);
  if (rows == rows_.end()) return nullptr;
  const auto found = std::ranges::find_if(rows->second, [&](const model::ColumnStatistics* row) {
    return row->column == column && row->inherited == (table.kind == 'p');
  });
  return found == rows->second.end() ? nullptr : *found;
}

}  // namespace pgadvisor::sandbox
