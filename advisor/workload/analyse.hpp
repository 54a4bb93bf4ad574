#pragma once

#include "advisor/sandbox/database.hpp"
#include "advisor/workload/workload.hpp"
#include "collectors/model/catalog.hpp"

#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace pgadvisor::workload {

/// A part as it is executed with some values of its parameters.
struct Variant {
  sandbox::StatementId prepared{};
  double share = 1;                     ///< of the part's executions
  std::map<int, std::string> literals;  ///< by position: secret where they were sampled
};

/// One plan that executing a statement needs: its own, or the check of a foreign key that it fires.
struct Part {
  sandbox::StatementId prepared{};  ///< with its parameters: the generic plan, what is shown and scanned
  /// What is executed where values are known, shares summing up to 1: its cost is their mean. Empty: the
  /// generic plan's.
  std::vector<Variant> variants = {};
  double times = 1;  ///< per execution of the statement
  sandbox::StatementScans scans;
  std::set<model::ObjectName> tables;  ///< those its scans read
  /// What plans with the existing indexes read: tables by sequential scans, and indexes ("schema.index").
  std::set<model::ObjectName> sequential = {};
  std::set<std::string> indexes = {};
  std::string foreign_key;  ///< name of the constraint it checks; empty for the statement itself
};

/// A statement the planner understands. Its cost is the sum over its parts of times x planner cost.
struct AnalysedStatement {
  Statement statement;
  std::vector<ParameterValues> parameters;  ///< known values: sampled first, then drawn from statistics
  std::vector<Part> parts;                  ///< the statement's own first
  model::Cost base_cost;                    ///< per execution, with the indexes that exist
  /// What one unit of its planner cost weighs in the workload: time / base cost where times are known, else
  /// calls.
  double weight = 1;
};

/// Rows one execution of a writing statement writes: as production counted them, else as the planner
/// estimates.
[[nodiscard]] double rows_written(const AnalysedStatement& analysed);

struct AnalysedWorkload {
  std::vector<AnalysedStatement> statements;
  std::vector<advisor::SkippedStatement> skipped;
  std::optional<advisor::TimeCoverage> coverage;  ///< complete
};

/// Stage "scans": prepares every statement in the sandbox, asks the planner what each wants to read, and adds
/// the foreign-key checks that its deletes and key updates fire (ri_triggers.c: one query per row and
/// constraint). The heaviest statements are prepared as executed as well, where values of their parameters
/// are known. Statements the planner refuses are skipped with its reason; watched ones that read nothing but
/// system catalogs are no part of the workload. kReconnect when the sandbox died.
[[nodiscard]] model::Result<AnalysedWorkload> analyse(const Workload& workload,
                                                      const model::DatabaseSnapshot& snapshot,
                                                      sandbox::Database& sandbox, std::stop_token stop);

}  // namespace pgadvisor::workload
