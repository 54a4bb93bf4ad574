#pragma once

#include "advisor/sandbox/database.hpp"
#include "collectors/model/catalog.hpp"
#include "collectors/model/index_definition.hpp"

namespace pgadvisor::sandbox {

/// Size of the B-tree that CREATE INDEX would build: tuple layout with alignment and NULL bitmap, fillfactor
/// 90, deduplication (nbtdedup.c) when nothing is INCLUDEd and every key type allows it, suffix truncation in
/// inner pages (nbtutils.c _bt_truncate). `selectivity` is the share of rows the predicate lets in (1 for a
/// full index). Other access methods get a coarse estimate from the tuple width.
[[nodiscard]] IndexSize estimate_size(const model::IndexDefinition& definition, const model::Table& table,
                                      const std::vector<model::ColumnStatistics>& statistics,
                                      double selectivity);

/// Height of an existing B-tree of `pages` blocks whose keys are as in `definition`.
[[nodiscard]] int estimate_height(std::int64_t pages, double average_inner_tuple_bytes);

}  // namespace pgadvisor::sandbox
