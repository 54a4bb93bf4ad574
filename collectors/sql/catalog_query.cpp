#include "collectors/sql/catalog_query.hpp"

#include "collectors/sql/parse_tree.hpp"

#include <pg_query.h>
#include <boost/json.hpp>

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

namespace pgadvisor::sql {
namespace {

namespace json = boost::json;

struct Names {
  std::vector<const json::object*> relations;  ///< RangeVar nodes
  std::set<std::string_view> with;             ///< names of WITH queries

  /// A RangeVar is a node where the grammar takes anything in FROM, and a plain member (`relation`)
  /// elsewhere: it is known by its relname.
  void collect(const json::value& value) {
    if (const auto* list = value.if_array()) {
      for (const auto& item : *list) collect(item);
    } else if (const auto* node = value.if_object()) {
      if (node->contains("relname")) relations.push_back(node);
      if (node->contains("ctename")) with.insert(text_of(*node, "ctename"));
      for (const auto& member : *node) collect(member.value());
    }
  }
  [[nodiscard]] bool is_catalog(const json::object& relation) const {
    const auto schema = text_of(relation, "schemaname");
    if (!schema.empty()) return schema == "pg_catalog" || schema == "information_schema";
    const auto name = text_of(relation, "relname");
    return name.starts_with("pg_") || with.contains(name);
  }
};

}  // namespace

bool reads_catalogs_only(const std::string& text) {
  const PgQueryParseResult result = pg_query_parse(text.c_str());
  boost::system::error_code failure;
  json::parse_options options;
  options.max_depth = 4096;
  const auto tree = result.error == nullptr && result.parse_tree != nullptr
                        ? json::parse(result.parse_tree, failure, {}, options)
                        : json::value();
  pg_query_free_parse_result(result);
  if (failure) return false;
  Names names;
  names.collect(tree);
  return !names.relations.empty() && std::ranges::all_of(names.relations, [&](const auto* relation) {
    return names.is_catalog(*relation);
  });
}

}  // namespace pgadvisor::sql
