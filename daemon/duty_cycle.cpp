#include "daemon/duty_cycle.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace pgadvisor::daemon {
namespace {

/// The part of a run's cost that is paid back before the next one.
constexpr double kNewest = 0.3;

}  // namespace

double fair_share(std::vector<double> demands, double limit) {
  std::ranges::sort(demands);
  double left = limit;
  for (std::size_t i = 0; i < demands.size(); ++i) {
    const double share = left / static_cast<double>(demands.size() - i);
    if (demands[i] > share) return share;
    left -= demands[i];
  }
  return std::numeric_limits<double>::infinity();
}

model::Seconds DutyCycle::least_wait(const TaskId& task, model::Seconds wanted, model::Seconds cost) {
  const auto [entry, first] = runs_.try_emplace(task, Run{.cost = cost});
  Run& run = entry->second;
  if (!first) run.cost += (cost - run.cost) * kNewest;
  run.wanted = wanted;
  share_out();
  return run.least;
}

void DutyCycle::share_out() {
  std::vector<double> demands;
  for (const auto& [id, run] : runs_) demands.push_back(run.cost / run.wanted);
  const double share = fair_share(std::move(demands), limit_);
  for (auto& [id, run] : runs_) {
    run.least = run.cost / share;
    run.interval = std::max(run.wanted, run.least);
  }
}

model::Seconds DutyCycle::least_wait(const TaskId& task) const {
  const auto run = runs_.find(task);
  return run == runs_.end() ? model::Seconds{} : run->second.least;
}

double DutyCycle::ratio() const {
  return std::accumulate(runs_.begin(), runs_.end(), 0.0, [](double sum, const auto& entry) {
    return sum + entry.second.cost / entry.second.interval;
  });
}

void DutyCycle::forget(const std::string& database) {
  std::erase_if(runs_, [&](const auto& entry) { return entry.first.database == database; });
  share_out();
}

}  // namespace pgadvisor::daemon
