#pragma once

#include "advisor/report.hpp"
#include "advisor/selection/selection.hpp"
#include "advisor/whatif/whatif.hpp"
#include "advisor/workload/analyse.hpp"

#include <vector>

namespace pgadvisor::recommendation {

/// What a careful engineer points out beside indexes: SELECT *, functions on columns, trees of tables that
/// are not advised, and what could not be read or restored.
[[nodiscard]] std::vector<advisor::Finding> findings(const model::DatabaseSnapshot& snapshot,
                                                     const workload::AnalysedWorkload& analysed,
                                                     const std::vector<std::string>& left_out);

/// For a statement that uses other indexes with other values of its parameters. Names no value.
[[nodiscard]] advisor::Finding depends_on_values(const workload::AnalysedStatement& statement);

/// The frame of the answer around the recommendations: costs, coverage, statements, findings.
[[nodiscard]] model::Result<advisor::Advice> summarise(const model::DatabaseSnapshot& snapshot,
                                                       const workload::Workload& workload,
                                                       const workload::AnalysedWorkload& analysed,
                                                       const selection::Selection& selection,
                                                       whatif::WhatIf& whatif,
                                                       const sandbox::Database& sandbox);

/// Which statements read and write each table: what a change of its indexes may touch.
[[nodiscard]] std::map<model::ObjectName, advisor::TableStatements> table_statements(
    const workload::AnalysedWorkload& analysed);

}  // namespace pgadvisor::recommendation
