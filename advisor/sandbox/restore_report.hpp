#pragma once

#include "advisor/sandbox/dump_entries.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pgadvisor::sandbox {

/// An entry that was not restored, and what PostgreSQL said.
struct FailedEntry {
  DumpEntry entry;  ///< empty when the error is of no entry
  std::string message;
};

/// What the standard error of `pg_restore --verbose` says of the entries it was given.
[[nodiscard]] std::vector<FailedEntry> failed_entries(std::string_view standard_error,
                                                      const std::vector<DumpEntry>& entries);

/// A sentence for people: "view public.v: type "geometry" does not exist". An extension that is not installed
/// comes with the Debian package that has it for PostgreSQL `major`.
[[nodiscard]] std::string describe(const FailedEntry& failure, int major);

}  // namespace pgadvisor::sandbox
