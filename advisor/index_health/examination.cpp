#include "advisor/index_health/examination.hpp"

#include "advisor/index_health/bloat.hpp"
#include "advisor/index_health/cure.hpp"
#include "advisor/index_health/prediction.hpp"
#include "advisor/index_health/rehearsal.hpp"
#include "advisor/index_health/worth.hpp"
#include "advisor/sandbox/relation_sizes.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgadvisor::index_health {

using model::NextStep;
using model::Result;

namespace {

bool stays(const Judged& judged) {
  const auto& verdict = judged.report.verdict;
  return judged.action == Action::kNone &&
         (verdict == "ok" || verdict == "observing" || verdict == "protected" || verdict == "unknown");
}

bool is_drop(const Judged& judged) {
  return judged.action == Action::kDrop || judged.action == Action::kDropConstraint;
}

/// One without plans, and without rows in the copy of the schema.
bool is_planned(const Judged& judged) {
  return is_drop(judged) && judged.report.verdict != "invalid";
}

/// Tools, pg_dump above all: what they ask the planner of the sandbox may refuse, but they use no user's
/// index.
bool reads_catalogs(const workload::Workload& workload, const std::string& query_id) {
  const auto found = std::ranges::find(workload.statements, query_id, &workload::Statement::id);
  return found != workload.statements.end() && found->text.find("pg_catalog.") != std::string::npos;
}

double rise(const advisor::WorseStatement& statement) {
  return statement.cost_after / statement.cost_before - 1;
}

void doubt(Judged& judged, const Worth& worth) {
  auto& report = judged.report;
  if (report.verdict != "ok" && report.verdict != "observing") return;
  const auto [detail, reason] = worth.doubt(*judged.subject);
  if (detail.empty()) return;
  report.verdict = "review";
  report.detail = detail;
  report.reasons.insert(report.reasons.begin(), reason);
}

}  // namespace

ParentChanges deleted_rows(const model::DatabaseActivity& activity) {
  ParentChanges changes;
  changes.window = activity.window;
  for (const auto& table : activity.tables)
    if (table.counters.deleted > 0) changes.deleted[table.table] = table.counters.deleted;
  return changes;
}

void doubt_worth(std::vector<Judged>& judged, const Catalog& catalog) {
  const Worth worth(catalog);
  for (auto& one : judged) doubt(one, worth);
}

Examination::Examination(const Evidence& evidence, const Catalog& catalog, sandbox::Database& sandbox,
                         std::stop_token stop)
    : evidence_(evidence), catalog_(catalog), sandbox_(sandbox), stop_(std::move(stop)) {
  for (const auto& row : evidence.snapshot.column_statistics) analysed_tables_.insert(row.relation);
  for (const auto& memory : evidence.memory) memory_.emplace(memory.index, &memory);
}

Result<void> Examination::weigh(std::vector<Judged>& judged) {
  for (auto& one : judged) {
    if (stop_.stop_requested()) return model::give_up("stopped");
    if (auto done = weigh(one); !done) return done;
  }
  doubt_worth(judged, catalog_);
  return {};
}

Result<void> Examination::weigh(Judged& judged) {
  const auto& subject = *judged.subject;
  auto& report = judged.report;
  if (!stays(judged) || !can_be_bloated(subject)) return {};
  const bool analysed = std::ranges::all_of(subject.parts, [&](const auto* part) {
    return analysed_tables_.contains(catalog_.table(part->table)->name);
  });
  if (!analysed) return {};
  const auto predicted = predicted_pages(subject, catalog_, sandbox_);
  if (!predicted) return predicted.error();
  if (!*predicted || **predicted <= 0) return {};
  report.size_ratio = static_cast<double>(subject.pages) / static_cast<double>(**predicted);
  const auto before = memory_.find(report.index);
  const bool same = before != memory_.end() && before->second->identity == report.identity;
  const auto bloat = judge_bloat(subject, **predicted, same ? before->second->best_ratio : std::nullopt);
  if (bloat.reason.empty()) return {};
  report.verdict = "bloated";
  report.reclaimable = bloat.excess;
  report.reasons.insert(report.reasons.begin(), bloat.reason);
  judged.action = Action::kReindex;
  return {};
}

Result<void> Examination::prove(std::vector<Judged>& judged, const workload::Workload& workload,
                                const ForeignKeys& foreign_keys, ParentChanges& changes) {
  const bool misses_index = !foreign_keys.without_index(changes).empty();
  if (misses_index || std::ranges::any_of(judged, is_drop)) {
    if (auto done = analyse(workload); !done) return done;
    if (misses_index) add_key_updates(changes);
    if (auto done = rehearse(judged); !done) return done;
  }
  for (auto& one : judged) {
    if (auto done = write_down(one); !done) return done;
  }
  return {};
}

