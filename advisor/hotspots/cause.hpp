#pragma once

#include "advisor/hotspot.hpp"
#include "advisor/hotspots/attribution.hpp"
#include "collectors/model/catalog.hpp"
#include "collectors/model/window.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pgadvisor::hotspots {

/// What can make a table a hotspot.
struct Suspects {
  const std::vector<advisor::HotspotStatement>& statements;  ///< that read it
  std::span<const advisor::PlannedRead> reads;               ///< of it, by the sandbox's plans
  std::span<const UnindexedForeignKey> foreign_keys;         ///< of it
  bool recommended = false;                                  ///< an index on it is recommended
  std::optional<model::TableDetails> details;
  const model::DatabaseSnapshot* snapshot = nullptr;  ///< may be null
  model::ObjectName table;
};

struct Cause {
  advisor::HotspotCause cause = advisor::HotspotCause::kUnknown;
  std::vector<std::string> reasons;       ///< sentences
  std::vector<std::string> foreign_keys;  ///< those that are to blame
};

/// In this order: all its statements need most rows; a foreign key without index; an index that is gone; an
/// existing index that the planner does not use because ANALYZE is missing or a setting forbids it; an index
/// that is recommended.
[[nodiscard]] Cause cause_of(const Suspects& suspects);

/// How the statement is planned to read the table: where several of its parts do, one that does so by a
/// sequential scan. Null when none does.
[[nodiscard]] const advisor::PlannedRead* read_by(const std::string& query_id,
                                                  std::span<const advisor::PlannedRead> reads);

/// Why the planner may know the table badly; empty when it was analysed and has not changed much since.
[[nodiscard]] std::string missing_analyze(const Suspects& suspects);

}  // namespace pgadvisor::hotspots
