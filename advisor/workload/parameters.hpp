#pragma once

#include "advisor/sandbox/scan.hpp"
#include "collectors/model/activity.hpp"
#include "collectors/model/catalog.hpp"
#include "collectors/model/table_trees.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::workload {

/// A value with a smaller share of the executions does not get a plan of its own.
inline constexpr double kFrequent = 0.05;

/// A literal that a parameter stands for, as SQL.
struct ParameterValue {
  std::string literal;
  double share = 0;  ///< of the statement's executions, 0..1
};

/// What is known of the values of one parameter.
struct ParameterValues {
  int position = 0;  ///< n of $n; of a list's items ($2, $3), whose literals are whole lists: the first one's
  std::vector<ParameterValue> values;  ///< most frequent first; their shares may leave a rest
  std::string typical;                 ///< stands for every value that is not frequent; empty: none is known
  /// Seen in executions: evidence. Otherwise drawn from the column's statistics, as if each row were asked
  /// for as often as any other: good enough to weigh plans, no evidence of what is asked for.
  bool sampled = false;
};

/// One way to execute a statement: literals by position; parameters without one stay.
struct ParameterSetting {
  std::map<int, std::string> literals;
  double share = 1;
};

/// n of a column compared by equality with $n, cast or not.
[[nodiscard]] std::optional<int> parameter_of(const sandbox::Clause& clause);

/// By the shape they were sampled of.
using SamplesByShape = std::multimap<std::string, const model::SampledSlot*>;

/// For the parameters of a normalised text whose values were seen often enough to tell shares.
[[nodiscard]] std::vector<ParameterValues> sampled_values(const std::string& text,
                                                          const SamplesByShape& samples);

/// Of so many executions with each value; none when they are too few to tell shares.
[[nodiscard]] ParameterValues values_of(int position, const model::SampledSlot& slot);

/// DatabaseSnapshot::compared_values, by statement. The snapshot outlives it.
class CountedValues {
 public:
  explicit CountedValues(const model::DatabaseSnapshot& snapshot);

  /// For the parameters of the statement with this id that a scan compares with a column by equality, where
  /// the server counted the values; without those of `known`.
  [[nodiscard]] std::vector<ParameterValues> of(const std::string& id, const std::string& text,
                                                const sandbox::StatementScans& scans,
                                                const std::vector<ParameterValues>& known) const;

 private:
  using Values = std::vector<const model::ComparedValue*>;

  [[nodiscard]] model::SampledSlot counts(const Values& values, const model::ObjectName& table,
                                          const std::string& column) const;

  model::TableTrees trees_;
  std::map<std::string, Values> by_statement_;
};

/// For the parameters of `text` that a scan compares with a column by equality, where some value of the
/// column is frequent (pg_stats.most_common_vals); without those of `known`. Ranges are left alone: what
/// people compare with says nothing of the rows there.
[[nodiscard]] std::vector<ParameterValues> drawn_values(const std::string& text,
                                                        const sandbox::StatementScans& scans,
                                                        const model::DatabaseSnapshot& snapshot,
                                                        const std::vector<ParameterValues>& known);

/// The few settings that stand for all executions, most frequent first, shares summing up to 1: each
/// frequent value by itself, one typical value for the rest; several parameters are taken as independent.
/// Empty when nothing is known.
[[nodiscard]] std::vector<ParameterSetting> settings_of(const std::vector<ParameterValues>& parameters);

/// The text as it is executed with a setting.
[[nodiscard]] std::string with_literals(const std::string& text, const std::map<int, std::string>& literals);

}  // namespace pgadvisor::workload
