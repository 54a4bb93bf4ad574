#include "advisor/candidates/serves.hpp"

#include <algorithm>

namespace pgadvisor::candidates {
namespace {

using model::IndexDefinition;
using model::IndexKey;

IndexKey reversed(IndexKey key) {
  key.descending = !key.descending;
  key.nulls_first = !key.nulls_first;
  return key;
}

/// The first keys, read forwards or backwards.
bool begins_with(const std::vector<IndexKey>& keys, const std::vector<IndexKey>& first) {
  if (first.size() > keys.size()) return false;
  return std::equal(first.begin(), first.end(), keys.begin()) ||
         std::ranges::equal(first, std::ranges::subrange(keys.begin(), keys.begin() + std::ssize(first)), {},
                            reversed);
}

bool holds(const IndexDefinition& index, const std::string& column) {
  return std::ranges::find(index.keys, column, &IndexKey::column) != index.keys.end() ||
         std::ranges::find(index.include, column) != index.include.end();
}

bool same_columns(const std::vector<IndexKey>& a, const std::vector<IndexKey>& b) {
  return std::ranges::equal(a, b, [](const IndexKey& one, const IndexKey& other) {
    return one.column == other.column && one.expression == other.expression;
  });
}

}  // namespace

bool serves(const IndexDefinition& index, const IndexDefinition& lesser) {
  if (index.table != lesser.table || index.method != lesser.method) return false;
  if (!index.predicate.empty() && index.predicate != lesser.predicate) return false;
  if (index.method != "btree") return index.keys == lesser.keys;
  return begins_with(index.keys, lesser.keys) &&
         std::ranges::all_of(lesser.include, [&](const auto& column) { return holds(index, column); });
}

bool exclude_each_other(const IndexDefinition& a, const IndexDefinition& b) {
  if (a.table != b.table || a.method != b.method) return false;
  const bool same_rows = a.predicate == b.predicate;
  const bool same_keys = a.method == "btree" ? a.keys == b.keys : same_columns(a.keys, b.keys);
  return (same_rows && same_keys) || serves(a, b) || serves(b, a);
}

}  // namespace pgadvisor::candidates
