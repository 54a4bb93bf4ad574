#pragma once

#include "collectors/model/index.hpp"

#include <string>
#include <vector>

namespace pgadvisor::index_health {

/// Whether one index does all of another's work.
enum class Replaces {
  kNo,
  kReview,  ///< nearly: somebody has to look at what `reasons` says
  kFully,
};

struct Replacement {
  Replaces replaces = Replaces::kNo;
  bool same_definition = false;
  std::vector<std::string> reasons;  ///< of kReview: what would be lost; of kFully: what is worth knowing
};

/// An index and its size, attached parts included.
struct SizedIndex {
  const model::Index* index = nullptr;
  std::int64_t pages = 0;
};

/// Whether `dropped` could go because `kept` stays; both are on one table. The rules are those of
/// PostgreSQL's own matching of indexes to clauses, orders and constraints, on raw catalog columns: the same
/// method; the keys of `dropped` at the same places of `kept` (B-tree: its first ones; GIN, BRIN: any;
/// others: exactly these) with the same operator class and collation; all directions the same or all
/// inverted; its INCLUDEd columns somewhere in `kept`; the same predicate; where it is unique, `kept`
/// enforces the same; nothing rests on it.
[[nodiscard]] Replacement replacement(const SizedIndex& kept, const SizedIndex& dropped);

/// Which of two indexes that replace each other stays: a constraint, then what a foreign key references, the
/// replica identity, the one clustered on, a unique one, the wider, the smaller, the older.
[[nodiscard]] bool stays_before(const SizedIndex& a, const SizedIndex& b);

}  // namespace pgadvisor::index_health
