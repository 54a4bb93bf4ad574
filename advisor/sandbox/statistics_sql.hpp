#pragma once

namespace pgadvisor::sandbox {

/// Creates pg_temp.pgadvisor_load_statistics(rows json) and pg_temp.pgadvisor_load_extended_statistics(rows
/// json), both returning setof text: one sentence for each row that could not be written. Keys of a row are
/// the members of model::ColumnStatistics and model::ExtendedStatistics. Needs the module's functions.
extern const char* const kCreateStatisticsLoader;

}  // namespace pgadvisor::sandbox
