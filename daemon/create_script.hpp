#pragma once

#include "advisor/report.hpp"
#include "collectors/model/catalog.hpp"
#include "daemon/apply/plan.hpp"

#include <string>
#include <string_view>

namespace pgadvisor::daemon {

/// How a recommended index is built by hand, by what the snapshot knows of its table: on a partitioned one
/// partition by partition. kGiveUp: PostgreSQL has no way to do it, or the table is not there.
[[nodiscard]] model::Result<apply::Plan> plan_of(const advisor::Recommendation& recommendation,
                                                 const model::DatabaseSnapshot& snapshot);

/// SQL for people and tools to run, each statement under the lock_timeout that fits it: CONCURRENTLY blocks
/// nobody while it waits, but gives up under lock_timeout also at its very end; what takes a strong lock has
/// to be quick.
class Script {
 public:
  /// `sql` without semicolon.
  void add(const std::string& sql, bool concurrently);
  /// Between statements, as it is: comments and empty lines.
  void remark(const std::string& lines) { text_ += lines; }
  [[nodiscard]] std::string text() const { return text_ + "RESET lock_timeout;\n"; }

 private:
  std::string text_;
  std::string_view timeout_;
};

}  // namespace pgadvisor::daemon
