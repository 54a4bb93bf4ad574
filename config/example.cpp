#include "config/keys.hpp"
#include "config/load.hpp"

#include <fmt/format.h>

#include <sstream>

namespace pgadvisor::config {

std::string example() {
  std::string text =
      "# pgadvisor: everything that can be set, with its default. Remove the # before a key to change it.\n"
      "# Each key is also an environment variable, which goes before the file: PGADVISOR_<SECTION>_<KEY>,\n"
      "# PGADVISOR_HTTP_PORT=7433 say; lists are separated by commas. Durations: 500ms, 90s, 5min, 1h, 7d.\n"
      "# Sizes: 20kB, 512MB, 1GB. `pgadvisor check-config FILE` reports every mistake at once.\n";
  const Settings defaults;
  std::string section;
  for (const Key& key : keys()) {
    if (key.section != section) text += fmt::format("\n{}:\n", key.section);
    section = key.section;
    std::istringstream lines(key.documentation);
    for (std::string line; std::getline(lines, line);) text += fmt::format("  # {}\n", line);
    text += fmt::format("  #{}: {}\n", key.name, key.yaml(defaults));
  }
  return text;
}

}  // namespace pgadvisor::config