Result<void> Examination::analyse(const workload::Workload& workload) {
  auto analysed = workload::analyse(workload, evidence_.snapshot, sandbox_, stop_);
  if (!analysed) return analysed.error();
  for (const auto& statement : analysed->skipped) {
    if (reads_catalogs(workload, statement.query_id)) continue;
    left_out_.push_back(
        fmt::format("statement {} is not part of rehearsals: {}", statement.query_id, statement.reason));
  }
  analysed_ = std::move(*analysed);
  writes_.emplace(workload, *analysed_, evidence_.snapshot);
  return {};
}

void Examination::add_key_updates(ParentChanges& changes) const {
  for (const auto& statement : analysed_->statements) {
    for (const auto& write : statement.parts.front().scans.writes) {
      if (write.command != 'u' && write.command != 'm') continue;
      changes.updates.push_back(
          {write.relation, write.columns, statement.statement.calls * workload::rows_written(statement)});
    }
  }
}

Result<void> Examination::rehearse(std::vector<Judged>& judged) {
  std::vector<const Subject*> drops;
  for (const auto& one : judged)
    if (is_planned(one)) drops.push_back(one.subject);
  if (drops.empty()) return {};
  auto rehearsals = index_health::rehearse(drops, catalog_, analysed_->statements, sandbox_, stop_);
  if (!rehearsals) return rehearsals.error();
  for (auto& one : judged) {
    const auto found = rehearsals->find(one.subject->index->oid);
    if (found == rehearsals->end()) continue;
    auto& report = one.report;
    report.rehearsal = std::move(found->second);
    const auto worst = std::ranges::max_element(report.rehearsal->statements, {}, rise);
    if (worst == report.rehearsal->statements.end() || rise(*worst) < kTooMuchRise) continue;
    report.verdict = "review";
    report.detail = "worse_plans";
    report.reasons.insert(
        report.reasons.begin(),
        fmt::format("Without it a statement that the server executes would cost {:.0f} % more "
                    "({}).",
                    100 * rise(*worst), worst->query_id));
  }
  return {};
}

Result<void> Examination::write_down(Judged& judged) {
  std::optional<sandbox::ExistingIndex> twin;
  std::string constraint;
  if (is_drop(judged)) {
    auto found = sandbox_.existing_index(judged.subject->index->name);
    if (!found) return found.error();
    twin = std::move(*found);
  }
  if (judged.action == Action::kDropConstraint) {
    auto ddl = sandbox_.constraint_ddl(judged.subject->table->name, judged.subject->index->constraint);
    if (!ddl) return ddl.error();
    constraint = std::move(*ddl);
  }
  if (twin) {
    add_writes(judged, twin->definition);
    suggest_statistics(judged, twin->definition);
  }
  write_cure(judged, twin, constraint);
  return {};
}

/// As for an index that is proposed: the entries that the window's writes made in it.
void Examination::add_writes(Judged& judged, const model::IndexDefinition& definition) const {
  for (const auto* part : judged.subject->parts) {
    const auto* table = catalog_.table(part->table);
    const double rows = rows_in(*part, *table);
    whatif::Candidate as_candidate{
        definition, table, {part->pages, rows, part->tree_height.value_or(1)}, 1, {}};
    as_candidate.definition.table = table->name;
    if (part->is_partial) as_candidate.selectivity = rows / std::max(1.0, sandbox::rows_of(*table));
    judged.report.write_overhead += writes_->load(as_candidate).overhead;
  }
}

/// What an index on expressions leaves to the planner is statistics; they can be kept without it, from 14 on.
void Examination::suggest_statistics(Judged& judged, const model::IndexDefinition& definition) const {
  constexpr int kFirstWithExpressions = 140000;
  if (!judged.subject->index->has_expressions || judged.report.verdict != "review" ||
      judged.report.detail != "expression" || evidence_.snapshot.server.version < kFirstWithExpressions)
    return;
  for (const auto& key : definition.keys) {
    if (key.expression.empty()) continue;
    judged.report.reasons.push_back(
        fmt::format("Without the index these statistics are kept by CREATE STATISTICS ON ({}) FROM {} (give "
                    "it a name), then "
                    "ANALYZE.",
                    key.expression, sql::quote_name(definition.table)));
  }
}

}  // namespace pgadvisor::index_health
