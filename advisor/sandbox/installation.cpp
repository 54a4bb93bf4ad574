#include "advisor/sandbox/installation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <system_error>

namespace pgadvisor::sandbox {
namespace {

/// The number `text` starts with, which is taken off.
std::optional<int> take_number(std::string_view& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

}  // namespace

std::filesystem::path module_path(const std::filesystem::path& modules, int major) {
  return modules / fmt::format("pgadvisor_planner-{}.so", major);
}

std::vector<Installation> find_installations(const std::filesystem::path& installations,
                                             const std::filesystem::path& modules) {
  std::vector<Installation> found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(installations, ignored)) {
    const std::string name = entry.path().filename();
    std::string_view rest = name;
    const std::optional<int> major = take_number(rest);
    const std::filesystem::path binaries = entry.path() / "bin";
    if (!major || !rest.empty() || !std::filesystem::exists(binaries / "postgres", ignored)) continue;
    found.push_back({*major, binaries, std::filesystem::exists(module_path(modules, *major), ignored)});
  }
  std::ranges::sort(found, {}, &Installation::major);
  return found;
}

model::Result<Installation> choose_installation(const std::vector<Installation>& installations,
                                                int production_version) {
  const int wanted = production_version / 10000;
  std::vector<Installation> usable;
  std::ranges::copy_if(installations, std::back_inserter(usable),
                       [&](const Installation& one) { return one.major >= wanted; });
  std::ranges::sort(usable, {}, &Installation::major);
  const auto chosen = std::ranges::find_if(usable, &Installation::has_module);
  if (chosen != usable.end()) return *chosen;
  const std::string package = fmt::format("apt-get install postgresql-{}", wanted);
  if (!usable.empty()) {
    return model::give_up(
        fmt::format("PostgreSQL {} is installed, but pgadvisor's planner module was not built for it",
                    usable.front().major),
        fmt::format("apt-get install postgresql-server-dev-{}, then build pgadvisor again",
                    usable.front().major));
  }
  if (installations.empty()) {
    return model::give_up(
        "the planner sandbox needs PostgreSQL's server programs on this machine, there are none", package);
  }
  return model::give_up(
      fmt::format(
          "the monitored server is PostgreSQL {0}, the newest server programs on this machine are {1}: the "
          "planner sandbox needs {0} or newer",
          wanted, std::ranges::max(installations, {}, &Installation::major).major),
      package);
}

std::optional<int> parse_version(std::string_view text) {
  const std::size_t start = text.find(") ");
  if (start == std::string_view::npos) return std::nullopt;
  text.remove_prefix(start + 2);
  const std::optional<int> major = take_number(text);
  if (!major) return std::nullopt;
  if (!text.starts_with('.')) return *major * 10000;
  text.remove_prefix(1);
  return *major * 10000 + take_number(text).value_or(0);
}

}  // namespace pgadvisor::sandbox
