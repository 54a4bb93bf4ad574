#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pgadvisor::bench {

/// A schema and what is asked of it, made up by chance: the same seed, the same text.
struct Generated {
  std::string schema;                   ///< CREATE TABLE with rows
  std::vector<std::string> statements;  ///< without a semicolon
};

/// Facts of a business with their dimensions, 25 tables; statements join up to `most_joined` of them along
/// foreign keys, with filters of all widths, aggregates and top-N lists. `rows` are those of a fact table.
[[nodiscard]] Generated joined_tables(std::uint32_t seed, int statements, int most_joined, int rows);

/// Many tables that know nothing of each other, and short statements on one or two of them, no two alike once
/// their literals are left out.
[[nodiscard]] Generated many_tables(std::uint32_t seed, int statements, int tables, int rows);

}  // namespace pgadvisor::bench
