#pragma once

#include "advisor/hotspot.hpp"
#include "advisor/hotspots/attribution.hpp"
#include "advisor/hotspots/judge.hpp"
#include "advisor/report.hpp"
#include "collectors/model/hotspot.hpp"
#include "collectors/model/window.hpp"

#include <map>
#include <span>
#include <vector>

namespace pgadvisor::hotspots {

/// Everything that a database's hotspots are told from. What is not known yet is null or empty.
struct Knowledge {
  const model::HotspotHistory& history;     ///< the last window included
  model::Timestamp now{};                   ///< its end
  const model::DatabaseSnapshot* snapshot;  ///< may be null
  const advisor::Advice* advice;            ///< the last one; may be null
  std::span<const UnindexedForeignKey> foreign_keys;
  const std::map<model::ObjectName, model::TableDetails>& details;
  const std::map<model::ObjectName, std::vector<advisor::HotspotStatement>>&
      statements;  ///< last seen to read
};

/// Ranked by bytes of the last day, what is resolved (for a week) last. Tables whose statements need most
/// rows are none.
[[nodiscard]] std::vector<advisor::Hotspot> hotspots(const Knowledge& knowledge);

}  // namespace pgadvisor::hotspots
