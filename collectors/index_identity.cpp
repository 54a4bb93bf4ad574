#include "collectors/index_identity.hpp"

#include "collectors/model/stable_hash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace pgadvisor::collectors {

namespace {

std::string column_name(std::int16_t number, const model::Table& table) {
  const auto column = std::ranges::find(table.columns, number, &model::Column::number);
  return column == table.columns.end() ? fmt::format("{}", number) : column->name;
}

std::vector<std::string> columns_of(const model::Index& index, const model::Table& table) {
  std::vector<std::string> names;
  for (const auto number : index.columns) names.push_back(number == 0 ? "" : column_name(number, table));
  // The order of included columns says nothing.
  const auto keys = std::min(static_cast<std::size_t>(index.key_count), names.size());
  std::sort(names.begin() + static_cast<std::ptrdiff_t>(keys), names.end());
  return names;
}

std::vector<std::uint32_t> numbers(const std::vector<model::Oid>& oids) {
  std::vector<std::uint32_t> result;
  for (const auto oid : oids) result.push_back(static_cast<std::uint32_t>(oid));
  return result;
}

}  // namespace

std::string index_identity(const model::Index& index, const model::Table& table) {
  // \n cannot end a part early: it is between parts of known number, but for names, which come last.
  const auto text =
      fmt::format("{} {} {} {} {} {} {}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", index.method, index.key_count,
                  index.is_unique, index.is_primary, index.is_exclusion, index.is_immediate,
                  index.nulls_not_distinct, fmt::join(index.options, " "),
                  fmt::join(numbers(index.operator_classes), " "), fmt::join(numbers(index.collations), " "),
                  fmt::join(index.key_options, " "), fmt::join(index.expressions, " "), index.predicate,
                  fmt::join(columns_of(index, table), "\n"), table.name.schema, table.name.name);
  return fmt::format("{:016x}", model::stable_hash(text));
}

}  // namespace pgadvisor::collectors
