#pragma once

#include "collectors/model/ids.hpp"
#include "collectors/model/units.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgadvisor::lifecycle {

enum class Action { kCreateIndex, kDropIndex };
[[nodiscard]] std::string_view to_string(Action action);  ///< create_index, drop_index
[[nodiscard]] std::optional<Action> action_of(std::string_view name);

/// Whose idea it was: the advice's, a verdict's on an existing index, or of somebody who changed the catalog
/// without being asked to.
enum class Origin { kAdvice, kVerdict, kCatalog };
[[nodiscard]] std::string_view to_string(Origin origin);  ///< advice, verdict, catalog
[[nodiscard]] std::optional<Origin> origin_of(std::string_view name);

/// What a statement has to do with a proposal: it is meant for it, it reads the same table, it writes it.
enum class Role { kServed, kReader, kWriter };
[[nodiscard]] std::string_view to_string(Role role);  ///< served, reader, writer
[[nodiscard]] std::optional<Role> role_of(std::string_view name);

struct MeasuredStatement {
  std::string query_id;  ///< decimal queryid
  Role role = Role::kServed;

  bool operator==(const MeasuredStatement&) const = default;
};

/// A change of the indexes of one database, whoever proposes it: what the life cycle is about. It says
/// nothing of the evidence, which stays with whoever proposed.
struct Proposal {
  std::string id;  ///< stable: same database, same change, same id
  std::string database;
  Action action = Action::kCreateIndex;
  Origin origin = Origin::kAdvice;
  model::ObjectName table;
  std::string definition;   ///< sql::describe(): what the index is, name aside
  model::ObjectName index;  ///< the name it has, or shall have
  std::string ddl;          ///< carries it out; empty where the catalog was changed already
  std::string rollback;     ///< takes it back
  model::Bytes size;        ///< predicted of an index to create, real of one to drop
  std::vector<MeasuredStatement> statements;
  /// Valid indexes of this definition as long as the change is not made: one more, or one less, means that it
  /// is.
  std::int64_t baseline = 0;
};

/// Of a change that creates an index; the same as the recommendation's (advisor/recommendation).
[[nodiscard]] std::string create_id(std::string_view database, std::string_view definition);

/// Of a change that drops one: of several with the same definition each has its own.
[[nodiscard]] std::string drop_id(std::string_view database, std::string_view definition,
                                  const model::ObjectName& index);

}  // namespace pgadvisor::lifecycle
