#include "advisor/workload/parameters.hpp"
#include "collectors/sql/quote.hpp"
#include "collectors/sql/shape.hpp"

#include <algorithm>
#include <charconv>
#include <regex>
#include <set>

namespace pgadvisor::workload {
namespace {

using sandbox::Clause;
using sandbox::ClauseKind;

/// The items of a one-dimensional array in its text form (array_out in arrayfuncs.c): {a,"b ,\"c",NULL}.
std::vector<std::string> array_items(const std::string& text) {
  std::vector<std::string> items;
  if (text.size() < 2 || text.front() != '{') return items;
  std::string item;
  bool quoted = false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      item += text[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == ',' || c == '}')) {
      items.push_back(std::move(item));
      item.clear();
    } else {
      item += c;
    }
  }
  return items;
}

void collect(const std::vector<Clause>& clauses, std::map<int, std::string>& columns) {
  for (const auto& clause : clauses) {
    if (const auto position = parameter_of(clause)) columns.try_emplace(*position, clause.key.column);
    for (const auto& arm : clause.arms) collect(arm, columns);
  }
}

/// Those of the whole tree for a partitioned table.
const model::ColumnStatistics* statistics_of(const model::DatabaseSnapshot& snapshot,
                                             const model::ObjectName& table, const std::string& column) {
  const model::ColumnStatistics* found = nullptr;
  for (const auto& entry : snapshot.column_statistics) {
    if (entry.relation == table && entry.column == column && (found == nullptr || entry.inherited)) {
      found = &entry;
    }
  }
  return found;
}

/// No null equals anything: shares are of the other rows.
ParameterValues values_of(int position, const model::ColumnStatistics& statistics) {
  const auto values = array_items(statistics.most_common_values.value_or(""));
  const auto frequencies = array_items(statistics.most_common_frequencies.value_or(""));
  ParameterValues result{position, {}, {}, false};
  for (std::size_t i = 0; i < std::min(values.size(), frequencies.size()); ++i) {
    double frequency = 0;
    std::from_chars(frequencies[i].data(), frequencies[i].data() + frequencies[i].size(), frequency);
    result.values.push_back(
        {sql::quote_literal(values[i]), frequency / std::max(1e-6, 1.0 - statistics.null_fraction)});
  }
  const auto bounds = array_items(statistics.histogram_bounds.value_or(""));
  if (!bounds.empty()) {
    result.typical = sql::quote_literal(bounds[bounds.size() / 2]);
  } else if (!result.values.empty()) {
    result.typical = result.values.back().literal;
  }
  return result;
}

/// Not within lists, where a literal would take the place of all items.
std::set<int> single_parameters(const std::string& text) {
  std::set<int> single;
  const auto shape = sql::shape_of(text);
  if (!shape) return single;
  for (const auto& slot : shape->slots) {
    if (slot.parameters.size() == 1) single.insert(slot.parameters.front());
  }
  for (const auto& slot : shape->slots) {
    if (slot.parameters.size() < 2) continue;
    for (const auto position : slot.parameters) single.erase(position);
  }
  return single;
}

/// What `find` knows of each parameter that is not known yet, by the columns that it is compared with.
template <class Find>
std::vector<ParameterValues> for_open(const std::string& text, const sandbox::StatementScans& scans,
                                      const std::vector<ParameterValues>& known, const Find& find) {
  auto open = single_parameters(text);
  for (const auto& parameter : known) open.erase(parameter.position);
  std::vector<ParameterValues> result;
  for (const auto& scan : scans.scans) {
    std::map<int, std::string> columns;
    collect(scan.clauses, columns);
    for (const auto& [position, column] : columns) {
      if (!open.contains(position)) continue;
      auto values = find(position, scan.relation, column);
      if (!values) continue;
      open.erase(position);
      result.push_back(std::move(*values));
    }
  }
  return result;
}

}  // namespace

std::optional<int> parameter_of(const Clause& clause) {
  constexpr std::size_t kLongest = 200;  // std::regex recurses with the length of a text
  static const std::regex kParameter(R"(^\(?\$(\d{1,5})\)?(::[^$]*)?$)");
  std::smatch found;
  if (clause.kind != ClauseKind::kEquality || clause.key.column.empty() || clause.value.size() > kLongest ||
      !std::regex_match(clause.value, found, kParameter)) {
    return std::nullopt;
  }
  return std::stoi(found[1]);
}

CountedValues::CountedValues(const model::DatabaseSnapshot& snapshot) : trees_(snapshot.tables) {
  for (const auto& value : snapshot.compared_values) {
    by_statement_[std::to_string(static_cast<std::int64_t>(value.statement))].push_back(&value);
  }
}

/// Of a column of the table or of its partitions.
model::SampledSlot CountedValues::counts(const Values& values, const model::ObjectName& table,
                                         const std::string& column) const {
  std::set<model::ObjectName> names{table};
  if (const auto* tree = trees_.find(table)) {
    for (const auto* part : trees_.below(*tree)) names.insert(part->name);
  }
  std::map<std::string, std::int64_t> counts;
  model::SampledSlot slot;
  for (const auto* value : values) {
    if (value->column != column || !names.contains(value->table)) continue;
    (value->literal.empty() ? slot.others : counts[value->literal]) += value->executions;
  }
  for (const auto& [literal, count] : counts) slot.values.push_back({literal, count});
  std::ranges::stable_sort(slot.values, std::ranges::greater{}, &model::SampledValue::count);
  return slot;
}

std::vector<ParameterValues> CountedValues::of(const std::string& id, const std::string& text,
                                               const sandbox::StatementScans& scans,
                                               const std::vector<ParameterValues>& known) const {
  const auto counted = by_statement_.find(id);
  if (counted == by_statement_.end()) return {};
  return for_open(text, scans, known, [&](int position, const auto& table, const auto& column) {
    auto values = values_of(position, counts(counted->second, table, column));
    return values.values.empty() ? std::nullopt : std::optional(std::move(values));
  });
}

std::vector<ParameterValues> drawn_values(const std::string& text, const sandbox::StatementScans& scans,
                                          const model::DatabaseSnapshot& snapshot,
                                          const std::vector<ParameterValues>& known) {
  return for_open(text, scans, known,
                  [&](int position, const auto& table, const auto& column) -> std::optional<ParameterValues> {
                    const auto* statistics = statistics_of(snapshot, table, column);
                    if (statistics == nullptr) return std::nullopt;
                    auto values = values_of(position, *statistics);
                    // Without a frequent value the generic plan is as good.
                    if (values.values.empty() || values.values.front().share < kFrequent) return std::nullopt;
                    return values;
                  });
}

}  // namespace pgadvisor::workload
