#include "collectors/sql/quote.hpp"
#include "daemon/log.hpp"
#include "daemon/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pgadvisor::daemon::text {
namespace {

using log::printable;

/// Of each list; all of it is in the JSON.
constexpr std::size_t kShown = 5;

/// Never -0.0.
double percent(double share) {
  return std::round(1000 * share) / 10 + 0.0;
}

/// The first lines of a list, and how many there are more.
template <class Entry, class Line>
std::string some(const std::vector<Entry>& entries, const char* heading, Line line) {
  if (entries.empty()) return {};
  auto text = fmt::format("\n{}:\n", heading);
  const auto shown = std::min(kShown, entries.size());
  for (std::size_t i = 0; i < shown; ++i) text += line(entries[i]);
  if (entries.size() > shown) text += fmt::format(" - and {} more\n", entries.size() - shown);
  return text;
}

}  // namespace

std::string not_proposed(const advisor::Advice& advice) {
  return some(advice.alternatives, "Not proposed, and why",
              [](const advisor::Alternative& alternative) {
                return fmt::format(
                    " - ON {}: {}, would save {:.1f} % alone, {:.1f} % beside the proposed ones. {}\n",
                    printable(sql::describe(alternative.definition)), pretty(alternative.size),
                    percent(alternative.saves_alone), percent(alternative.saves_beside),
                    printable(alternative.message));
              }) +
         some(advice.unhelped, "Statements that no proposed index helps, and why",
              [](const advisor::UnhelpedStatement& statement) {
                return fmt::format(" - {:.1f} % of the cost, {}: {}\n   {}\n", percent(statement.share),
                                   printable(statement.query_id), shortened(statement.query),
                                   printable(statement.message));
              });
}

}  // namespace pgadvisor::daemon::text
