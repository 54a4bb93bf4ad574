#include "collectors/sql/quote.hpp"
#include "daemon/log.hpp"
#include "daemon/text.hpp"
#include "daemon/wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

namespace pgadvisor::daemon::text {
namespace {

using advisor::ForeignKeyReport;
using advisor::IndexHealth;
using advisor::IndexReport;
using log::printable;

constexpr std::size_t kWorseShown = 3;
constexpr const char* kMargin = "           ";

using Reports = std::vector<const IndexReport*>;

Reports those(const IndexHealth& health, const std::function<bool(const IndexReport&)>& wanted) {
  Reports reports;
  for (const auto& index : health.indexes)
    if (wanted(index)) reports.push_back(&index);
  return reports;
}

bool shrinks(const IndexReport& index) {
  return index.verdict == "bloated";
}
bool needs_a_look(const IndexReport& index) {
  return is_finding(index) && !can_go(index) && !shrinks(index);
}
bool is_rest(const IndexReport& index) {
  return !is_finding(index);
}

model::Bytes reclaimable(const Reports& reports) {
  model::Bytes sum;
  for (const auto* report : reports) sum += report->reclaimable;
  return sum;
}

std::string counted(std::size_t number, const char* one, const char* many) {
  return fmt::format("{} {}", number, number == 1 ? one : many);
}

std::string date(model::Timestamp time) {
  return to_rfc3339(time).substr(0, 16).replace(10, 1, " ");
}

std::string head(const IndexHealth& health, const std::string& database, int server_version) {
  model::Bytes total;
  for (const auto& index : health.indexes) total += index.size;
  auto text =
      fmt::format("Database {} (PostgreSQL {}): {}, {}.\n", printable(database), version(server_version),
                  counted(health.indexes.size(), "index", "indexes"), pretty(total));
  const auto going = those(health, advisor::can_go);
  const auto shrinking = those(health, shrinks);
  const auto looks = those(health, needs_a_look);
  std::vector<std::string> parts;
  if (!going.empty())
    parts.push_back(fmt::format("{} can go ({})", going.size(), pretty(reclaimable(going))));
  if (!shrinking.empty())
    parts.push_back(fmt::format("{} can shrink (by {})", shrinking.size(), pretty(reclaimable(shrinking))));
  if (!looks.empty()) parts.push_back(fmt::format("{} should be looked at", looks.size()));
  if (!health.foreign_keys.empty())
    parts.push_back(
        counted(health.foreign_keys.size(), "foreign key has no index", "foreign keys have no index"));
  text += parts.empty() ? std::string("Nothing to do.\n") : fmt::format("{}.\n", fmt::join(parts, ", "));
  if (health.window.from != health.window.to)
    text += fmt::format("Use is known since {} UTC.\n", date(health.window.from));
  for (const auto& member : health.members) {
    text += fmt::format("  {}: {}\n", printable(member.name),
                        member.watched ? "counted" : printable(member.trouble));
  }
  return text;
}

std::string rehearsal(const IndexReport& index) {
  if (!index.rehearsal) return {};
  const auto& worse = index.rehearsal->statements;
  if (index.rehearsal->planned == 0)
    return fmt::format("{}Rehearsed: no statement of the workload reads its table.\n", kMargin);
  auto text =
      fmt::format("{}Rehearsed: of {} on its table, {}.\n", kMargin,
                  counted(static_cast<std::size_t>(index.rehearsal->planned), "statement", "statements"),
                  worse.empty() ? "none gets worse" : counted(worse.size(), "gets worse", "get worse"));
  for (std::size_t i = 0; i < std::min(kWorseShown, worse.size()); ++i) {
    text += fmt::format("{}  {:.2f} -> {:.2f}  {}\n", kMargin, worse[i].cost_before.value,
                        worse[i].cost_after.value, shortened(worse[i].query));
  }
  return text;
}

std::string entry(const IndexReport& index) {
  auto text = fmt::format("\n{:>9}  {} on {}: {}\n",
                          pretty(index.reclaimable.value > 0 ? index.reclaimable : index.size),
                          printable(sql::quote_name(index.index)),
                          printable(sql::quote_name({index.table_schema, index.table})), index.verdict);
  for (const auto& reason : index.reasons) text += fmt::format("{}- {}\n", kMargin, printable(reason));
  text += rehearsal(index);
  if (const auto& saved = index.write_overhead; saved.writes > 0) {
    text += fmt::format("{}Saves {:.0f} index entries{} and {} of WAL.\n", kMargin, saved.writes,
                        saved.time ? ", some " + pretty(*saved.time) : std::string(), pretty(saved.wal));
  }
  if (!index.ddl.empty()) text += fmt::format("{}{};\n", kMargin, printable(index.ddl));
  if (!index.rollback.empty()) text += fmt::format("{}back: {};\n", kMargin, printable(index.rollback));
  return text;
}

std::string section(const char* title, const Reports& reports) {
  if (reports.empty()) return {};
  auto text = fmt::format("\n{}\n", title);
  for (const auto* report : reports) text += entry(*report);
  return text;
}

std::string foreign_keys(const std::vector<ForeignKeyReport>& keys) {
  if (keys.empty()) return {};
  std::string text = "\nFOREIGN KEYS WITHOUT AN INDEX\n";
  for (const auto& key : keys) {
    std::vector<std::string> columns;
    for (const auto& column : key.columns) columns.push_back(sql::quote_identifier(column));
    text += fmt::format("\n{:>9}  {} ({})\n", advisor::to_string(key.severity),
                        printable(sql::quote_name(key.table)),
                        printable(fmt::format("{}", fmt::join(columns, ", "))));
    for (const auto& reason : key.reasons) text += fmt::format("{}- {}\n", kMargin, printable(reason));
    text += fmt::format("{0}{1};\n{0}back: {2};\n", kMargin, printable(key.ddl), printable(key.rollback));
  }
  return text;
}

/// One line each.
std::string rest(const Reports& reports) {
  if (reports.empty()) return {};
  std::string text = "\nTHE REST\n\n";
  std::size_t width = 0;
  std::vector<std::string> names;
  for (const auto* report : reports) {
    names.push_back(printable(sql::quote_name(report->index)));
    width = std::max(width, std::min<std::size_t>(names.back().size(), 48));
  }
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const auto& report = *reports[i];
    text += fmt::format("{:>9}  {:<{}}  {:<9}  {}\n", pretty(report.size), names[i], width, report.verdict,
                        report.reasons.empty() ? std::string() : printable(report.reasons.front()));
  }
  return text;
}

}  // namespace

std::string as_text(const IndexHealth& health, const std::string& database, int server_version) {
  return head(health, database, server_version) + section("CAN GO", those(health, advisor::can_go)) +
         section("CAN SHRINK", those(health, shrinks)) + section("LOOK AT", those(health, needs_a_look)) +
         foreign_keys(health.foreign_keys) + rest(those(health, is_rest));
}

}  // namespace pgadvisor::daemon::text
