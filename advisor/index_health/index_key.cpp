#include "advisor/index_health/index_key.hpp"

#include <algorithm>

namespace pgadvisor::index_health {

namespace {

std::size_t key_count(const model::Index& index) {
  return std::min(static_cast<std::size_t>(index.key_count), index.columns.size());
}

template <class T>
T at(const std::vector<T>& values, std::size_t position) {
  return position < values.size() ? values[position] : T{};
}

}  // namespace

std::vector<Key> keys_of(const model::Index& index) {
  std::vector<Key> keys;
  std::size_t expression = 0;
  for (std::size_t i = 0; i < key_count(index); ++i) {
    Key key;
    key.column = index.columns[i];
    if (key.column == 0 && expression < index.expressions.size())
      key.expression = index.expressions[expression++];
    key.operator_class = at(index.operator_classes, i);
    if (i < index.key_options.size()) key.parameters = index.key_options[i];
    key.collation = at(index.collations, i);
    key.option = at(index.options, i);
    keys.push_back(key);
  }
  return keys;
}

std::vector<std::int16_t> included_columns(const model::Index& index) {
  std::vector<std::int16_t> columns(index.columns.begin() + static_cast<std::ptrdiff_t>(key_count(index)),
                                    index.columns.end());
  std::ranges::sort(columns);
  return columns;
}

}  // namespace pgadvisor::index_health
