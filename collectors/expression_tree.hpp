#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pgadvisor::collectors {

/// The text form of an expression in the catalog (pg_node_tree), as stripped_tree() selects it: without
/// places in the source text and without how a cast was written. Two of them are equal when PostgreSQL's
/// equal() says so, which is how the planner compares an index's expressions with a query's.

/// SQL that selects a column of type pg_node_tree in this form.
[[nodiscard]] std::string stripped_tree(const std::string& column);

/// The members of a list: "({...} {...})".
[[nodiscard]] std::vector<std::string> list_members(std::string_view list);

/// A predicate with the conditions that AND joins in one order, whatever order they were written in.
[[nodiscard]] std::string normal_predicate(std::string_view tree);

/// The columns of a predicate that says nothing but that columns are not null: `x IS NOT NULL AND y IS NOT
/// NULL`. Empty for all others.
[[nodiscard]] std::vector<std::int16_t> not_null_columns(std::string_view tree);

}  // namespace pgadvisor::collectors
