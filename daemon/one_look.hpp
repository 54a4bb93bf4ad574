#pragma once

#include "collectors/model/activity.hpp"
#include "collectors/model/usage.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::daemon {

/// A server of the cluster, looked at once; `poll` is missing where it could not be, for `trouble`.
struct LookedAt {
  std::string name;
  std::optional<model::RelationPoll> poll;
  std::string trouble = {};
};

/// What counters say by themselves: of the time since they began, which is their last reset or, where they
/// were never reset, since the server's own did (a crash, or its first start). As of the first server's
/// clock.
[[nodiscard]] model::ClusterUsage usage_at_once(const std::vector<LookedAt>& servers);

}  // namespace pgadvisor::daemon
