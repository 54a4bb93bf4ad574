#include "advisor/sandbox/statistics_loader.hpp"

#include "advisor/sandbox/statistics_sql.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <optional>

namespace pgadvisor::sandbox {
namespace {

/// Rows a round trip: a few megabytes of values at most, as ANALYZE keeps none wider than a kilobyte.
constexpr std::size_t kBatch = 100;

/// How collectors::collect_snapshot() had the values written; and no value takes seconds to read.
constexpr const char* kBegin = R"(
begin;
set local DateStyle = 'ISO, MDY';
set local IntervalStyle = 'postgres';
set local xmlbinary = 'base64';
set local lc_monetary = 'C';
set local array_nulls = on;
set local statement_timeout = '10s')";

template <class T>
boost::json::value nullable(const std::optional<T>& value) {
  return value ? boost::json::value(*value) : boost::json::value(nullptr);
}

boost::json::object to_json(const model::ColumnStatistics& row) {
  return {{"schema_name", row.relation.schema},
          {"relation", row.relation.name},
          {"column_name", row.column},
          {"inherited", row.inherited},
          {"null_fraction", row.null_fraction},
          {"average_width", row.average_width},
          {"n_distinct", row.distinct},
          {"most_common_values", nullable(row.most_common_values)},
          {"most_common_frequencies", nullable(row.most_common_frequencies)},
          {"histogram_bounds", nullable(row.histogram_bounds)},
          {"correlation", nullable(row.correlation)},
          {"most_common_elements", nullable(row.most_common_elements)},
          {"most_common_element_frequencies", nullable(row.most_common_element_frequencies)},
          {"element_count_histogram", nullable(row.element_count_histogram)},
          {"range_length_histogram", nullable(row.range_length_histogram)},
          {"range_empty_fraction", nullable(row.range_empty_fraction)},
          {"range_bounds_histogram", nullable(row.range_bounds_histogram)},
          {"ends", nullable(row.ends)}};
}

/// The type json_to_recordset() gives them is json: their text form is that already.
boost::json::value parsed(const std::optional<std::string>& text) {
  boost::json::error_code failure;
  boost::json::value value = text ? boost::json::parse(*text, failure) : boost::json::value(nullptr);
  return failure ? boost::json::value(nullptr) : value;
}

boost::json::object to_json(const model::ExtendedStatistics& row) {
  boost::json::array expressions;
  for (const auto& expression : row.expressions) {
    if (expression) {
      expressions.push_back(to_json(*expression));
    } else {
      expressions.push_back(nullptr);
    }
  }
  return {{"schema_name", row.object.schema},
          {"name", row.object.name},
          {"inherited", row.inherited},
          {"columns", row.columns},
          {"n_distinct", parsed(row.distinct)},
          {"dependencies", parsed(row.dependencies)},
          {"most_common_values", nullable(row.most_common_values)},
          {"most_common_nulls", nullable(row.most_common_nulls)},
          {"most_common_frequencies", nullable(row.most_common_frequencies)},
          {"most_common_base_frequencies", nullable(row.most_common_base_frequencies)},
          {"expressions", std::move(expressions)}};
}

std::string name_of(const model::ColumnStatistics& row) {
  return fmt::format("statistics of {} ({})", sql::quote_name(row.relation),
                     sql::quote_identifier(row.column));
}

std::string name_of(const model::ExtendedStatistics& row) {
  return "values of the statistics object " + sql::quote_name(row.object);
}

using Notes = std::vector<std::string>;

/// A row that takes too long (an input function may never end) is found by loading its batch one by one.
template <class Row>
model::Result<void> load_batch(pg::BlockingConnection& connection, const std::string& function,
                               std::span<const Row> rows, Notes& left_out) {
  boost::json::array input;
  for (const Row& row : rows) input.push_back(to_json(row));
  if (auto begun = connection.execute(kBegin); !begun) return begun;
  const auto answer = connection.query(fmt::format("select pg_temp.{}($1::pg_catalog.json)", function),
                                       {boost::json::serialize(input)});
  if (auto ended = connection.execute(answer ? "commit" : "rollback"); !ended) return ended;
  if (answer.has_value()) {
    for (int row = 0; row < answer->size(); ++row) left_out.push_back(answer->string(row, 0));
    return {};
  }
  constexpr std::string_view kQueryCanceled = "57014";
  if (answer.error().sqlstate != kQueryCanceled) return answer.error();
  if (rows.size() == 1) {
    left_out.push_back(name_of(rows.front()) + ": reading them takes too long");
    return {};
  }
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (auto done = load_batch(connection, function, rows.subspan(row, 1), left_out); !done) return done;
  }
  return {};
}

template <class Row>
model::Result<void> load_all(pg::BlockingConnection& connection, const std::string& function,
                             std::span<const Row> rows, Notes& left_out) {
  while (!rows.empty()) {
    const auto batch = rows.first(std::min(kBatch, rows.size()));
    rows = rows.subspan(batch.size());
    if (auto done = load_batch(connection, function, batch, left_out); !done) return done;
  }
  return {};
}

}  // namespace

model::Result<std::vector<std::string>> load_statistics(pg::BlockingConnection& connection,
                                                        std::span<const model::ColumnStatistics> columns,
                                                        std::span<const model::ExtendedStatistics> extended) {
  if (const auto made = connection.execute(kCreateStatisticsLoader); made.has_error()) return made.error();
  Notes left_out;
  if (auto done = load_all(connection, "pgadvisor_load_statistics", columns, left_out); !done)
    return done.error();
  if (auto done = load_all(connection, "pgadvisor_load_extended_statistics", extended, left_out); !done)
    return done.error();
  return left_out;
}

}  // namespace pgadvisor::sandbox
