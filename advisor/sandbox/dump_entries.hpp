#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pgadvisor::sandbox {

/// One entry of a dump's table of contents, as `pg_restore --list` prints it.
struct DumpEntry {
  std::string line;         ///< "7; 1259 16385 VIEW public v owner": what `pg_restore --use-list` reads
  std::string kind;         ///< "VIEW"
  std::string title;        ///< "view public.v", for people
  std::string name;         ///< "v"
  std::size_t archive = 0;  ///< the dump that has it, where there are several

  /// Its number in the dump, which error messages name it by.
  [[nodiscard]] std::string_view number() const { return std::string_view(line).substr(0, line.find(';')); }
};

/// Which entries of a dump are restored, in their order.
struct RestoreList {
  std::vector<DumpEntry> entries;
  int policies = 0;  ///< row security policies that are not restored
};

/// Leaves out what the planner does not need and what could do harm in a server without rows: event triggers,
/// triggers, policies and user mappings (they name roles that do not exist here, and a foreign server must
/// not be called), publications, subscriptions, privileges, comments, data.
[[nodiscard]] RestoreList select_entries(std::string_view table_of_contents);

/// Puts the entries of several dumps of one database in an order that they can be restored in, but for those
/// that need another dump's: what has rows, then what is on it, then what refers from one table to another.
void order_entries(std::vector<DumpEntry>& entries);

/// Text for `pg_restore --use-list`.
[[nodiscard]] std::string use_list(const std::vector<DumpEntry>& entries);

/// What can be created before anything else and by a superuser only, running no code of the monitored
/// database: schemas, extensions, languages, access methods, foreign-data wrappers.
[[nodiscard]] bool comes_first(const DumpEntry& entry);

/// Whether a superuser may create an entry that the plain owner was refused (`message`): one of a kind that
/// only superusers create, whose creation evaluates no expression. Functions of languages that reach out of
/// the server (plpython3u, ...) stay out: planning might run them.
[[nodiscard]] bool needs_superuser(const DumpEntry& entry, std::string_view message);

}  // namespace pgadvisor::sandbox
