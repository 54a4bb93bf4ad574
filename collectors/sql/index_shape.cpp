#include "collectors/sql/index_shape.hpp"

#include "collectors/sql/parse_tree.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace pgadvisor::sql {

namespace json = boost::json;

namespace {

const json::object* object_in(const json::value& node, std::string_view member) {
  const auto* object = node.if_object();
  const auto* value = object ? object->if_contains(member) : nullptr;
  return value ? value->if_object() : nullptr;
}

const json::array* array_in(const json::object& node, std::string_view member) {
  const auto* value = node.if_contains(member);
  return value ? value->if_array() : nullptr;
}

/// The words of a list of String nodes.
std::vector<std::string> names_of(const json::array* list) {
  std::vector<std::string> names;
  if (list == nullptr) return names;
  for (const auto& entry : *list) {
    if (const auto* word = object_in(entry, "String")) names.emplace_back(text_of(*word, "sval"));
  }
  return names;
}

bool is_text_type(const json::object& cast) {
  const auto* type = cast.if_contains("typeName");
  const auto* object = type ? type->if_object() : nullptr;
  if (object == nullptr) return false;
  const auto names = names_of(array_in(*object, "names"));
  return !names.empty() && (names.back() == "text" || names.back() == "varchar" || names.back() == "bpchar");
}

json::value normalised(const json::value& node);

/// ('a', 'b') of IN as the array that PostgreSQL makes of it.
json::object as_any(const json::object& in) {
  json::array elements;
  if (const auto* right = in.if_contains("rexpr")) {
    if (const auto* list = object_in(*right, "List")) {
      if (const auto* items = array_in(*list, "items")) elements = *items;
    }
  }
  json::object any = in;
  any["kind"] = "AEXPR_OP_ANY";
  any["rexpr"] = json::object{{"A_ArrayExpr", json::object{{"elements", std::move(elements)}}}};
  return any;
}

json::array normalised_list(const json::array& list) {
  json::array result;
  const auto names = names_of(&list);
  const bool qualified = names.size() == list.size() && names.size() > 1 && names.front() == "pg_catalog";
  for (std::size_t i = qualified ? 1 : 0; i < list.size(); ++i) result.emplace_back(normalised(list[i]));
  return result;
}

/// Without places in the text, casts of constants, casts to text and pg_catalog: PostgreSQL adds them.
json::value normalised(const json::value& node) {
  if (const auto* list = node.if_array()) return normalised_list(*list);
  const auto* object = node.if_object();
  if (object == nullptr) return node;
  if (const auto* cast = object_in(node, "TypeCast")) {
    const auto* argument = cast->if_contains("arg");
    const bool constant = argument && object_in(*argument, "A_Const") != nullptr;
    if (argument && (constant || is_text_type(*cast))) return normalised(*argument);
  }
  if (const auto* expression = object_in(node, "A_Expr")) {
    const auto names = names_of(array_in(*expression, "name"));
    if (text_of(*expression, "kind") == "AEXPR_IN" && names == std::vector<std::string>{"="}) {
      return normalised(json::object{{"A_Expr", as_any(*expression)}});
    }
  }
  json::object result;
  for (const auto& member : *object) {
    if (member.key() == "location") continue;
    result.emplace(member.key(), normalised(member.value()));
  }
  return result;
}

/// (a) is the column a.
std::string column_of(const json::object& element) {
  if (const auto name = text_of(element, "name"); !name.empty()) return std::string(name);
  const auto* expression = element.if_contains("expr");
  const auto* reference = expression ? object_in(*expression, "ColumnRef") : nullptr;
  const auto names = reference ? names_of(array_in(*reference, "fields")) : std::vector<std::string>{};
  return names.size() == 1 ? names.front() : std::string();
}

json::value member_of(const json::object& element, std::string_view member) {
  const auto* value = element.if_contains(member);
  return value ? normalised(*value) : json::value(nullptr);
}

IndexShape::Key key_of(const json::object& element) {
  IndexShape::Key key;
  key.column = column_of(element);
  const auto what = key.column.empty() ? member_of(element, "expr") : json::value(json::string(key.column));
  key.what =
      json::serialize(json::array{what, member_of(element, "opclass"), member_of(element, "collation")});
  key.descending = text_of(element, "ordering") == "SORTBY_DESC";
  const auto nulls = text_of(element, "nulls_ordering");
  key.nulls_first = nulls == "SORTBY_NULLS_FIRST" || (nulls != "SORTBY_NULLS_LAST" && key.descending);
  return key;
}

bool is_inverted(const IndexShape::Key& a, const IndexShape::Key& b) {
  return a.what == b.what && a.descending != b.descending && a.nulls_first != b.nulls_first;
}

bool holds(const IndexShape& existing, const std::string& column) {
  return existing.include.contains(column) ||
         std::any_of(existing.keys.begin(), existing.keys.end(),
                     [&](const IndexShape::Key& key) { return key.column == column; });
}

}  // namespace

IndexShape shape_of(const json::object& statement) {
  IndexShape shape;
  shape.method = text_of(statement, "accessMethod");
  shape.is_unique = flag(statement, "unique");
  shape.nulls_not_distinct = flag(statement, "nulls_not_distinct");
  if (const auto* keys = array_in(statement, "indexParams")) {
    for (const auto& key : *keys) {
      if (const auto* element = object_in(key, "IndexElem")) shape.keys.push_back(key_of(*element));
    }
  }
  if (const auto* included = array_in(statement, "indexIncludingParams")) {
    for (const auto& column : *included) {
      if (const auto* element = object_in(column, "IndexElem")) shape.include.insert(column_of(*element));
    }
  }
  if (const auto* predicate = statement.if_contains("whereClause")) {
    shape.predicate = json::serialize(normalised(*predicate));
  }
  return shape;
}

bool serves(const IndexShape& existing, const IndexShape& wanted) {
  if (existing.method != wanted.method || existing.predicate != wanted.predicate) return false;
  const bool same_number = existing.keys.size() == wanted.keys.size();
  if (wanted.is_unique &&
      (!existing.is_unique || !same_number || existing.nulls_not_distinct != wanted.nulls_not_distinct)) {
    return false;
  }
  if (existing.keys.size() < wanted.keys.size() || (existing.method != "btree" && !same_number)) return false;
  const bool equal = std::equal(wanted.keys.begin(), wanted.keys.end(), existing.keys.begin());
  const bool inverted = existing.method == "btree" && std::equal(wanted.keys.begin(), wanted.keys.end(),
                                                                 existing.keys.begin(), is_inverted);
  return (equal || inverted) &&
         std::all_of(wanted.include.begin(), wanted.include.end(),
                     [&](const std::string& column) { return holds(existing, column); });
}

}  // namespace pgadvisor::sql
