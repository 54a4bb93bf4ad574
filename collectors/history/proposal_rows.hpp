#pragma once

#include "collectors/model/ids.hpp"
#include "collectors/model/units.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::history {

/// A proposal and where it stands, as it is stored. The words of `action`, `origin`, `state` and the JSON
/// texts are the caller's affair.
struct ProposalRow {
  std::string id;
  std::string database;
  std::string action;
  std::string origin;
  model::ObjectName table;
  std::string definition;
  model::ObjectName index;
  std::string ddl;
  std::string rollback;
  std::int64_t size = 0;   ///< bytes
  std::string statements;  ///< JSON
  std::int64_t baseline = 0;
  std::string state;
  model::Timestamp since{};
  std::string by;
  std::string why;
  std::optional<model::Timestamp> snoozed_until;
  std::optional<model::Timestamp> absent_at;
  std::optional<model::Timestamp> applied_at;
  std::int64_t missed = 0;
  model::Timestamp first_seen{};
  model::Timestamp last_seen{};
  std::string effect;  ///< JSON; empty: nothing was measured yet
  /// JSON; when recording, nullopt leaves what is stored as it is.
  std::optional<std::string> evidence;

  bool operator==(const ProposalRow&) const = default;
};

struct ProposalChangeRow {
  std::string proposal;
  model::Timestamp at{};
  std::string from;  ///< empty: the proposal was made
  std::string to;
  std::string by;
  std::string why;

  bool operator==(const ProposalChangeRow&) const = default;
};

/// An index as the last look at its database's catalog saw it.
struct CatalogIndexRow {
  model::ObjectName table;
  model::ObjectName index;
  std::string definition;
  std::string ddl;
  bool is_unique = false;
  bool backs_constraint = false;
  bool is_partitioned = false;
  std::int64_t size = 0;  ///< bytes

  bool operator==(const CatalogIndexRow&) const = default;
};

/// The last look at a database's catalog.
struct CatalogRows {
  model::Timestamp taken_at{};
  std::vector<model::ObjectName> tables;
  std::vector<CatalogIndexRow> indexes;
};

}  // namespace pgadvisor::history
