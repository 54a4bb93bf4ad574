#pragma once

#include "collectors/model/ids.hpp"
#include "collectors/model/index_definition.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::model {

/// What is seen of builds of an index that is not valid.
enum class IndexBuild {
  kNone,
  kRunning,  ///< of it, or of another index of its table
  kUnseen,   ///< one is running, and the role may not see of what
};

/// An existing index, as raw catalog columns.
struct Index {
  Oid oid{};
  ObjectName name;
  Oid table{};
  std::string identity = {};  ///< the same for what is defined the same (collectors/index_identity.hpp)
  std::string method;         ///< pg_am.amname
  std::int16_t key_count = 0;
  std::vector<std::int16_t>
      columns;  ///< indkey: attribute numbers, 0 for an expression; the first key_count are keys
  bool is_unique = false;
  bool is_primary = false;
  bool is_exclusion = false;
  bool is_valid = true;                  ///< indisvalid and indisready
  bool is_live = true;                   ///< false: DROP INDEX CONCURRENTLY has begun
  IndexBuild build = IndexBuild::kNone;  ///< of one that is not valid
  bool is_clustered = false;
  bool is_replica_identity = false;
  bool is_partial = false;
  bool has_expressions = false;
  bool is_immediate = true;                ///< uniqueness is checked at once, not at commit
  bool nulls_not_distinct = false;         ///< 15+
  std::vector<std::int16_t> options;       ///< indoption of each key: 1 descending, 2 nulls first
  std::vector<Oid> operator_classes = {};  ///< indclass of each key
  std::vector<Oid> collations = {};        ///< indcollation of each key; kInvalid: the type has none
  std::vector<std::string> key_options =
      {};  ///< parameters of each key's operator class ("siglen=32"); empty: none at all
  std::vector<std::string> expressions =
      {};                      ///< of each key without a column, in normal form (expression_tree.hpp)
  std::string predicate = {};  ///< in normal form; empty: a full index
  std::vector<std::int16_t> not_null = {};  ///< the predicate says only that these columns are not null
  /// A key has an operator class other than its type's default, a collation other than its column's, or is an
  /// expression: equal attribute numbers then do not mean equal keys.
  bool has_special_keys = false;
  bool backs_constraint =
      false;  ///< pg_constraint.conindid: one of its own, or a foreign key that references it
  std::string constraint = {};   ///< name of the constraint it enforces (primary key, unique, exclusion)
  std::string foreign_key = {};  ///< name of a foreign key that references its table through it
  bool in_extension = false;     ///< it, or its table, belongs to an extension
  std::string storage = {};      ///< reloptions: "fillfactor=70,deduplicate_items=off"
  std::string ddl = {};          ///< of one that is not valid: pg_get_indexdef(), where it could be asked
  std::string tablespace = {};   ///< empty: the database's own
  Oid parent{};                  ///< partitioned index this one is attached to
  std::int64_t pages = 0;        ///< current size in blocks, or relpages where that was not asked
  double reltuples = 0;
  std::int64_t relpages = 0;
  std::optional<int> tree_height;  ///< B-tree levels below the root's, where readable (pageinspect)
  /// What it is in SQL, name aside; empty where it could not be read, and for a partition's part of a
  /// partitioned index that is more than a list of columns. `identity` tells apart more, this can be compared
  /// with what is proposed.
  std::optional<IndexDefinition> definition = {};
};

struct ForeignKey {
  std::string name;
  Oid table{};
  std::vector<std::string> columns;
  Oid referenced_table{};
  std::vector<std::string> referenced_columns;
  std::vector<Oid> operators = {};  ///< conpfeqop: equality of each pair of columns
};

}  // namespace pgadvisor::model
