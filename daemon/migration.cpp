#include "daemon/migration.hpp"

#include "collectors/sql/quote.hpp"
#include "daemon/create_script.hpp"
#include "daemon/text.hpp"
#include "daemon/utf8.hpp"
#include "daemon/version.hpp"
#include "daemon/wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace pgadvisor::daemon {
namespace {

constexpr std::size_t kStatementsShown = 5;
constexpr std::size_t kLongestComment = 300;
constexpr std::size_t kLongestName = 80;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string comment(const std::string& text) {
  return "-- " + comment_text(text) + "\n";
}

std::string head(const advisor::Advice& advice, const advisor::Recommendation& recommendation,
                 model::Timestamp now) {
  auto text = comment(fmt::format("{} on {}, proposed by pgadvisor {} for database {}: {}",
                                  recommendation.index_name, sql::quote_name(recommendation.definition.table),
                                  kVersion, advice.database, recommendation.id));
  text += comment(to_rfc3339(now).substr(0, 19) + "Z");
  return text + "--\n";
}

std::string evidence(const advisor::Recommendation& recommendation) {
  auto text = comment(fmt::format("Predicted size {}, confidence {}.", text::pretty(recommendation.size),
                                  to_string(recommendation.confidence)));
  if (recommendation.benefit_per_day) {
    text += comment(fmt::format("Saves {} a day.", text::pretty(*recommendation.benefit_per_day)));
  }
  for (const auto& reason : recommendation.reasons) text += comment(reason);
  const auto shown = std::min(kStatementsShown, recommendation.statements.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& statement = recommendation.statements[i];
    text += comment(fmt::format("Cost {:.2f} -> {:.2f}: {}", statement.cost_before.value,
                                statement.cost_after.value, statement.query));
  }
  if (recommendation.statements.size() > shown) {
    text += comment(fmt::format("and {} more statements", recommendation.statements.size() - shown));
  }
  return text;
}

std::string rules() {
  return comment("Run outside of a transaction, each statement by itself.");
}

std::string drop_if_there(const model::ObjectName& index, bool concurrently) {
  return fmt::format("DROP INDEX {}IF EXISTS {}", concurrently ? "CONCURRENTLY " : "",
                     sql::quote_name(index));
}

std::string up(const apply::Plan& plan, const advisor::Recommendation& recommendation) {
  Script script;
  for (const auto& step : plan.steps) script.add(step.sql, step.concurrently);
  const auto& keys = recommendation.definition.keys;
  const bool expression = std::ranges::any_of(keys, [](const auto& key) { return !key.expression.empty(); });
  // The planner knows the values of an expression only once they were counted.
  if (expression) script.add("ANALYZE " + sql::quote_name(recommendation.definition.table), true);
  return rules() +
         comment("If it fails it may leave an invalid index: run the down file, then this one again.") +
         script.text();
}

/// What hangs on a partitioned index goes with it: it goes first.
std::string down(const apply::Plan& plan) {
  Script script;
  for (auto step = plan.steps.rbegin(); step != plan.steps.rend(); ++step) {
    if (step->what == apply::Step::What::kCreate)
      script.add(drop_if_there(step->index, step->concurrently), step->concurrently);
  }
  return rules() + script.text();
}

std::string file_name(const std::string& index, model::Timestamp time) {
  std::string version = to_rfc3339(time).substr(0, 19);
  std::erase_if(version, [](char c) { return !is_digit(c); });
  std::string name;
  for (const char byte : index) {
    const char c = byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte;
    const bool plain = (c >= 'a' && c <= 'z') || is_digit(c);
    if (plain) name += c;
    if (!plain && !name.empty() && name.back() != '_') name += '_';
  }
  while (name.ends_with('_')) name.pop_back();
  return fmt::format("{}_create_{}", version, name.empty() ? "index" : name.substr(0, kLongestName));
}

/// Line breaks of other scripts that some tools honour: NEL, LINE SEPARATOR, PARAGRAPH SEPARATOR.
constexpr std::array<std::string_view, 3> kOtherBreaks{"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"};

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

/// $1 may stay; $tag$ would begin a dollar quote for a tool that splits at semicolons, and ${name} a
/// placeholder.
bool is_parameter(const std::string& text, std::size_t dollar) {
  auto end = dollar + 1;
  while (end < text.size() && is_digit(text[end])) ++end;
  const bool ends = end >= text.size() || (text[end] != '$' && text[end] != '_' &&
                                           (static_cast<unsigned char>(text[end]) | 0x20U) - 'a' > 25U);
  return end > dollar + 1 && ends;
}

}  // namespace

std::string comment_text(const std::string& text) {
  auto line = valid_utf8(text.substr(0, 4 * kLongestComment));
  for (const auto& separator : kOtherBreaks) replace_all(line, separator, " ");
  std::string result;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto code = static_cast<unsigned char>(line[i]);
    char c = line[i];
    if (code < 0x20 || code == 0x7f) c = ' ';
    if (c == ';') c = ',';
    if (c == '$' && !is_parameter(line, i)) c = '?';
    if (c == ' ' && (result.empty() || result.back() == ' ')) continue;
    result += c;
  }
  if (result.size() > kLongestComment) {
    auto end = kLongestComment;
    while (end > 0 && (static_cast<unsigned char>(result[end]) & 0xC0U) == 0x80U) --end;
    result = result.substr(0, end) + "...";
  }
  while (result.ends_with(' ')) result.pop_back();
  return result;
}

Migrations migrations(const advisor::Advice& advice, const model::DatabaseSnapshot& snapshot,
                      model::Timestamp now) {
  Migrations result;
  auto time = now;
  for (const auto& recommendation : advice.recommendations) {
    const auto plan = plan_of(recommendation, snapshot);
    if (!plan) {
      result.left_out.push_back(
          fmt::format("{}: {}", recommendation.index_name, model::to_string(plan.error())));
      continue;
    }
    const auto name = file_name(recommendation.index_name, time);
    const auto begin = head(advice, recommendation, now);
    result.files.push_back(
        {name + ".up.sql", begin + evidence(recommendation) + "--\n" + up(*plan, recommendation)});
    result.files.push_back({name + ".down.sql", begin + down(*plan)});
    time += std::chrono::seconds(1);
  }
  return result;
}

}  // namespace pgadvisor::daemon
