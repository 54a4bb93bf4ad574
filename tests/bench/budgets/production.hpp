#pragma once

#include "advisor/report.hpp"
#include "advisor/workload/workload.hpp"
#include "tests/bench/session.hpp"

#include <string>
#include <vector>

namespace pgadvisor::bench {

/// The truth about an advice: its indexes built in production, what the planner then says and how long the
/// statements take. All of it, and the views that the workload's files make, is in one transaction that is
/// never committed: nothing stays, however the program ends. Throws std::runtime_error.
class Production {
 public:
  /// `workload` outlives this object.
  Production(const pg::Dsn& dsn, const workload::Workload& workload);

  /// Planner cost of the workload, statements weighed as the files say.
  [[nodiscard]] double cost();
  /// Seconds of one execution.
  struct Times {
    double without = 0;  ///< the indexes that were built
    double with = 0;
  };
  /// Of each statement, in their order: once to warm up, then the median of `runs`. With and without take
  /// turns, so that a machine that is slower for a while is so for both.
  [[nodiscard]] std::vector<Times> times(int runs);

  /// Builds all of them; drop() takes them away again.
  void build(const std::vector<advisor::Recommendation>& recommendations);
  [[nodiscard]] double built_bytes();
  void drop();

 private:
  [[nodiscard]] double time_once(const std::string& statement, bool with);

  Session session_;
  const workload::Workload& workload_;
  std::vector<std::string> built_;  ///< quoted, with their schema
};

}  // namespace pgadvisor::bench
