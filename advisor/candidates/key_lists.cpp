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

bool same_term(const model::IndexKey& a, const model::IndexKey& b) {
  return a.column == b.column && a.expression == b.expression;
}

bool contains(const Keys& keys, const model::IndexKey& key) {
  return std::ranges::any_of(keys, [&](const auto& one) { return same_term(one, key); });
}

void append(Keys& keys, model::IndexKey key) {
  if (!contains(keys, key)) keys.push_back(std::move(key));
}

/// Clauses of one kind, the most selective first. The order among equalities does not matter to the scan
/// itself, but the most selective one first serves other statements best.
std::vector<const Clause*> clauses_of(const Scan& scan, ClauseKind kind) {
  std::vector<const Clause*> clauses;
  for (const auto& clause : scan.clauses) {
    if (clause.kind == kind && clause.key != Term{}) clauses.push_back(&clause);
  }
  std::ranges::stable_sort(clauses, [](const Clause* a, const Clause* b) {
    return a->selectivity != b->selectivity ? a->selectivity < b->selectivity : a->key < b->key;
  });
  return clauses;
}

/// Equalities with a value, IN lists behind them: they break the sort order of what follows.
Keys equalities(const Scan& scan) {
  Keys keys;
  for (const auto* clause : clauses_of(scan, ClauseKind::kEquality)) append(keys, to_key(clause->key));
  for (const auto& join : scan.joins) {
    if (join.also_constant) append(keys, to_key(join.key));
  }
  for (const auto* clause : clauses_of(scan, ClauseKind::kInList)) append(keys, to_key(clause->key));
  return keys;
}

/// Ranges, and what the planner turns into one with an operator class of its own: LIKE 'abc%'.
Keys ranges(const Scan& scan) {
  Keys keys;
  for (const auto* clause : clauses_of(scan, ClauseKind::kRange)) append(keys, to_key(clause->key));
  for (const auto* clause : clauses_of(scan, ClauseKind::kOperator)) {
    for (const auto& support : clause->supports) {
      if (support.method != "btree") continue;
      append(keys, {clause->key.column, clause->key.expression, support.operator_class, clause->collation});
    }
  }
  return keys;
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

/// The scan's own order, then those that other steps of the query level ask for.
std::vector<Keys> orders(const Scan& scan) {
  std::vector<Keys> result{sort_keys(scan.order)};
  for (const auto& order : scan.orders) {
    auto keys = sort_keys(order.keys);
    if (std::ranges::find(result, keys) == result.end()) result.push_back(std::move(keys));
  }
  return result;
}

Keys joined(Keys keys, const Keys& more) {
  for (const auto& key : more) {
    append(keys, key);
  }
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
  const auto equal = equalities(scan);
  const auto between = ranges(scan);
  const auto sorted = orders(scan);
  KeyLists lists(max_key_columns);
  lists.add(equal);
  for (const auto& range : between) lists.add(joined(equal, {range}));
  for (const auto& order : sorted) {
    lists.add(joined(equal, order));
    for (const auto& range : between) lists.add(joined(joined(equal, order), {range}));
  }
  for (const auto& join : scan.joins) {
    if (join.also_constant) continue;
    const Keys probe{to_key(join.key)};
    lists.add(probe);
    lists.add(joined(equal, probe));
    lists.add(joined(probe, equal));
    for (const auto& range : between) lists.add(joined(joined(probe, equal), {range}));
    lists.add(joined(probe, sorted.front()));
  }
  for (const auto& order : sorted) lists.add(order);
  for (const auto& key : equal) lists.add({key});
  for (const auto& range : between) {
    lists.add({range});
    lists.add(joined({range}, equal));
  }
  return lists.take();
}

}  // namespace pgadvisor::candidates
