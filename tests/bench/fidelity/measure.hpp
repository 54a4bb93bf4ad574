#pragma once

#include "advisor/sandbox/server.hpp"
#include "tests/bench/fidelity/comparison.hpp"
#include "tests/support/cluster.hpp"

#include <string>
#include <vector>

namespace pgadvisor::bench {

/// A miss, ready to be read.
struct ExplainedMiss {
  Miss miss;
  std::string subject;  ///< "size of people_zipf", "cost of statement 12 with people_zipf"
  std::string reason;
};

/// What one schema came to.
struct Measurement {
  std::string schema;
  std::string summary;                ///< one line: what it is, and the seconds of each step
  std::vector<std::string> left_out;  ///< what the sandbox could not take over or answer
  std::vector<ExplainedMiss> misses;
  std::size_t unanswered = 0;  ///< indexes and statements that production takes and the sandbox does not
};

/// Fills the schema's database, asks sandbox and HypoPG, builds the indexes, compares, and drops the
/// database. Adds to the scores. Says on stderr what it is doing. Throws std::runtime_error.
[[nodiscard]] Measurement measure(testing::Cluster& cluster, sandbox::Server& server, const std::string& name,
                                  double scale, Scores& ours, Scores& hypopg);

}  // namespace pgadvisor::bench
