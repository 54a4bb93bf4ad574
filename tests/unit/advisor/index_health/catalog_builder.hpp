#pragma once

// Catalogs for the tests of this folder: tables and indexes as the collector would read them.

#include "advisor/index_health/subject.hpp"
#include "collectors/model/catalog.hpp"

#include <string>
#include <vector>

namespace pgadvisor::index_health {

/// Operator classes and collations of no particular meaning.
inline constexpr model::Oid kPlainClass{1};
inline constexpr model::Oid kPatternClass{2};
inline constexpr model::Oid kEquality{50};
inline constexpr model::Oid kDefaultCollation{100};
inline constexpr model::Oid kOtherCollation{950};

class CatalogBuilder {
 public:
  CatalogBuilder() {
    snapshot.tables.reserve(100);
    snapshot.indexes.reserve(100);
    snapshot.lookups = {{kPlainClass, kEquality}};
  }

  /// With columns a, b, c, d (1 to 4), without collations.
  model::Table& table(const std::string& name, std::int64_t pages = 5000) {
    model::Table table;
    table.oid = next();
    table.name = {"public", name};
    table.pages = table.relpages = pages;
    table.reltuples = static_cast<double>(pages) * 100;
    for (const char* column : {"a", "b", "c", "d"}) {
      table.columns.push_back({static_cast<std::int16_t>(table.columns.size() + 1), column, "integer"});
    }
    return snapshot.tables.emplace_back(std::move(table));
  }
  model::Table& partition(const model::Table& of, const std::string& name, std::int64_t pages = 5000) {
    model::Table& leaf = table(name, pages);
    leaf.parent = of.oid;
    return leaf;
  }
  model::Table& partitioned(const std::string& name) {
    model::Table& root = table(name, 0);
    root.kind = 'p';
    root.has_children = true;
    return root;
  }

  /// A B-tree on these columns, the first `keys` of which are keys (0: all).
  model::Index& index(const model::Table& table, const std::string& name, std::vector<std::int16_t> columns,
                      std::size_t keys = 0) {
    model::Index index;
    index.oid = next();
    index.name = {"public", name};
    index.identity = name + "'s definition";
    index.table = table.oid;
    index.method = "btree";
    keys = keys == 0 ? columns.size() : keys;
    index.key_count = static_cast<std::int16_t>(keys);
    index.columns = std::move(columns);
    index.options.assign(keys, 0);
    index.operator_classes.assign(keys, kPlainClass);
    index.collations.assign(keys, model::Oid::kInvalid);
    index.pages = index.relpages = table.kind == 'p' ? 0 : 1000;
    index.reltuples = table.reltuples;
    return snapshot.indexes.emplace_back(std::move(index));
  }
  /// Of the index on a partition.
  model::Index& attached(const model::Index& to, const model::Table& leaf, const std::string& name) {
    model::Index& part = index(leaf, name, to.columns, static_cast<std::size_t>(to.key_count));
    part.parent = to.oid;
    return part;
  }

  model::DatabaseSnapshot snapshot;

 private:
  model::Oid next() { return static_cast<model::Oid>(++last_); }
  std::uint32_t last_ = 1000;
};

}  // namespace pgadvisor::index_health
