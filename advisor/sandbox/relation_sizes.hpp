#pragma once

#include "advisor/sandbox/database.hpp"
#include "collectors/model/catalog.hpp"

#include <vector>

namespace pgadvisor::sandbox {

/// Rows the planner believes a table of `version` (server_version_num) to have: its density when it was last
/// vacuumed or analysed, times its current pages (table_block_relation_estimate_size() in tableam.c). -1 when
/// it never was: then the planner goes by the width of the columns.
[[nodiscard]] double estimate_tuples(const model::Table& table, int version);

/// Rows of a table that was never counted, by its pages and the declared types of its columns.
[[nodiscard]] double tuples_by_types(const model::Table& table);

/// Rows of any table as the planner takes them; of a partitioned one, those of all its partitions.
[[nodiscard]] double rows_of(const model::Table& table);

/// What the planner believes of each table and index of production (estimate_rel_size() and
/// get_relation_info() in plancat.c). Parents of partitions have no storage and are left out.
[[nodiscard]] std::vector<RelationSize> relation_sizes(const model::DatabaseSnapshot& snapshot);

}  // namespace pgadvisor::sandbox
