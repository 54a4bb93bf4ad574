#include "daemon/reports/document.hpp"

#include "daemon/reports/parts.hpp"
#include "daemon/reports/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgadvisor::daemon::reports {
namespace {

const Figure& figure(const WeeklyReport& report, std::string_view name) {
  return *std::ranges::find(report.figures, name, &Figure::name);
}

std::string value_of(const WeeklyReport& report, std::string_view name) {
  const auto& found = figure(report, name);
  return value_text(found.kind, found.value);
}

std::string counted(std::size_t count, const char* one, const char* many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

Line open_sentence(const WeeklyReport& report) {
  Line line{strong(counted(report.open.all, "proposal", "proposals")),
            text(report.open.all == 1 ? " waits for a decision" : " wait for a decision")};
  if (figure(report, "open_ms_per_day").value) {
    line.push_back(text("; the open ones would save about "));
    line.push_back(strong(value_of(report, "open_ms_per_day")));
  }
  line.push_back(text("."));
  return line;
}

Line done_sentence(const WeeklyReport& report) {
  Line line{strong(counted(report.done.all, "change", "changes")), text(" carried out or judged")};
  if (const auto& saved = figure(report, "measured_ms_per_day").value) {
    line.push_back(text(*saved < 0 ? "; measured, they cost " : "; measured, they save "));
    line.push_back(strong(value_text(Figure::Kind::kTimePerDay, *saved < 0 ? -*saved : *saved)));
  }
  line.push_back(text("."));
  return line;
}

/// The most important things in one sentence each.
std::vector<Line> lead(const WeeklyReport& report) {
  std::vector<Line> lines{{text(fmt::format("From {} to {}.", report.zone.text(report.window.from),
                                            report.zone.text(report.window.to)))}};
  if (report.databases.empty()) {
    lines.push_back({strong("No database was analysed yet"),
                     text(": this report knows of nothing that is needed, or not needed.")});
  }
  constexpr double kMost = 0.9;
  if (const auto share = figure(report, "analysed_share").value; share && *share < kMost) {
    lines.push_back({text("Only "), strong(value_text(Figure::Kind::kShare, share)),
                     text(" of the statement time was analysed: what the rest needs is not known.")});
  }
  if (figure(report, "open").value) lines.push_back(open_sentence(report));
  lines.push_back(done_sentence(report));
  const double bytes =
      figure(report, "unused_bytes").value.value_or(0) + figure(report, "redundant_bytes").value.value_or(0);
  if (bytes > 0) {
    lines.push_back({text("Indexes that nothing needs hold "),
                     strong(value_text(Figure::Kind::kBytes, bytes)), text(".")});
  }
  return lines;
}

Section comparison(const WeeklyReport& report) {
  Section section{.heading = report.before ? "Compared with the report before" : "In numbers"};
  if (report.before) {
    section.intro.push_back(
        {text(fmt::format("Which spoke of the time until {}.", report.zone.text(report.before->to)))});
  } else {
    section.intro.push_back({text("This is the first report: there is none to compare it with.")});
  }
  for (const auto& one : report.figures) {
    section.figures.push_back({one.label, value_text(one.kind, one.value),
                               report.before ? value_text(one.kind, one.before) : "", change_text(one)});
  }
  return section;
}

/// `none`: what an empty list means where everything was looked at.
template <class T, class Make>
Section list(const char* heading, const Lines<T>& lines, const std::string& none, Make make) {
  Section section{.heading = heading};
  if (lines.items.empty()) section.intro.push_back({text(none)});
  for (const auto& line : lines.items) section.items.push_back(make(line));
  section.left_out = lines.all - lines.items.size();
  return section;
}

/// An empty list is good news only where somebody looked.
std::string when_known(const WeeklyReport& report, const char* none) {
  if (report.databases.empty()) return "Not known: no database was analysed yet.";
  if (report.unheard.empty()) return none;
  return fmt::format("{} That is of the databases analysed: {} not analysed yet.", none,
                     counted(report.unheard.size(), "database is", "databases are"));
}

void add_proposals(Document& document, const WeeklyReport& report) {
  const auto open = [&](const ProposalLine& line) { return open_item(line, report); };
  const auto done = [&](const ProposalLine& line) { return done_item(line, report); };
  const auto aside = [&](const ProposalLine& line) { return aside_item(line, report); };
  auto& sections = document.sections;
  sections.push_back(
      list("New proposals", report.fresh, when_known(report, "Nothing new is proposed."), open));
  sections.back().in_summary = true;
  sections.push_back(list("What was done, and what it brought", report.done,
                          "No change of an index was carried out or judged.", done));
  sections.back().in_summary = true;
  sections.push_back(list("Still open, by the time saved", report.open,
                          when_known(report, "Nothing waits for a decision."), open));
  if (report.aside.all > 0) sections.push_back(list("Put aside", report.aside, "", aside));
}

void add_indexes(Document& document, const WeeklyReport& report) {
  const auto index = [&](const IndexLine& line) { return index_item(line, report); };
  auto& sections = document.sections;
  sections.push_back(
      list("Unused indexes", report.unused, when_known(report, "No index is known to be unused."), index));
  sections.push_back(list("Redundant and duplicate indexes", report.redundant,
                          when_known(report, "No index does another one's work."), index));
  if (report.other_indexes.all > 0)
    sections.push_back(
        list("Invalid, bloated and other indexes to look at", report.other_indexes, "", index));
  if (report.foreign_keys.all > 0)
    sections.push_back(list("Foreign keys without an index", report.foreign_keys, "", foreign_key_item));
}

void add_hotspots(Document& document, const WeeklyReport& report) {
  const auto hotspot = [&](const HotspotLine& line) { return hotspot_item(line, report); };
  const char* none = report.hotspots_known ? "No table is read much by sequential scans."
                                           : "Not known: nobody looked at what sequential scans read yet.";
  document.sections.push_back(list("Hotspots", report.hotspots, none, hotspot));
  if (report.resolved_hotspots.all > 0)
    document.sections.push_back(list("Hotspots no more", report.resolved_hotspots, "", hotspot));
}

}  // namespace

std::string subject_of(const WeeklyReport& report) {
  if (report.databases.empty() && report.open.all == 0)
    return fmt::format("pgadvisor: {}: nothing was analysed yet", shortened(report.target, 60));
  auto subject = fmt::format("pgadvisor: {}: {}", shortened(report.target, 60),
                             counted(report.open.all, "open proposal", "open proposals"));
  if (figure(report, "open_ms_per_day").value) subject += ", " + value_of(report, "open_ms_per_day");
  const auto regressed = std::ranges::count_if(
      report.done.items, [](const auto& line) { return line.state == lifecycle::State::kRegressed; });
  if (regressed > 0) subject += fmt::format(", {} regressed", regressed);
  return subject;
}

Document document_of(const WeeklyReport& report) {
  Document document;
  document.title = fmt::format("Index report of {}", visible(report.target));
  document.lead = lead(report);
  document.sections.push_back(comparison(report));
  add_proposals(document, report);
  add_indexes(document, report);
  add_hotspots(document, report);
  document.sections.push_back(honesty(report));
  document.foot = fmt::format("Made by pgadvisor {} at {}. It has changed nothing in the monitored server.",
                              report.version, report.zone.text(report.made_at));
  return document;
}

}  // namespace pgadvisor::daemon::reports
