#include "tests/bench/own_cost/backend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>

namespace pgadvisor::bench {

std::int64_t private_memory(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/status", process));
  for (std::string word; file >> word;) {
    std::int64_t kilobytes = 0;
    if (word == "RssAnon:" && file >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

Growth::Growth(pid_t process)
    : process_(process), first_(private_memory(process)), most_(first_), thread_([this] {
        while (!stop_) {
          most_ = std::max(most_.load(), private_memory(process_));
          std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
      }) {}

}  // namespace pgadvisor::bench
