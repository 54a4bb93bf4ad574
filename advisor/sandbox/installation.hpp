#pragma once

#include "collectors/model/result.hpp"

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace pgadvisor::sandbox {

/// A PostgreSQL server package found on this machine.
struct Installation {
  int major = 0;
  std::filesystem::path binaries;  ///< folder of postgres, initdb, pg_dump, ...
  bool has_module = false;         ///< our planner module was built for this major
};

/// Every `<major>/bin/postgres` below `installations`, by major; has_module says whether `modules` holds
/// `pgadvisor_planner-<major>.so`.
[[nodiscard]] std::vector<Installation> find_installations(const std::filesystem::path& installations,
                                                           const std::filesystem::path& modules);

/// The same major as `production_version` (server_version_num), else the nearest newer one, of those with a
/// module. kGiveUp naming the package to install when there are only older ones: pg_dump refuses servers
/// newer than itself.
[[nodiscard]] model::Result<Installation> choose_installation(const std::vector<Installation>& installations,
                                                              int production_version);

/// Path of the planner module for `major` in `modules`.
[[nodiscard]] std::filesystem::path module_path(const std::filesystem::path& modules, int major);

/// server_version_num from what `postgres --version` prints: "postgres (PostgreSQL) 15.18 (Debian ...)" is
/// 150018, "18beta1" 180000.
[[nodiscard]] std::optional<int> parse_version(std::string_view text);

}  // namespace pgadvisor::sandbox
