#pragma once

#include "advisor/report.hpp"
#include "collectors/model/catalog.hpp"
#include "daemon/whatif_answer.hpp"

#include <string>

namespace pgadvisor::daemon::text {

/// For people at a terminal. Text from the database is made printable.
[[nodiscard]] std::string as_text(const advisor::Advice& advice);
[[nodiscard]] std::string as_text(const WhatifAnswer& answer);
/// What can go first, then what can shrink, what needs a look, foreign keys without an index, and a table of
/// the rest.
[[nodiscard]] std::string as_text(const advisor::IndexHealth& health, const std::string& database,
                                  int server_version);

/// The strongest candidates that were not chosen, and the heaviest statements that no proposed index helps,
/// with their reasons; empty when there are none.
[[nodiscard]] std::string not_proposed(const advisor::Advice& advice);

/// The beginning of a statement on one printable line.
[[nodiscard]] std::string shortened(const std::string& query);

/// "15.18" of server_version_num 150018.
[[nodiscard]] std::string version(int number);

/// A script for psql: each index with its evidence and its way back as comments; on a partitioned table built
/// partition by partition.
[[nodiscard]] std::string as_sql(const advisor::Advice& advice, const model::DatabaseSnapshot& snapshot);

/// "12 kB", "3.4 MB": 1024-based as PostgreSQL's pg_size_pretty, one decimal below ten.
[[nodiscard]] std::string pretty(model::Bytes bytes);

/// "41 minutes", "3.4 hours", "850 ms": the largest unit of which there are two, one decimal below ten.
[[nodiscard]] std::string pretty(model::Milliseconds time);

/// An EXPLAIN (FORMAT JSON) document as an indented tree, close to what psql shows:
/// "Index Scan using i on t  (cost=0.42..8.44 rows=1)" and its conditions.
[[nodiscard]] std::string plan_tree(const std::string& explain_json);

}  // namespace pgadvisor::daemon::text
