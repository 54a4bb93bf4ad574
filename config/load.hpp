#pragma once

#include "collectors/model/result.hpp"
#include "config/settings.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace pgadvisor::config {

/// Everything wrong with a configuration, all at once; each line names the place, the fault and the fix.
using Mistakes = std::vector<std::string>;

/// Environment as the loader sees it: a parameter, so that tests need no setenv.
using Environment = std::map<std::string, std::string>;
[[nodiscard]] Environment process_environment();

struct Loaded {
  Settings settings;
  Mistakes mistakes;  ///< empty when the configuration is good
};

/// Defaults, then the YAML file (skipped when `file` is empty), then PGADVISOR_<SECTION>_<KEY> of
/// `environment` (lists separated by commas). Unknown keys (with the nearest known one), wrong types, values
/// out of range, unreadable files and unknown PGADVISOR_ variables are mistakes. No message repeats a DSN.
[[nodiscard]] Loaded load(const std::filesystem::path& file, const Environment& environment);

/// The example file: every key with its documentation and default, commented out. Kept as
/// config/pgadvisor.example.yaml; a test compares.
[[nodiscard]] std::string example();

/// "1GB", "512 MB", "20kB" as PostgreSQL writes sizes (1024-based), or plain bytes.
[[nodiscard]] model::Result<model::Bytes> parse_bytes(const std::string& text);
/// "90s", "5min", "1h", "7d", "500ms", or plain seconds.
[[nodiscard]] model::Result<std::chrono::milliseconds> parse_duration(const std::string& text);

}  // namespace pgadvisor::config
