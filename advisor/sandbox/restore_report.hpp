#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pgadvisor::sandbox {

/// Which entries of a dump are restored, from its table of contents as `pg_restore --list` prints it.
struct RestoreList {
  std::string text;  ///< for `pg_restore --use-list`
  int policies = 0;  ///< row security policies that are not restored
};

/// Leaves out what the planner does not need and what could do harm in a server without rows: event triggers,
/// policies (they name roles that do not exist here), publications, subscriptions, privileges, comments,
/// data.
[[nodiscard]] RestoreList select_entries(std::string_view table_of_contents);

/// What the standard error of `pg_restore --verbose` says of the entries that failed, one sentence an entry,
/// with names from the table of contents: "view public.v: type "geometry" does not exist". An extension that
/// is not installed comes with the Debian package that has it for PostgreSQL `major`.
[[nodiscard]] std::vector<std::string> failed_entries(std::string_view standard_error,
                                                      std::string_view table_of_contents, int major);

/// The Debian package with `extension` for PostgreSQL `major`; empty when the name is none of a Debian
/// package.
[[nodiscard]] std::string extension_package(std::string_view extension, int major);

}  // namespace pgadvisor::sandbox
