#include "advisor/candidates/candidates.hpp"

#include <algorithm>

namespace pgadvisor::candidates {
namespace {

using sandbox::Clause;
using sandbox::ClauseKind;
using sandbox::Scan;
using sandbox::Term;
using Keys = std::vector<model::IndexKey>;

model::IndexKey to_key(const Term& term) {
  return {term.column, term.expression};
}

bool same_term(const model::IndexKey& key, const Term& term) {
  return key.column == term.column && key.expression == term.expression;
}

bool contains(const Keys& keys, const Term& term) {
  return std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return same_term(key, term); });
}

/// Terms of one kind, the most selective first; each once. The order among equalities does not matter to the
/// scan itself, but the most selective one first serves other statements best.
std::vector<Term> terms(const Scan& scan, std::initializer_list<ClauseKind> kinds) {
  std::vector<const Clause*> clauses;
  for (const auto& clause : scan.clauses) {
    if (std::find(kinds.begin(), kinds.end(), clause.kind) != kinds.end() && clause.key != Term{}) {
      clauses.push_back(&clause);
    }
  }
  std::stable_sort(clauses.begin(), clauses.end(), [](const Clause* a, const Clause* b) {
    return a->selectivity != b->selectivity ? a->selectivity < b->selectivity : a->key < b->key;
  });
  std::vector<Term> result;
  for (const auto* clause : clauses) {
    if (std::find(result.begin(), result.end(), clause->key) == result.end()) result.push_back(clause->key);
  }
  return result;
}

/// Equalities with a value, IN lists behind them: they break the sort order of what follows.
std::vector<Term> equalities(const Scan& scan) {
  auto result = terms(scan, {ClauseKind::kEquality});
  for (const auto& join : scan.joins) {
    if (join.also_constant && std::find(result.begin(), result.end(), join.key) == result.end()) {
      result.push_back(join.key);
    }
  }
  for (const auto& list : terms(scan, {ClauseKind::kInList})) {
    if (std::find(result.begin(), result.end(), list) == result.end()) result.push_back(list);
  }
  return result;
}

/// A sort order and its reverse are one index: take the form whose first key ascends, as people write it.
Keys sort_keys(const std::vector<sandbox::SortKey>& order) {
  const bool reverse = !order.empty() && order.front().descending;
  Keys keys;
  for (const auto& sort : order) {
    auto key = to_key(sort.key);
    key.descending = sort.descending != reverse;
    key.nulls_first = sort.nulls_first != reverse;
    keys.push_back(std::move(key));
  }
  return keys;
}

Keys joined(Keys keys, const Keys& more) {
  for (const auto& key : more) {
    if (!contains(keys, {key.column, key.expression})) keys.push_back(key);
  }
  return keys;
}

Keys to_keys(const std::vector<Term>& list) {
  Keys keys;
  for (const auto& term : list) keys.push_back(to_key(term));
  return keys;
}

class KeyLists {
 public:
  explicit KeyLists(int limit) : limit_(static_cast<std::size_t>(limit)) {}

  void add(Keys keys) {
    if (keys.size() > limit_) keys.resize(limit_);
    if (!keys.empty() && std::find(lists_.begin(), lists_.end(), keys) == lists_.end()) {
      lists_.push_back(std::move(keys));
    }
  }
  std::vector<Keys> take() { return std::move(lists_); }

 private:
  std::size_t limit_;
  std::vector<Keys> lists_;
};

}  // namespace

std::vector<Keys> key_lists(const Scan& scan, int max_key_columns) {
  const auto equal = to_keys(equalities(scan));
  const auto ranges = to_keys(terms(scan, {ClauseKind::kRange}));
  const auto sorted = sort_keys(scan.order);
  KeyLists lists(max_key_columns);
  lists.add(equal);
  for (const auto& range : ranges) lists.add(joined(equal, {range}));
  lists.add(joined(equal, sorted));
  for (const auto& range : ranges) lists.add(joined(joined(equal, sorted), {range}));
  for (const auto& join : scan.joins) {
    if (join.also_constant) continue;
    const Keys probe{to_key(join.key)};
    lists.add(probe);
    lists.add(joined(equal, probe));
    lists.add(joined(probe, equal));
    for (const auto& range : ranges) lists.add(joined(joined(probe, equal), {range}));
    lists.add(joined(probe, sorted));
  }
  lists.add(sorted);
  for (const auto& key : equal) lists.add({key});
  for (const auto& range : ranges) {
    lists.add({range});
    lists.add(joined({range}, equal));
  }
  return lists.take();
}

}  // namespace pgadvisor::candidates
