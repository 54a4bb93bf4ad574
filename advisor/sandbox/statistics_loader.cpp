#include "advisor/sandbox/statistics_loader.hpp"

#include "advisor/sandbox/statistics_sql.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <optional>

namespace pgadvisor::sandbox {
namespace {

/// Rows a round trip: a few megabytes of values at most, as ANALYZE keeps none wider than a kilobyte.
constexpr std::size_t kBatch = 100;

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
          {"range_bounds_histogram", nullable(row.range_bounds_histogram)}};
}

}  // namespace

model::Result<std::vector<std::string>> load_statistics(pg::BlockingConnection& connection,
                                                        std::span<const model::ColumnStatistics> rows) {
  if (const auto made = connection.execute(kCreateStatisticsLoader); made.has_error()) return made.error();
  std::vector<std::string> left_out;
  while (!rows.empty()) {
    const auto batch = rows.first(std::min(kBatch, rows.size()));
    rows = rows.subspan(batch.size());
    boost::json::array input;
    for (const model::ColumnStatistics& row : batch) input.push_back(to_json(row));
    const auto answer = connection.query("select pg_temp.pgadvisor_load_statistics($1::json)",
                                         {boost::json::serialize(input)});
    if (answer.has_error()) return answer.error();
    for (int row = 0; row < answer->size(); ++row) left_out.push_back(answer->string(row, 0));
  }
  return left_out;
}

}  // namespace pgadvisor::sandbox
