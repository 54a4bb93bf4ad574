#include "daemon/reports/parts.hpp"

#include "daemon/reports/words.hpp"
#include "daemon/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgadvisor::daemon::reports {
namespace {

using daemon::text::pretty;
using lifecycle::Action;
using lifecycle::Role;
using lifecycle::State;
using lifecycle::Verdict;

/// The page keeps its view behind the hash.
std::string link_of(const ProposalLine& line, const WeeklyReport& report) {
  if (report.page_url.empty()) return {};
  const auto slash = report.page_url.ends_with('/') ? "" : "/";
  return fmt::format("{}{}#/recommendations/{}", report.page_url, slash, line.id);
}

/// What it is, in which database.
Line title_of(const ProposalLine& line) {
  return {text(line.action == Action::kCreateIndex ? "Create " : "Drop "),
          code(line.index),
          text(" on "),
          code(line.table),
          text(", database "),
          code(line.database)};
}

void add_statements(Item& item, const ProposalLine& line) {
  for (const auto& statement : line.statements) {
    Line detail{text("for ")};
    detail.push_back(code(shortened(statement.query, kQueryLength)));
    if (statement.cost_before && statement.cost_after) {
      detail.push_back(text(
          fmt::format(": planner cost {:.1f} to {:.1f}", *statement.cost_before, *statement.cost_after)));
    }
    item.details.push_back(std::move(detail));
  }
}

void add_reasons(Item& item, const std::vector<std::string>& reasons) {
  for (const auto& reason : reasons) item.details.push_back({text(reason)});
}

std::string_view verdict_words(Verdict verdict) {
  switch (verdict) {
    case Verdict::kVerified:
      return "verified";
    case Verdict::kWithoutEffect:
      return "without effect";
    case Verdict::kRegressed:
      return "regressed";
    case Verdict::kUnknown:
      return "not known yet";
  }
  return "not known yet";
}

std::string_view role_words(Role role) {
  switch (role) {
    case Role::kServed:
      return "the statements it is for";
    case Role::kReader:
      return "other readers of the table";
    case Role::kWriter:
      return "writers of the table";
  }
  return "";
}

std::string role_sentence(const lifecycle::RoleEffect& role) {
  auto sentence = fmt::format("{}: {} calls before, {} after", role_words(role.role), role.calls_before,
                              role.calls_after);
  if (!role.time) return sentence + ", too few to tell";
  return sentence + fmt::format(", {} time per call ({} to {})", percent_change(role.time->ratio),
                                percent_change(role.time->low), percent_change(role.time->high));
}

void add_effect(Item& item, const lifecycle::Effect& effect, const ProposalLine& line) {
  Line verdict{text("Measured: "), strong(std::string(verdict_words(effect.verdict)))};
  if (effect.saved_per_day && effect.verdict != Verdict::kUnknown) {
    const auto saved = *effect.saved_per_day;
    verdict.push_back(text(saved.count() < 0 ? ", costs " : ", saves "));
    verdict.push_back(strong(pretty(saved.count() < 0 ? -saved : saved) + " a day"));
  }
  if (line.per_day) verdict.push_back(text(", predicted " + pretty(*line.per_day) + " a day"));
  item.details.push_back(std::move(verdict));
  add_reasons(item, effect.reasons);
  for (const auto& role : effect.roles) item.details.push_back({text(role_sentence(role))});
  if (line.action == Action::kCreateIndex) {
    auto used = fmt::format("used by {} of {} scans of the table", effect.index_scans, effect.table_scans);
    if (effect.real_size) used += fmt::format("; holds {}", pretty(*effect.real_size));
    if (effect.real_size && effect.predicted_size.value > 0) {
      used += fmt::format(", predicted {}", pretty(effect.predicted_size));
    }
    item.details.push_back({text(used)});
  }
  if (effect.hot_before && effect.hot_after) {
    item.details.push_back({text(fmt::format("HOT updates of the table: {:.0f} % before, {:.0f} % after",
                                             100 * *effect.hot_before, 100 * *effect.hot_after))});
  }
}

}  // namespace

Item open_item(const ProposalLine& line, const WeeklyReport& report) {
  Item item{.title = title_of(line), .sql = line.sql, .link = link_of(line, report)};
  std::string facts;
  if (line.state == State::kOpen && line.per_day)
    facts = fmt::format("saves {} a day, ", pretty(*line.per_day));
  if (line.state == State::kOpen && line.share)
    facts += fmt::format("{:.1f} % of the workload, ", 100 * *line.share);
  item.details.push_back(
      {text(fmt::format("{}{}, since {}", facts, pretty(line.size), report.zone.text(line.since)))});
  if (line.state == State::kOpen) {
    add_reasons(item, line.reasons);
    add_statements(item, line);
  } else {  // was carried out, and should be taken back
    item.title.push_back(text(": "));
    item.title.push_back(
        strong(line.state == State::kRegressed ? "regressed, take it back" : "without effect, take it back"));
    if (line.effect) add_effect(item, *line.effect, line);
  }
  return item;
}

Item done_item(const ProposalLine& line, const WeeklyReport& report) {
  Item item{.title = title_of(line), .link = link_of(line, report)};
  if (line.effect) {
    add_effect(item, *line.effect, line);
  } else {
    item.details.push_back({text("Nothing was measured yet.")});
  }
  if (line.applied_at) {
    item.details.push_back(
        {text(fmt::format("seen carried out at {}{}", report.zone.text(*line.applied_at),
                          line.origin == lifecycle::Origin::kCatalog ? ", proposed by nobody here" : ""))});
  }
  if (line.state == State::kRegressed || line.state == State::kWithoutEffect) item.sql = line.sql;
  return item;
}

Item aside_item(const ProposalLine& line, const WeeklyReport& report) {
  Item item{.title = title_of(line), .link = link_of(line, report)};
  Line how{text(line.state == State::kSnoozed ? "snoozed by " : "dismissed by "), code(line.by),
           text(" at " + report.zone.text(line.since))};
  if (!line.why.empty()) how.push_back(text(": "));
  if (!line.why.empty()) how.push_back(text(line.why));
  item.details.push_back(std::move(how));
  return item;
}

}  // namespace pgadvisor::daemon::reports
