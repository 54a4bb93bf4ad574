#pragma once

#include "collectors/model/result.hpp"
#include "daemon/apply/table_facts.hpp"

#include <string>
#include <vector>

namespace pgadvisor::daemon::apply {

/// One statement to run, outside of a transaction.
struct Step {
  enum class What { kCreate, kDrop, kAttach };
  What what = What::kCreate;
  bool concurrently = true;  ///< blocks neither reads nor writes; else it takes a strong lock for a moment
  std::string sql;           ///< without semicolon
  model::ObjectName table;   ///< whose lock it needs
  model::ObjectName index;   ///< that it creates, drops or attaches
  std::string clean_up;      ///< takes away what it leaves when it fails; empty: it leaves nothing

  bool operator==(const Step&) const = default;
};

struct Plan {
  std::vector<Step> steps;
  std::vector<std::string> notes;  ///< what people should know before
  std::string undo;                ///< takes it all back, without semicolon
  model::ObjectName index;         ///< that it is about
};

/// How to create an index without blocking anybody for long. On a partitioned table, where CREATE INDEX
/// CONCURRENTLY does not exist: each partition's concurrently, then the partitioned ones ON ONLY each parent,
/// then they are attached; partitions that have such an index already keep theirs, so that what was
/// interrupted is continued. An invalid index that a failed attempt left under the same name goes first.
/// kGiveUp: an index serves the same, the name is taken, it is being built right now, or PostgreSQL has no
/// way to do it.
[[nodiscard]] model::Result<Plan> plan_create(const sql::CreateIndexStatement& statement,
                                              const TableFacts& facts);

/// `index` is the one to drop. kGiveUp when something rests on it.
[[nodiscard]] model::Result<Plan> plan_drop(const ExistingIndex& index, const TableNode& table);

}  // namespace pgadvisor::daemon::apply
