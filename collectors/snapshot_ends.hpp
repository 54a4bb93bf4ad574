#pragma once

#include "collectors/model/catalog.hpp"
#include "collectors/model/result.hpp"
#include "collectors/pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace pgadvisor::collectors {

/// B-trees whose first key's column may have ends that its histogram does not know, those of the largest
/// tables first, one a column: where the table has more rows than ANALYZE samples (300 for each unit of
/// default_statistics_target: std_typanalyze() in analyze.c), or other pages than when it was last vacuumed
/// or analysed. Only columns whose histogram the role may see: the planner looks for ends of no others, and
/// the role may read them and every row.
[[nodiscard]] std::vector<model::Oid> indexes_with_unknown_ends(const model::DatabaseSnapshot& snapshot);

/// Whether the role may read without being counted: SET of track_counts (superusers; from 15 on by GRANT),
/// and of pg_stat_statements.track where that tells nested statements apart.
[[nodiscard]] boost::asio::awaitable<model::Result<bool>> may_read_uncounted(pg::Connection& connection);

/// Completes column_statistics with the real ends of indexed columns, which production's planner looks up
/// (get_actual_variable_range() in selfuncs.c): one descent of the index for each end. Reading them must not
/// make a dead index look alive: nothing is read where it would be counted. A column whose ends are slow to
/// find (dead rows) or whose table is locked is left out. Fails only when the connection is lost.
[[nodiscard]] boost::asio::awaitable<model::Result<void>> collect_ends(pg::Connection& connection,
                                                                       model::DatabaseSnapshot& snapshot);

}  // namespace pgadvisor::collectors
