#include "tests/bench/own_cost/backend.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace pgadvisor::bench {

std::int64_t private_memory(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/status", process));
  for (std::string word; file >> word;) {
    std::int64_t kilobytes = 0;
    if (word == "RssAnon:" && file >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

namespace {

/// Sum of two neighbouring fields of /proc/PID/stat, which proc(5) numbers from 1, in seconds.
double ticks(pid_t process, int field) {
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  std::string text((std::istreambuf_iterator<char>(file)), {});
  std::istringstream fields(text.substr(std::min(text.size(), text.rfind(')') + 1)));  // fields 3 and on
  std::string word;
  for (int i = 3; i < field; ++i) fields >> word;
  double first = 0;
  double second = 0;
  fields >> first >> second;
  return (first + second) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

double processor_time(pid_t process) {
  return ticks(process, 14);
}

double processor_time_of_ended_children(pid_t process) {
  return ticks(process, 16);
}

Growth::Growth(pid_t process)
    : process_(process), first_(private_memory(process)), most_(first_), thread_([this] {
        while (!stop_) {
          most_ = std::max(most_.load(), private_memory(process_));
          std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
      }) {}

}  // namespace pgadvisor::bench
