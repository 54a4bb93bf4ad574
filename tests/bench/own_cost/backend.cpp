#include "tests/bench/own_cost/backend.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
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

std::set<pid_t> children_of(pid_t process) {
  std::ifstream file(fmt::format("/proc/{0}/task/{0}/children", process));
  return {std::istream_iterator<pid_t>(file), {}};
}

}  // namespace

double processor_time(pid_t process) {
  return ticks(process, 14);
}

double processor_time_of_ended_children(pid_t process) {
  return ticks(process, 16);
}

pid_t postmaster_of(const testing::Cluster& cluster) {
  pid_t pid = 0;
  std::ifstream(cluster.folder() / "data" / "postmaster.pid") >> pid;
  if (pid == 0) throw std::runtime_error("the server's first process is not known");
  return pid;
}

Growth::Growth(pid_t postmaster, pid_t process) : postmaster_(postmaster), others_(children_of(postmaster)) {
  others_.erase(process);
  first_.emplace(process, private_memory(process));
  before_ = processor_time(process);
  thread_ = std::thread([this] {
    while (!stop_) {
      look();
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
}

void Growth::look() {
  for (const auto pid : children_of(postmaster_)) {
    if (others_.contains(pid)) continue;
    const auto memory = private_memory(pid);
    const auto [first, added] = first_.try_emplace(pid, memory);
    most_ = std::max(most_.load(), memory - first->second);
    auto& taken = taken_[pid];
    taken = std::max(taken, processor_time(pid));
  }
  double sum = -before_;
  for (const auto& [pid, taken] : taken_) sum += taken;
  processor_ = sum;
}

}  // namespace pgadvisor::bench
