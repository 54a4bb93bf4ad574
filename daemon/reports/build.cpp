#include "daemon/reports/build.hpp"

#include "collectors/model/stable_hash.hpp"
#include "daemon/reports/sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace pgadvisor::daemon::reports {
namespace {

using Kind = Figure::Kind;
using lifecycle::State;

/// Of the time of all statements seen; nothing where no times are known.
std::optional<double> analysed_share(const WeeklyReport& report) {
  model::Milliseconds all{};
  model::Milliseconds analysed{};
  for (const auto& database : report.databases) {
    if (!database.coverage) continue;
    all += database.coverage->total;
    analysed += database.coverage->analysed;
  }
  if (all.count() <= 0) return std::nullopt;
  return analysed / all;
}

std::optional<double> predicted(const std::vector<ProposalLine>& lines) {
  std::optional<double> sum;
  for (const auto& line : lines) {
    if (line.state == State::kOpen && line.per_day) sum = sum.value_or(0) + line.per_day->count();
  }
  return sum;
}

std::optional<double> measured(const std::vector<ProposalLine>& lines) {
  std::optional<double> sum;
  for (const auto& line : lines) {
    // Of what is not significant nothing is claimed.
    const bool known = line.effect && line.effect->verdict != lifecycle::Verdict::kUnknown;
    if (known && line.effect->saved_per_day) sum = sum.value_or(0) + line.effect->saved_per_day->count();
  }
  return sum;
}

/// How many, where anything is known.
template <class T>
std::optional<double> count(const WeeklyReport& report, const Lines<T>& lines) {
  if (report.databases.empty() && lines.items.empty()) return std::nullopt;
  return static_cast<double>(lines.items.size());
}

/// What doing what is proposed would give back, where anything is known.
std::optional<double> bytes(const WeeklyReport& report, const Lines<IndexLine>& lines) {
  if (report.databases.empty()) return std::nullopt;
  return std::accumulate(lines.items.begin(), lines.items.end(), 0.0, [](double sum, const IndexLine& line) {
    return sum + static_cast<double>(line.reclaimable.value);
  });
}

void compare(std::vector<Figure>& figures, const std::optional<Baseline>& before) {
  if (!before) return;
  for (auto& figure : figures) {
    const auto found = before->figures.find(figure.name);
    if (found != before->figures.end()) figure.before = found->second;
  }
}

std::vector<Figure> figures_of(const WeeklyReport& report) {
  std::vector<Figure> figures{
      {"open", "Open proposals", Kind::kCount, count(report, report.open)},
      {"open_ms_per_day", "Time they would save", Kind::kTimePerDay, predicted(report.open.items)},
      {"new", "New proposals", Kind::kCount, count(report, report.fresh)},
      {"done", "Changes carried out or judged", Kind::kCount, static_cast<double>(report.done.items.size())},
      {"measured_ms_per_day", "Time they save, measured", Kind::kTimePerDay, measured(report.done.items)},
      {"unused", "Unused indexes", Kind::kCount, count(report, report.unused)},
      {"unused_bytes", "Bytes they hold", Kind::kBytes, bytes(report, report.unused)},
      {"redundant", "Redundant and duplicate indexes", Kind::kCount, count(report, report.redundant)},
      {"redundant_bytes", "Bytes they hold", Kind::kBytes, bytes(report, report.redundant)},
      {"other_indexes", "Other indexes to look at", Kind::kCount, count(report, report.other_indexes)},
      {"other_indexes_bytes", "Bytes to gain there", Kind::kBytes, bytes(report, report.other_indexes)},
      {"foreign_keys", "Foreign keys without an index", Kind::kCount, count(report, report.foreign_keys)},
      {"hotspots", "Hotspots", Kind::kCount,
       report.hotspots_known ? std::optional(static_cast<double>(report.hotspots.items.size()))
                             : std::nullopt},
      {"analysed_share", "Statement time that was analysed", Kind::kShare, analysed_share(report)}};
  compare(figures, report.before);
  return figures;
}

void cut_all(WeeklyReport& report) {
  for (auto* lines : {&report.fresh, &report.done, &report.open, &report.aside})
    *lines = cut(std::move(lines->items));
  for (auto* lines : {&report.unused, &report.redundant, &report.other_indexes})
    *lines = cut(std::move(lines->items));
  report.foreign_keys = cut(std::move(report.foreign_keys.items));
  for (auto* lines : {&report.hotspots, &report.resolved_hotspots}) *lines = cut(std::move(lines->items));
}

}  // namespace

std::string mark_of(std::string_view kind, std::string_view database, std::string_view name) {
  return fmt::format("{:016x}", model::stable_hash(fmt::format("{}\n{}\n{}", kind, database, name)));
}

std::string id_of(model::Timestamp time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<seconds>(time - day));
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

WeeklyReport build(const Material& material, std::string id) {
  WeeklyReport report;
  report.id = std::move(id);
  report.window = material.window;
  report.made_at = material.now;
  report.target = material.status.target;
  report.version = material.status.version;
  report.page_url = material.page_url;
  report.zone = material.zone;
  report.before = material.before;
  report.advice_at = material.report.as_of;
  add_proposals(report, material);
  add_indexes(report, material);
  add_hotspots(report, material);
  add_honesty(report, material);
  report.figures = figures_of(report);  // of everything: before it is cut
  cut_all(report);
  return report;
}

}  // namespace pgadvisor::daemon::reports
