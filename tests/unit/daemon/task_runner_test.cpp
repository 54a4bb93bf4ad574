#include "daemon/task_runner.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace pgadvisor::daemon {
namespace {

using model::Seconds;
using namespace std::chrono_literals;

class TaskClock final : public model::Clock {
 public:
  Due::Time time{1h};
  model::Timestamp now() const override { return {}; }
  Due::Time monotonic() const override { return time; }
};

/// Two tasks under a limit of a thousandth, at times of the test's own.
class TwoTasks : public ::testing::Test {
 protected:
  /// Runs the task if it may; true when it did.
  bool run(const TaskId& id, Due& due, std::chrono::seconds interval, double cost,
           const model::Result<void>& outcome = {}) {
    if (!runner_.may_begin(id, due)) return false;
    outcome_ = runner_.ended(id, due, interval, clock_.time, Seconds(cost), outcome);
    return true;
  }
  [[nodiscard]] double shown_interval(const TaskId& id) const {
    const auto& tasks = board_.status().tasks;
    const auto found = std::ranges::find_if(
        tasks, [&](const TaskStatus& task) { return task.name == id.name && task.database == id.database; });
    return found == tasks.end() ? 0 : found->interval.count();
  }
  [[nodiscard]] double wait(const Due& due) const { return Seconds(due.next() - clock_.time).count(); }

  TaskClock clock_;
  Publication publication_;
  StatusBoard board_{publication_, clock_, "test", "test"};
  TaskRunner runner_{0.001, board_, clock_};
  TaskId first_{"relations", "shop"};
  TaskId second_{"catalog", "shop"};
  Due first_due_, second_due_;
  model::Result<void> outcome_;
};

TEST_F(TwoTasks, RunAtTheirIntervalsWhileThereIsEnough) {
  EXPECT_TRUE(run(first_, first_due_, 300s, 0.1));
  EXPECT_FALSE(run(first_, first_due_, 300s, 0.1));
  EXPECT_DOUBLE_EQ(wait(first_due_), 300);
  clock_.time += 300s;
  EXPECT_TRUE(run(first_, first_due_, 300s, 0.1));
}

TEST_F(TwoTasks, AreStretchedByTheirOwnCost) {
  EXPECT_TRUE(run(first_, first_due_, 300s, 0.6));
  EXPECT_NEAR(wait(first_due_), 600, 1e-6);
  EXPECT_NEAR(shown_interval(first_), 600, 1e-6);
}

TEST_F(TwoTasks, ArePutOffWhenTheOtherOneBecameDearMeanwhile) {
  ASSERT_TRUE(run(first_, first_due_, 300s, 0.3));  // a thousandth: all there is
  EXPECT_NEAR(wait(first_due_), 300, 1e-6);
  ASSERT_TRUE(run(second_, second_due_, 3600s, 7.2));
  clock_.time += 300s;
  EXPECT_FALSE(run(first_, first_due_, 300s, 0.3));
  // Each has half of the limit now, counted from the end of its last run.
  EXPECT_NEAR(wait(first_due_), 300, 1e-6);
  EXPECT_NEAR(shown_interval(first_), 600, 1e-6);
  clock_.time += 299s;
  EXPECT_FALSE(run(first_, first_due_, 300s, 0.3));
  clock_.time += 2s;
  EXPECT_TRUE(run(first_, first_due_, 300s, 0.3));
}

TEST_F(TwoTasks, AreNotPutOffWhenWantedAtOnce) {
  ASSERT_TRUE(run(first_, first_due_, 300s, 0.3));
  ASSERT_TRUE(run(second_, second_due_, 3600s, 7.2));
  first_due_.at_once();
  EXPECT_TRUE(run(first_, first_due_, 300s, 0.3));
}

TEST_F(TwoTasks, AreNotPutOffForADatabaseThatIsGone) {
  const TaskId other{"catalog", "gone"};
  Due other_due;
  ASSERT_TRUE(run(first_, first_due_, 300s, 0.3));
  ASSERT_TRUE(run(other, other_due, 3600s, 7.2));
  runner_.forget("gone");
  clock_.time += 301s;
  EXPECT_TRUE(run(first_, first_due_, 300s, 0.3));
}

TEST_F(TwoTasks, AreTriedAgainSoonWhenSomebodyHasToHelpAndAtOnceWhenTheConnectionIsLost) {
  ASSERT_TRUE(run(first_, first_due_, 300s, 0.001, model::give_up("no extension")));
  EXPECT_TRUE(outcome_);
  EXPECT_NEAR(wait(first_due_), 10, 1e-6);
  clock_.time += 10s;
  ASSERT_TRUE(run(first_, first_due_, 300s, 0.001,
                  model::Error{model::NextStep::kReconnect, "server closed the connection", {}, {}}));
  EXPECT_FALSE(outcome_);
  EXPECT_TRUE(first_due_.is_urgent());
}

}  // namespace
}  // namespace pgadvisor::daemon
