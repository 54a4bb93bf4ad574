#include "advisor/hotspots/cause.hpp"

#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pgadvisor::hotspots {
namespace {

using advisor::HotspotCause;
using advisor::PlannedRead;

/// Who needs more of the rows is served best by a sequential scan.
constexpr double kMostRows = 0.5;
/// Changes since the last ANALYZE, as a share of the rows, beyond which what it found says little.
constexpr double kMuchChanged = 0.5;
constexpr std::array<std::string_view, 3> kSwitches{"enable_indexscan", "enable_bitmapscan",
                                                    "enable_indexonlyscan"};

using Reads = std::vector<const PlannedRead*>;

/// Those of the statements seen to read the table; when none was seen, those that are planned to.
Reads relevant(const Suspects& suspects) {
  Reads reads;
  for (const auto& statement : suspects.statements) {
    if (const auto* read = read_by(statement.query_id, suspects.reads)) reads.push_back(read);
  }
  if (!suspects.statements.empty()) return reads;
  for (const auto& read : suspects.reads) {
    if (read.sequential) reads.push_back(&read);
  }
  return reads;
}

/// A statement without a plan may need anything, and without statistics nobody knows what a plan needs.
bool most_rows_needed(const Suspects& suspects, const Reads& reads) {
  return !reads.empty() && reads.size() >= suspects.statements.size() && missing_analyze(suspects).empty() &&
         std::ranges::all_of(reads, [](const auto* read) {
           return read->sequential && read->share >= kMostRows && read->foreign_key.empty();
         });
}

bool has_statistics(const Suspects& suspects) {
  return std::ranges::any_of(suspects.snapshot->column_statistics, [&](const model::ColumnStatistics& row) {
    return row.relation == suspects.table;
  });
}

/// Foreign keys whose checks were seen to read the table; when nothing was seen to, those whose checks are
/// planned; when nothing is, all.
std::vector<std::string> guilty_keys(const Suspects& suspects) {
  std::vector<std::string> names;
  for (const auto& key : suspects.foreign_keys) {
    const auto is_its = [&](const auto& one) { return one.foreign_key == key.name; };
    const bool guilty = suspects.statements.empty()
                            ? suspects.reads.empty() || std::ranges::any_of(suspects.reads, is_its)
                            : std::ranges::any_of(suspects.statements, is_its);
    if (guilty) names.push_back(key.name);
  }
  return names;
}

/// The plans may be older than the catalog.
bool is_gone(const Suspects& suspects, const PlannedRead& read) {
  return suspects.snapshot != nullptr && !read.index.empty() &&
         std::ranges::none_of(suspects.snapshot->indexes, [&](const model::Index& index) {
           return index.is_valid && index.is_live && sql::quote_name(index.name) == read.index;
         });
}

/// The first read that an existing index could serve, or does in the sandbox.
const PlannedRead* served_by_index(const Suspects& suspects, const Reads& reads) {
  const auto found = std::ranges::find_if(
      reads, [&](const auto* read) { return !read->index.empty() && !is_gone(suspects, *read); });
  return found == reads.end() ? nullptr : *found;
}

/// Blames an index that served and is not there any more. False when there is none.
bool blame_drop(const Suspects& suspects, const Reads& reads, Cause& cause) {
  for (const auto* read : reads) {
    if (read->sequential || !is_gone(suspects, *read)) continue;
    cause.cause = HotspotCause::kMissingIndex;
    cause.reasons.push_back(
        fmt::format("Statement {} was planned to read it by index {}, which is not there any more.",
                    read->query_id, read->index));
    return true;
  }
  return false;
}

/// "enable_indexscan is off", and for whom of those who execute the statement; empty when all are on.
std::string switched_off(const Suspects& suspects, const std::string& query_id) {
  if (suspects.snapshot == nullptr) return {};
  const auto executes = [&](model::Oid role) {
    return std::ranges::any_of(suspects.statements, [&](const advisor::HotspotStatement& statement) {
      return statement.query_id == query_id && statement.user == role;
    });
  };
  for (const auto name : kSwitches) {
    const auto& settings = suspects.snapshot->settings;
    const auto found = std::ranges::find(settings, name, &model::Setting::name);
    if (found != settings.end() && found->value == "off") return fmt::format("{} is off", name);
    for (const auto& setting : suspects.snapshot->role_settings) {
      if (setting.name != name || setting.value != "off" || !executes(setting.oid)) continue;
      return fmt::format("{0} is off for role {1} (ALTER ROLE {1} RESET {0})", name,
                         sql::quote_identifier(setting.role));
    }
  }
  return {};
}

/// "Index i serves statement 7": why it is there.
std::string serves(const PlannedRead& read) {
  return read.sequential
             ? fmt::format("Index {} has a condition of statement {} as its first key", read.index,
                           read.query_id)
             : fmt::format("With the settings that pgadvisor sees, statement {} would use index {}",
                           read.query_id, read.index);
}

/// Blames what keeps the planner from an index that is there. False when nothing does.
bool blame_planner(const Suspects& suspects, const PlannedRead& read, Cause& cause) {
  const auto setting = switched_off(suspects, read.query_id);
  const auto analyze = missing_analyze(suspects);
  if (!setting.empty()) {
    cause.cause = HotspotCause::kPlannerSetting;
    cause.reasons.push_back(fmt::format("{}, but {}.", serves(read), setting));
    if (!analyze.empty()) cause.reasons.push_back("Also, " + analyze + ".");
  } else if (!analyze.empty()) {
    cause.cause = HotspotCause::kMissingStatistics;
    cause.reasons.push_back(fmt::format("{}, but {}.", serves(read), analyze));
  } else if (!read.sequential) {
    cause.reasons.push_back(
        fmt::format("{}: a prepared statement may keep an older plan, or its session have "
                    "other settings.",
                    serves(read)));
  }
  return !cause.reasons.empty();
}

}  // namespace

