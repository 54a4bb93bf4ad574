#pragma once

#include "advisor/report.hpp"
#include "advisor/sandbox/database.hpp"
#include "advisor/workload/workload.hpp"
#include "collectors/model/catalog.hpp"
#include "collectors/model/clock.hpp"

#include <functional>
#include <stop_token>
#include <string_view>

namespace pgadvisor::advisor {

struct Options {
  model::Bytes budget;  ///< storage for all recommended indexes together; 0: unlimited
  int max_indexes = 50;
  double min_gain = 1;      ///< per cent of its table's cost under the others that each index has to save
  double max_slowdown = 0;  ///< per cent that a statement may be expected to become slower
  std::int64_t min_table_pages = 1000;
  int max_key_columns = 3;
  model::Seconds time_limit{120};  ///< then the best so far
};

/// Told at the end of each stage: its name and how long it took.
using OnStage = std::function<void(std::string_view stage, model::Seconds took)>;

/// The pipeline: workload in, proven recommendations out. `sandbox` is a fresh or reset twin of the
/// snapshot's database. Blocking; one worker thread. kReconnect when the sandbox died, kGiveUp when stopped.
[[nodiscard]] model::Result<Advice> advise(const model::DatabaseSnapshot& snapshot,
                                           const workload::Workload& workload, sandbox::Database& sandbox,
                                           const Options& options, const model::Clock& clock,
                                           std::stop_token stop, const OnStage& on_stage);

}  // namespace pgadvisor::advisor
