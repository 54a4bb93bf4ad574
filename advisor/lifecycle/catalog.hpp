#pragma once

#include "advisor/lifecycle/proposal.hpp"
#include "advisor/lifecycle/transition.hpp"
#include "collectors/model/catalog.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace pgadvisor::lifecycle {

/// An existing, valid index whose definition is known.
struct CatalogIndex {
  model::ObjectName table;
  model::ObjectName name;
  std::string definition;  ///< sql::describe()
  std::string ddl;         ///< makes it again, its storage parameters aside
  bool is_unique = false;
  bool backs_constraint = false;
  bool is_partitioned = false;  ///< PostgreSQL has no CONCURRENTLY for these
  model::Bytes size;

  bool operator==(const CatalogIndex&) const = default;
};

/// What one look at a database's catalog says of its indexes. Those of partitions are left out: the
/// partitioned table's speaks for them.
struct Catalog {
  model::Timestamp taken_at{};        ///< by the server's clock
  std::vector<CatalogIndex> indexes;  ///< by table, then by name: made_catalog() sees to it
  std::set<model::ObjectName> tables;
};

[[nodiscard]] Catalog made_catalog(model::Timestamp taken_at, std::vector<CatalogIndex> indexes,
                                   std::set<model::ObjectName> tables);

[[nodiscard]] Catalog catalog_of(const model::DatabaseSnapshot& snapshot);

/// What a catalog says of a proposal.
struct Presence {
  bool in_effect = false;
  bool possible = true;
  std::optional<CatalogIndex> index;  ///< the one of this definition, by the proposal's name if it is there
};

[[nodiscard]] Presence presence_of(const Proposal& proposal, const Catalog& catalog);

/// What somebody changed between two looks, as proposals that are carried out (Origin::kCatalog): an index of
/// one definition more or fewer on a table that was and is there. By definition: a rename, REINDEX or a
/// rebuild under another name is no change. Indexes that are unique or back a constraint are not made for
/// speed: that they were created says nothing; that a unique index was dropped does.
[[nodiscard]] std::vector<Proposal> made_by_others(const std::string& database, const Catalog& before,
                                                   const Catalog& after);

}  // namespace pgadvisor::lifecycle
