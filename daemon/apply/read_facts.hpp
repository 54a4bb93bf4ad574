#pragma once

#include "collectors/model/result.hpp"
#include "daemon/apply/session.hpp"
#include "daemon/apply/table_facts.hpp"

#include <optional>
#include <string>
#include <utility>

namespace pgadvisor::daemon::apply {

/// kGiveUp when the server is a standby, or writes are switched off for this role.
[[nodiscard]] model::Result<void> check_writable(Session& session);
[[nodiscard]] model::Result<std::string> current_database(Session& session);

/// A table by its name, found as the session's search_path finds it. `columns`: of the wanted index, for its
/// rough size. kGiveUp when there is no such table.
[[nodiscard]] model::Result<TableFacts> read_table(Session& session, const model::ObjectName& table,
                                                   const sql::CreateIndexStatement& wanted);

/// An index by its name, and its table; nothing when there is no index of that name.
[[nodiscard]] model::Result<std::optional<std::pair<ExistingIndex, TableNode>>> find_index(
    Session& session, const model::ObjectName& index);

/// Backends that hold a lock on the table which a change of its indexes has to wait for: one line each.
[[nodiscard]] std::vector<std::string> lock_holders(Session& session, const model::ObjectName& table);

}  // namespace pgadvisor::daemon::apply
