#include "advisor/sandbox/restore_report.hpp"

#include "advisor/sandbox/extension_package.hpp"
#include "advisor/sandbox/lines.hpp"

#include <fmt/format.h>

#include <map>

namespace pgadvisor::sandbox {
std::vector<FailedEntry> failed_entries(std::string_view standard_error,
                                        const std::vector<DumpEntry>& entries) {
  constexpr std::string_view kEntry = "pg_restore: from TOC entry ";
  constexpr std::string_view kError = "pg_restore: error: ";
  constexpr std::string_view kQuery = "could not execute query: ERROR:  ";
  std::map<std::string_view, const DumpEntry*> by_number;
  for (const DumpEntry& entry : entries) by_number[entry.number()] = &entry;
  std::vector<FailedEntry> failures;
  const DumpEntry* current = nullptr;
  while (!standard_error.empty()) {
    std::string_view line = next_line(standard_error);
    if (line.starts_with(kEntry)) {
      const auto found = by_number.find(line.substr(kEntry.size(), line.find(';') - kEntry.size()));
      current = found == by_number.end() ? nullptr : found->second;
    }
    if (!line.starts_with(kError)) continue;
    line.remove_prefix(kError.size());
    if (line.starts_with(kQuery)) line.remove_prefix(kQuery.size());
    failures.push_back({current != nullptr ? *current : DumpEntry{}, std::string(line)});
  }
  return failures;
}

std::string describe(const FailedEntry& failure, int major) {
  const auto& [entry, message] = failure;
  if (entry.title.empty()) return message;
  if (entry.kind != "EXTENSION" || message.find("is not available") == std::string::npos)
    return fmt::format("{}: {}", entry.title, message);
  const std::string package = extension_package(entry.name, major);
  const std::string text =
      fmt::format("extension {} is not installed here: what depends on it is left out", entry.name);
  return package.empty() ? text : fmt::format("{} (apt-get install {})", text, package);
}

}  // namespace pgadvisor::sandbox