const PlannedRead* read_by(const std::string& query_id, std::span<const PlannedRead> reads) {
  const PlannedRead* found = nullptr;
  for (const auto& read : reads) {
    if (read.query_id != query_id) continue;
    if (found == nullptr || (read.sequential && !found->sequential)) found = &read;
  }
  return found;
}

std::string missing_analyze(const Suspects& suspects) {
  const auto fix = fmt::format("(ANALYZE {})", sql::quote_name(suspects.table));
  const auto& details = suspects.details;
  const bool never =
      details && (details->reltuples < 0 || (details->reltuples == 0 && details->live_rows > 0));
  const bool readable = suspects.snapshot != nullptr && !suspects.snapshot->column_statistics.empty();
  if (never || (readable && !has_statistics(suspects))) return "the table was never analysed " + fix;
  if (!details) return {};
  // What is counted begins anew when counters are reset.
  const double rows = std::max({1.0, details->live_rows, details->reltuples});
  if (details->changed_rows <= kMuchChanged * rows) return {};
  return fmt::format("{:.0f} of its {:.0f} rows changed since it was last analysed {}", details->changed_rows,
                     rows, fix);
}

Cause cause_of(const Suspects& suspects) {
  Cause cause;
  const auto reads = relevant(suspects);
  cause.foreign_keys = guilty_keys(suspects);
  if (most_rows_needed(suspects, reads)) {
    cause.cause = HotspotCause::kMostRowsNeeded;
    cause.reasons.emplace_back("Its statements need most of its rows: no index would serve them better.");
    return cause;
  }
  if (!cause.foreign_keys.empty()) {
    cause.cause = HotspotCause::kMissingForeignKeyIndex;
    for (const auto& name : cause.foreign_keys) {
      cause.reasons.push_back(
          fmt::format("No index serves the check of foreign key {}: each referenced row that is deleted, or "
                      "changes its key, reads the whole table, and no statement of its own shows it.",
                      sql::quote_identifier(name)));
    }
    return cause;
  }
  if (blame_drop(suspects, reads, cause)) return cause;
  const auto* served = served_by_index(suspects, reads);
  if (served != nullptr && blame_planner(suspects, *served, cause)) return cause;
  if (suspects.recommended) {
    cause.cause = HotspotCause::kMissingIndex;
    cause.reasons.emplace_back("A recommended index lets its statements read the rows they need only.");
    return cause;
  }
  if (const auto analyze = missing_analyze(suspects); !analyze.empty()) {
    cause.reasons.push_back("The planner knows it badly: " + analyze + ".");
  }
  if (suspects.statements.empty() && suspects.reads.empty()) {
    cause.reasons.emplace_back(
        "No statement that is known reads it whole: a function may, or one that "
        "pg_stat_statements dropped.");
  }
  return cause;
}

}  // namespace pgadvisor::hotspots
