#pragma once

#include <sys/types.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <thread>

namespace pgadvisor::bench {

/// Memory of a process that is not shared with others and not of a file, in bytes: RssAnon. 0 when it is
/// gone.
[[nodiscard]] std::int64_t private_memory(pid_t process);

/// Seconds of processor time that a process itself has taken; 0 when it is gone.
[[nodiscard]] double processor_time(pid_t process);
/// The same of all its children that have ended.
[[nodiscard]] double processor_time_of_ended_children(pid_t process);

/// How much a process grows while this lives, read every few milliseconds.
class Growth {
 public:
  explicit Growth(pid_t process);
  Growth(const Growth&) = delete;
  Growth& operator=(const Growth&) = delete;
  ~Growth() {
    stop_ = true;
    thread_.join();
  }

  [[nodiscard]] std::int64_t bytes() const {
    return std::max(most_.load(), private_memory(process_)) - first_;
  }

 private:
  pid_t process_;
  std::int64_t first_;
  std::atomic<std::int64_t> most_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace pgadvisor::bench
