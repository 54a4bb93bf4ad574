#include "advisor/index_health/cure.hpp"

#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

namespace pgadvisor::index_health {

namespace {

/// CREATE [UNIQUE] INDEX name ON ...: the first of these words that stands after CREATE.
std::string concurrently(std::string ddl) {
  constexpr std::string_view kIndex = "INDEX ";
  const auto at = ddl.find(kIndex);
  if (at != std::string::npos) ddl.insert(at + kIndex.size(), "CONCURRENTLY ");
  return ddl;
}

/// A copy of the schema knows no tablespaces. Before WHERE, which ends the text.
std::string in_tablespace(std::string ddl, const std::string& tablespace, const std::string& predicate) {
  if (tablespace.empty()) return ddl;
  const auto where = predicate.empty() ? std::string() : " WHERE " + predicate;
  const auto at = ddl.ends_with(where) ? ddl.size() - where.size() : ddl.size();
  ddl.insert(at, " TABLESPACE " + sql::quote_identifier(tablespace));
  return ddl;
}

void write_drop(Judged& judged, const std::optional<sandbox::ExistingIndex>& twin) {
  const auto& index = *judged.subject->index;
  auto& report = judged.report;
  const bool alone =
      !judged.subject->is_partitioned();  // PostgreSQL has no CONCURRENTLY for partitioned ones
  std::string ddl = twin ? in_tablespace(twin->ddl, index.tablespace, twin->predicate) : index.ddl;
  if (ddl.empty()) {
    report.reasons.emplace_back("How to make it again is not known, so that no DROP is proposed.");
    return;
  }
  report.ddl = sql::drop_index(index.name.schema, index.name.name, alone);
  report.rollback = alone ? concurrently(std::move(ddl)) : std::move(ddl);
  if (!alone)
    report.reasons.emplace_back("Dropping an index of a partitioned table locks the table for a moment.");
}

void write_constraint(Judged& judged, const std::string& constraint_ddl) {
  const auto& index = *judged.subject->index;
  if (constraint_ddl.empty()) return;
  judged.report.ddl =
      fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", sql::quote_name(judged.subject->table->name),
                  sql::quote_identifier(index.constraint));
  judged.report.rollback = constraint_ddl;
}

void write_reindex(Judged& judged) {
  const auto& index = *judged.subject->index;
  const auto name = sql::quote_name(index.name);
  // indexcmds.c refuses CONCURRENTLY for exclusion constraints.
  judged.report.ddl = fmt::format("REINDEX INDEX {}{}", index.is_exclusion ? "" : "CONCURRENTLY ", name);
  judged.report.reasons.push_back(
      index.is_exclusion
          ? "REINDEX of an exclusion constraint locks its table against writes."
          : "REINDEX CONCURRENTLY needs room for a second one meanwhile; interrupted, it leaves an invalid "
            "index behind, whose name ends in _ccnew, to be dropped.");
}

}  // namespace

void write_cure(Judged& judged, const std::optional<sandbox::ExistingIndex>& twin,
                const std::string& constraint_ddl) {
  switch (judged.action) {
    case Action::kNone:
      return;
    case Action::kDrop:
      return write_drop(judged, twin);
    case Action::kDropConstraint:
      return write_constraint(judged, constraint_ddl);
    case Action::kReindex:
      return write_reindex(judged);
  }
}

}  // namespace pgadvisor::index_health
