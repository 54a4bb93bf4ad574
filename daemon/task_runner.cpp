#include "daemon/task_runner.hpp"

#include <algorithm>

namespace pgadvisor::daemon {
namespace {

/// How often a task that needs somebody's help (an extension, a privilege) looks whether it has come.
constexpr std::chrono::seconds kCureCheck{10};

}  // namespace

model::Seconds TaskRunner::charge(const TaskId& id, model::Seconds wanted, model::Seconds cost) {
  const auto least = duty_.least_wait(id, wanted, cost);
  board_.spent(id.name, id.database, cost, duty_.ratio());
  return least;
}

void TaskRunner::charge_once(const TaskId& id, model::Seconds cost) {
  board_.spent(id.name, id.database, cost, duty_.ratio());
}

void TaskRunner::forget(const std::string& database) {
  duty_.forget(database);
  std::erase_if(ended_, [&](const auto& entry) { return entry.first.database == database; });
}

bool TaskRunner::may_begin(const TaskId& id, Due& due) {
  const auto now = clock_.monotonic();
  if (!due.now(now)) return false;
  const auto last = ended_.find(id);
  if (last == ended_.end() || due.is_urgent()) return true;
  due.not_before(last->second, duty_.least_wait(id));
  if (due.now(now)) return true;
  board_.set_interval(id.name, id.database, due.next() - last->second);
  return false;
}

model::Result<void> TaskRunner::ended(const TaskId& id, Due& due, std::chrono::seconds interval,
                                      Due::Time begin, model::Seconds cost, const model::Result<void>& done) {
  const bool helpless = !done && done.error().next == model::NextStep::kGiveUp;
  const model::Seconds wanted = helpless ? std::min(interval, kCureCheck) : interval;
  const auto next = std::max(wanted, charge(id, wanted, cost));
  const auto now = clock_.monotonic();
  ended_[id] = now;
  due.after(now, next);
  board_.set_interval(id.name, id.database, next);
  if (done) {
    board_.succeeded(id.name, id.database, now - begin);
    return {};
  }
  board_.failed(id.name, id.database, done.error());
  if (done.error().next != model::NextStep::kReconnect) return {};
  due.at_once();
  return done.error();
}

}  // namespace pgadvisor::daemon
