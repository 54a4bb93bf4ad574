#include "advisor/index_health/invalid.hpp"

#include "advisor/index_health/replacement.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace pgadvisor::index_health {

namespace {

/// ChooseRelationName() appends a number where the name is taken.
bool ends_with(std::string_view name, std::string_view suffix) {
  while (!name.empty() && std::isdigit(static_cast<unsigned char>(name.back())) != 0) name.remove_suffix(1);
  return name.ends_with(suffix);
}

/// A valid index that does what this one was to do.
const model::Index* valid_twin(const Subject& subject, const Catalog& catalog) {
  model::Index as_if_valid = *subject.index;
  as_if_valid.is_valid = true;
  for (const auto* other : catalog.indexes_of(subject.table->oid)) {
    const auto same = replacement({other, 1}, {&as_if_valid, 1});
    if (same.replaces != Replaces::kNo && same.same_definition) return other;
  }
  return nullptr;
}

std::string why_failed(const Subject& subject, const Catalog& catalog) {
  const auto& index = *subject.index;
  if (!index.is_live) return "A DROP INDEX CONCURRENTLY of it was interrupted: it remains to be dropped.";
  if (ends_with(index.name.name, "_ccold"))
    return "REINDEX CONCURRENTLY has replaced it, and was interrupted before it dropped it: it remains to be "
           "dropped.";
  if (ends_with(index.name.name, "_ccnew"))
    return "REINDEX CONCURRENTLY failed and left it behind; the index it was to replace is still there. Drop "
           "it, then "
           "repeat the REINDEX.";
  const std::string failed =
      "CREATE INDEX CONCURRENTLY or REINDEX CONCURRENTLY failed: no query uses it, every write "
      "maintains it.";
  if (const auto* twin = valid_twin(subject, catalog))
    return fmt::format("{} {} is valid and does its work.", failed, sql::quote_name(twin->name));
  return failed + " If it is wanted, REINDEX INDEX CONCURRENTLY builds it again.";
}

}  // namespace

Invalid judge_validity(const Subject& subject, const Catalog& catalog) {
  const auto& index = *subject.index;
  using Kind = Invalid::Kind;
  if (index.is_valid) return {};
  if (subject.is_partitioned())
    return {
        Kind::kIncomplete,
        "It was created ON ONLY the partitioned table, and not all partitions have an index attached to it: "
        "ALTER INDEX ... ATTACH PARTITION completes it."};
  if (index.build == model::IndexBuild::kUnseen)
    return {Kind::kUntold,
            "It is not valid, and an index is being built of which the role may not see more: GRANT "
            "pg_read_all_stats "
            "tells whether it is this one."};
  if (index.build == model::IndexBuild::kRunning)
    return {Kind::kBuilding,
            "An index of its table is being built right now: it may become valid. Leave it alone."};
  if (catalog.snapshot().server.in_recovery)
    return {Kind::kUntold, "It is not valid; whether it is being built can be seen on the primary only."};
  return {Kind::kFailed, why_failed(subject, catalog)};
}

}  // namespace pgadvisor::index_health
