#pragma once

// Private to advisor/sandbox.

#include "advisor/sandbox/server.hpp"
#include "collectors/model/clock.hpp"

namespace pgadvisor::sandbox {

/// Accounts its own life time as time spent in the monitored server.
class ProductionTimer {
 public:
  explicit ProductionTimer(Server& server) : server_(server) {}
  ProductionTimer(const ProductionTimer&) = delete;
  ProductionTimer& operator=(const ProductionTimer&) = delete;
  ~ProductionTimer() { server_.add_production_time(clock_.monotonic() - begin_); }

 private:
  Server& server_;
  model::SystemClock clock_;
  std::chrono::steady_clock::time_point begin_ = clock_.monotonic();
};

}  // namespace pgadvisor::sandbox
