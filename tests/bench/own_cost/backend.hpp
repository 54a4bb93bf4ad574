#pragma once

#include "tests/support/cluster.hpp"

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <set>
#include <thread>

namespace pgadvisor::bench {

/// Memory of a process that is not shared with others and not of a file, in bytes: RssAnon. 0 when it is
/// gone.
[[nodiscard]] std::int64_t private_memory(pid_t process);

/// Seconds of processor time that a process itself has taken; 0 when it is gone.
[[nodiscard]] double processor_time(pid_t process);
/// The same of all its children that have ended.
[[nodiscard]] double processor_time_of_ended_children(pid_t process);

/// The first process of a server, whose children its backends are. Throws std::runtime_error.
[[nodiscard]] pid_t postmaster_of(const testing::Cluster& cluster);

/// What a server's backend `process`, and those that begin while this lives, take: read every few
/// milliseconds.
class Growth {
 public:
  Growth(pid_t postmaster, pid_t process);
  Growth(const Growth&) = delete;
  Growth& operator=(const Growth&) = delete;
  ~Growth() {
    stop_ = true;
    thread_.join();
  }

  /// By how much the one that grew most did.
  [[nodiscard]] std::int64_t bytes() const { return most_; }
  /// Seconds of processor time, of all of them.
  [[nodiscard]] double processor() const { return processor_; }

 private:
  void look();

  pid_t postmaster_;
  std::set<pid_t> others_;
  std::map<pid_t, std::int64_t> first_;
  std::map<pid_t, double> taken_;
  double before_ = 0;  ///< what `process` had taken when this began
  std::atomic<std::int64_t> most_ = 0;
  std::atomic<double> processor_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace pgadvisor::bench
