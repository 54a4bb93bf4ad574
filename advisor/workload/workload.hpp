#pragma once

#include "advisor/report.hpp"
#include "advisor/workload/parameters.hpp"
#include "collectors/model/activity.hpp"
#include "collectors/model/result.hpp"
#include "collectors/model/units.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::workload {

/// One statement to be served: what to plan, and how much it matters.
struct Statement {
  std::string id;                           ///< decimal queryid, or "file.sql:12"
  std::string query;                        ///< redacted: what people see
  std::string text;                         ///< what the sandbox plans
  double calls = 1;                         ///< executions in the window; the `-- weight` of a file
  std::optional<model::Milliseconds> time;  ///< spent in the window; empty for files
  /// Rows returned or written per call as production counted them; empty for files.
  std::optional<double> rows_per_call;
  std::vector<ParameterValues> parameters = {};  ///< sampled values, by position
};

struct Workload {
  model::Window window;
  std::optional<advisor::TimeCoverage> coverage;   ///< so far: nothing is analysed yet; empty for files
  std::vector<Statement> statements;               ///< heaviest first; files keep their order
  std::vector<advisor::SkippedStatement> skipped;  ///< known not to be plannable before the planner was asked
  std::vector<std::string> views;  ///< CREATE VIEW statements of a file, to run before planning
  std::map<model::ObjectName, model::TableCounters> writes;  ///< per table; empty for files
};

/// Adds a statement that is not analysed.
void leave_out(advisor::TimeCoverage& coverage, const std::string& reason, model::Milliseconds time,
               std::size_t statements = 1);

/// What the server did in a window. Entries that differ only in the length of an IN list, in user or in
/// literals are one statement: their calls and times add up under the text and id of the heaviest.
[[nodiscard]] Workload from_activity(const model::DatabaseActivity& activity);

/// A `.sql` file, or every `.sql` file of a folder in the order of their names. kGiveUp when unreadable,
/// empty, or wrongly weighted.
[[nodiscard]] model::Result<Workload> from_files(const std::filesystem::path& path);

}  // namespace pgadvisor::workload
