#include "collectors/sql/index_statement.hpp"

#include "collectors/sql/index_shape.hpp"
#include "collectors/sql/parse_tree.hpp"
#include "collectors/sql/quote.hpp"
#include "collectors/sql/statement_text.hpp"
#include "collectors/sql/tokens.hpp"

#include <pg_query.h>
#include <boost/json.hpp>

#include <fmt/format.h>

namespace pgadvisor::sql {

namespace json = boost::json;

namespace {

/// No index needs more. Parse trees are walked by recursion.
constexpr std::size_t kLongestIndexText = std::size_t{32} << 10U;
constexpr std::size_t kMostIndexNesting = 1000;
constexpr std::size_t kDepth = 20'000;

model::Error refused(const std::string& why) {
  return model::give_up("this is not one statement that creates or drops one index: " + why,
                        "expected CREATE [UNIQUE] INDEX ... ON ... or DROP INDEX ...");
}

/// The root nodes of what libpg_query parsed.
model::Result<json::array> parse_tree(const std::string& text) {
  const PgQueryParseResult result = pg_query_parse(text.c_str());
  const bool failed = result.error != nullptr || result.parse_tree == nullptr;
  std::string tree = failed ? "" : result.parse_tree;
  const std::string message = result.error && result.error->message ? result.error->message : "no statement";
  pg_query_free_parse_result(result);
  if (failed) return refused(message);
  json::parse_options options;
  options.max_depth = kDepth;
  json::error_code error;
  auto value = json::parse(tree, error, {}, options);
  const auto* statements = error ? nullptr : value.as_object().if_contains("stmts");
  if (statements == nullptr || !statements->is_array()) return refused("it is empty");
  return statements->get_array();
}

/// Where in the text the table's name ends: the first word ON that is no part of a name, then ONLY, then
/// names with dots between.
model::Result<std::size_t> end_of_table(const std::string& text) {
  const auto tokens = scan(text).tokens;
  std::size_t i = 0;
  while (i < tokens.size() && !is_word(text, tokens[i], "on")) ++i;
  ++i;
  if (i < tokens.size() && is_word(text, tokens[i], "only")) ++i;
  while (i + 2 < tokens.size() && slice(text, tokens[i + 1]) == ".") i += 2;
  if (i >= tokens.size()) return refused("there is no table");
  // PostgreSQL also takes "table *".
  if (i + 1 < tokens.size() && slice(text, tokens[i + 1]) == "*") ++i;
  return tokens[i].end;
}

model::Result<IndexStatement> create_of(const json::object& node, const std::string& text) {
  const auto* relation = node.at("relation").if_object();
  if (relation == nullptr) return refused("there is no table");
  const auto end = end_of_table(text);
  if (!end) return end.error();
  CreateIndexStatement statement;
  statement.name = text_of(node, "idxname");
  statement.table = {std::string(text_of(*relation, "schemaname")),
                     std::string(text_of(*relation, "relname"))};
  statement.only = !flag(*relation, "inh");
  statement.concurrently = flag(node, "concurrent");
  statement.body = text.substr(*end);
  statement.body.erase(0, statement.body.find_first_not_of(" \t\r\n"));
  statement.tablespace = text_of(node, "tableSpace");
  statement.shape = shape_of(node);
  return statement;
}

model::Result<IndexStatement> drop_of(const json::object& node) {
  if (text_of(node, "removeType") != "OBJECT_INDEX") return refused("it drops something else");
  const auto& objects = node.at("objects").as_array();
  if (objects.size() != 1) return refused("it drops several indexes");
  if (text_of(node, "behavior") == "DROP_CASCADE") {
    return refused("CASCADE also drops what depends on the index");
  }
  std::vector<std::string> names;
  for (const auto& part : objects.front().at("List").at("items").as_array()) {
    names.emplace_back(part.at("String").at("sval").as_string());
  }
  if (names.size() > 2) return refused("a name has a schema and an index, no database");
  const bool qualified = names.size() == 2;
  return DropIndexStatement{{qualified ? names.front() : "", names.back()}, flag(node, "concurrent")};
}

}  // namespace

model::Result<IndexStatement> parse_index_statement(std::string_view text) {
  if (text.size() > kLongestIndexText) return refused("it is longer than 32 kB");
  const auto clean = strip_comments(text);
  if (!clean) return refused("its quotes do not match");
  if (nesting_tokens(*clean, scan(*clean).tokens) > kMostIndexNesting) return refused("it is too deep");
  const auto statements = parse_tree(*clean);
  if (!statements) return statements.error();
  if (statements->empty()) return refused("it is empty");
  if (statements->size() > 1) return refused("there are several statements");
  const auto& root = statements->front().at("stmt").as_object();
  if (const auto* create = root.if_contains("IndexStmt")) return create_of(create->as_object(), *clean);
  if (const auto* drop = root.if_contains("DropStmt")) return drop_of(drop->as_object());
  return refused("it does something else");
}

std::string create_index(const CreateIndexStatement& statement, const std::string& name,
                         const model::ObjectName& table, bool concurrently, bool only) {
  return fmt::format("CREATE {}INDEX {}{} ON {}{} {}", statement.shape.is_unique ? "UNIQUE " : "",
                     concurrently ? "CONCURRENTLY " : "", quote_identifier(name), only ? "ONLY " : "",
                     quote_name(table), statement.body);
}

}  // namespace pgadvisor::sql
