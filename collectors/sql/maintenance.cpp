#include "collectors/sql/maintenance.hpp"

#include "collectors/sql/tokens.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace pgadvisor::sql {
namespace {

using model::Maintenance;
using model::MaintenanceKind;

/// Reads a statement word by word.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text), tokens_(scan(text).tokens) {
    std::erase_if(tokens_, [](const Token& token) { return token.kind == TokenKind::kComment; });
  }

  [[nodiscard]] bool done() const { return next_ >= tokens_.size() || slice(text_, tokens_[next_]) == ";"; }
  void skip() { ++next_; }

  [[nodiscard]] bool at(std::string_view word) const {
    return !done() && (is_word(text_, tokens_[next_], word) || slice(text_, tokens_[next_]) == word);
  }
  bool accept(std::string_view word) {
    if (!at(word)) return false;
    ++next_;
    return true;
  }
  /// A list in parentheses, if there is one: whether it holds `word`.
  bool accept_list_with(std::string_view word) {
    if (!accept("(")) return false;
    bool found = false;
    for (int depth = 1; depth > 0 && !done(); skip()) {
      found = found || at(word);
      if (at("(")) ++depth;
      if (at(")")) --depth;
    }
    return found;
  }

  /// A name with or without its schema; the last two parts of a longer one.
  std::optional<model::ObjectName> name() {
    auto part = identifier();
    if (!part) return std::nullopt;
    model::ObjectName name{"", *part};
    while (accept(".")) {
      part = identifier();
      if (!part) break;
      name = {name.name, *part};
    }
    return name;
  }

 private:
  std::optional<std::string> identifier() {
    if (done()) return std::nullopt;
    const Token& token = tokens_[next_];
    if (token.kind != TokenKind::kWord && token.kind != TokenKind::kQuotedIdentifier) return std::nullopt;
    ++next_;
    return identifier_of(text_, token);
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
};

using List = std::vector<Maintenance>;

/// One for each name that follows; one for the whole database when there is none.
List of_names(Words& words, MaintenanceKind kind, bool is_index = false) {
  List list;
  for (auto name = words.name(); name; name = words.accept(",") ? words.name() : std::nullopt) {
    list.push_back({kind, *name, is_index, {}});
  }
  if (list.empty()) list.push_back({kind, {}, false, {}});
  return list;
}

/// COPY (SELECT ... FROM a JOIN b ...) TO: every table that a FROM or JOIN names.
List copied_query(Words& words) {
  List list;
  for (; !words.done(); words.skip()) {
    if (!words.accept("from") && !words.accept("join")) continue;
    words.accept("only");
    if (const auto name = words.name()) list.push_back({MaintenanceKind::kCopy, *name, false, {}});
    if (words.done()) break;
  }
  return list;
}

List copy(Words& words) {
  words.accept("binary");
  if (words.at("(")) return copied_query(words);
  const auto name = words.name();
  (void)words.accept_list_with("");
  if (!name || !words.accept("to")) return {};
  return {{MaintenanceKind::kCopy, *name, false, {}}};
}

List create(Words& words) {
  words.accept("unique");
  if (!words.accept("index")) return {};
  while (!words.done() && !words.accept("on")) words.skip();
  words.accept("only");
  const auto name = words.name();
  return name ? List{{MaintenanceKind::kIndexBuild, *name, false, {}}} : List{};
}

List reindex(Words& words) {
  (void)words.accept_list_with("");
  const bool table = words.accept("table");
  const bool index = !table && words.accept("index");
  if (!table && !index) return {{MaintenanceKind::kIndexBuild, {}, false, {}}};
  words.accept("concurrently");
  return of_names(words, MaintenanceKind::kIndexBuild, index);
}

List cluster(Words& words) {
  (void)words.accept_list_with("");
  words.accept("verbose");
  const auto name = words.name();
  if (!name) return {{MaintenanceKind::kRewrite, {}, false, {}}};
  // Its old form: CLUSTER index ON table.
  const auto table = words.accept("on") ? words.name() : name;
  return {{MaintenanceKind::kRewrite, table.value_or(*name), false, {}}};
}

List vacuum(Words& words) {
  bool full = words.accept_list_with("full");
  full = words.accept("full") || full;
  if (!full) return {};
  while (words.accept("freeze") || words.accept("verbose") || words.accept("analyze")) {
  }
  List list;
  do {
    const auto name = words.name();
    if (!name) break;
    (void)words.accept_list_with("");
    list.push_back({MaintenanceKind::kRewrite, *name, false, {}});
  } while (words.accept(","));
  if (list.empty()) list.push_back({MaintenanceKind::kRewrite, {}, false, {}});
  return list;
}

List alter(Words& words) {
  if (!words.accept("table")) return {};
  if (words.accept("if")) words.accept("exists");
  words.accept("only");
  const auto name = words.name();
  return name ? List{{MaintenanceKind::kRewrite, *name, false, {}}} : List{};
}

}  // namespace

std::vector<Maintenance> maintenance_of(std::string_view text) {
  Words words(text);
  if (words.accept("copy")) return copy(words);
  if (words.accept("create")) return create(words);
  if (words.accept("reindex")) return reindex(words);
  if (words.accept("cluster")) return cluster(words);
  if (words.accept("vacuum")) return vacuum(words);
  if (words.accept("alter")) return alter(words);
  return {};
}

}  // namespace pgadvisor::sql
