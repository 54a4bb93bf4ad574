#include "advisor/index_health/protection.hpp"

#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

namespace pgadvisor::index_health {

std::string protection(const Subject& subject, const ForeignKeys& foreign_keys) {
  const model::Index& index = *subject.index;
  if (index.is_primary) return "It is the primary key.";
  if (index.is_exclusion)
    return fmt::format("It enforces the exclusion constraint {}.", sql::quote_identifier(index.constraint));
  if (!index.foreign_key.empty())
    return fmt::format("The foreign key {} references its table through it.",
                       sql::quote_identifier(index.foreign_key));
  if (!index.constraint.empty())
    return fmt::format("It enforces the constraint {}.", sql::quote_identifier(index.constraint));
  if (index.is_unique) return "It enforces uniqueness.";
  if (index.is_replica_identity)
    return "It is the replica identity of its table: logical replication needs it.";
  if (index.is_clustered) return "Its table is clustered on it.";
  if (index.in_extension) return "It belongs to an extension.";
  if (const auto* key = foreign_keys.served_by(index))
    return fmt::format("The check of the foreign key {} finds rows by it when a referenced row is deleted.",
                       sql::quote_identifier(key->name));
  return {};
}

}  // namespace pgadvisor::index_health
