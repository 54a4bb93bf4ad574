#pragma once

#include "collectors/model/ids.hpp"
#include "collectors/model/units.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgadvisor::model {

/// Why what is known of a member begins where it does.
enum class SpanStart {
  kFirst,  ///< it was polled for the first time
  kGap,    ///< it was not polled for too long before
  kLost,   ///< its counters were lost: a crash, or another server has taken its place
  kReset,  ///< its counters, or those of single relations, were reset
};

/// A stretch of time over which a member was polled again and again, so that its counters connect.
struct CoveredSpan {
  Timestamp from{};
  Timestamp to{};
  SpanStart start = SpanStart::kFirst;
};

/// What is known of a relation on one member since it was first seen with its present name and definition,
/// whatever its OIDs were.
struct RelationUsage {
  ObjectName relation;
  Timestamp first_seen{};
  std::optional<Timestamp>
      last_used;              ///< when a poll last found it used: scans of an index, any activity of a table
  std::int64_t uses = 0;      ///< since first_seen
  std::string identity = {};  ///< of an index: model::Index::identity; empty: not known yet
};

/// A server of the cluster, primary or replica: usage of one database's relations there.
struct MemberUsage {
  std::string name;
  bool current = true;             ///< configured now; the others were, earlier
  std::string trouble;             ///< why it cannot be polled at present; empty: it can
  std::vector<CoveredSpan> spans;  ///< oldest first; none: it was never polled
  std::vector<RelationUsage> indexes;
  std::vector<RelationUsage> tables;
};

/// A server that is a member now, by the name it is reached by.
struct ConfiguredMember {
  std::string name;
  std::string trouble;  ///< why it cannot be polled at present; empty: it can
};

/// What all members together know of the use of one database's indexes.
struct ClusterUsage {
  Timestamp as_of{};
  /// Over samples of our own; otherwise a single look at counters since their last reset.
  bool sampled = true;
  std::vector<MemberUsage> members;
};

/// What was said of an index before, kept by name and definition.
struct IndexMemory {
  ObjectName index;
  std::string identity;  ///< model::Index::identity
  std::string verdict;
  Timestamp since{};                 ///< when this verdict was first given
  std::optional<double> best_ratio;  ///< smallest real size / predicted size that was seen
};

}  // namespace pgadvisor::model
