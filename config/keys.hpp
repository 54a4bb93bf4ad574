#pragma once

#include "config/settings.hpp"

#include <functional>
#include <string>
#include <vector>

namespace pgadvisor::config {

/// One thing that can be set. The table of keys drives loading, validation, the environment and the example
/// file.
struct Key {
  std::string section;
  std::string name;
  std::string documentation;  ///< lines separated by \n
  bool is_list = false;       ///< takes any number of values; every other key takes exactly one
  /// Returns what is wrong with the values and what is expected; empty when they were set. Never repeats a
  /// value.
  std::function<std::string(Settings&, const std::vector<std::string>&)> set;
  std::function<std::string(const Settings&)> yaml;  ///< the current value as YAML

  [[nodiscard]] std::string full_name() const { return section + "." + name; }
  [[nodiscard]] std::string variable() const;  ///< PGADVISOR_<SECTION>_<NAME>
};

/// Sections stand together, in the order of Settings.
[[nodiscard]] const std::vector<Key>& keys();

/// The key whose name or variable is most like `name`, as it would be written there; empty when none is
/// alike. `name` is "section.key" or a variable.
[[nodiscard]] std::string nearest(const std::string& name);

}  // namespace pgadvisor::config
