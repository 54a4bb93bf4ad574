#pragma once

#include "collectors/model/catalog.hpp"
#include "collectors/model/result.hpp"
#include "collectors/pg/blocking_connection.hpp"

#include <span>
#include <string>
#include <vector>

namespace pgadvisor::sandbox {

/// Writes rows of pg_stats and pg_stats_ext into the catalogs of the connected twin, as ANALYZE stored them
/// in production (std_typanalyze, array_typanalyze, ts_typanalyze, range_typanalyze,
/// BuildRelationExtStatistics). The connection is a superuser's, has the module's functions, and its settings
/// of text output (DateStyle, bytea_output, ...) are those the rows were read with. A row that cannot be
/// written does not spoil the others: each is a sentence of the answer. Rows of relations that are not in the
/// twin are passed over.
[[nodiscard]] model::Result<std::vector<std::string>> load_statistics(
    pg::BlockingConnection& connection, std::span<const model::ColumnStatistics> columns,
    std::span<const model::ExtendedStatistics> extended);

}  // namespace pgadvisor::sandbox
