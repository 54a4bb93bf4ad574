#pragma once

namespace pgadvisor::sandbox {

/// Creates pg_temp.pgadvisor_load_statistics(rows json) returns setof text: one sentence for each row that
/// could not be written. Keys of a row are the members of model::ColumnStatistics.
extern const char* const kCreateStatisticsLoader;

}  // namespace pgadvisor::sandbox
