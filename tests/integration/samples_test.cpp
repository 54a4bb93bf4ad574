#include "collectors/samples_collector.hpp"

#include "advisor/workload/workload.hpp"
#include "collectors/history/history.hpp"
#include "collectors/pg/blocking_connection.hpp"
#include "tests/support/cluster.hpp"
#include "tests/support/run_coroutine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace pgadvisor::collectors {
namespace {

namespace fs = std::filesystem;
using testing::Cluster;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::run;
using ::testing::SizeIs;

/// A client of the simple protocol, as pgbench is by default.
class Samples : public ::testing::Test {
 protected:
  Samples() {
    std::string name = "/tmp/pgadvisor-samples-XXXXXX";
    folder_ = mkdtemp(name.data());
    Cluster::shared().execute("CREATE TABLE queue (id int, status text, payload text)", database_);
    history_.emplace(history::History::open({.file = folder_ / "history.sqlite"}, clock_).value());
  }
  ~Samples() override { fs::remove_all(folder_); }

  void execute(const std::string& sql) { ASSERT_TRUE(client_.execute(sql)) << sql; }

  /// One look, as the daemon does it.
  model::SamplePoll look() {
    auto poll = run(collect_samples(watcher_, taken_)).value();
    taken_ = poll.taken_at;
    std::erase_if(poll.texts, [&](const auto& sample) { return sample.database != database_; });
    EXPECT_TRUE(history_->record_samples(poll));
    return poll;
  }

  std::vector<model::SampledSlot> values() { return history_->activity(database_, {}).value().samples; }

  std::string bytes_kept() {
    std::string bytes;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      std::ifstream file(entry.path(), std::ios::binary);
      bytes.append(std::istreambuf_iterator<char>(file), {});
    }
    return bytes;
  }

  fs::path folder_;
  std::string database_ = Cluster::shared().create_database();
  model::SystemClock clock_;
  std::optional<history::History> history_;
  std::optional<model::Timestamp> taken_;
  pg::Connection watcher_ = run(pg::Connection::connect(Cluster::shared().dsn(), {})).value();
  pg::BlockingConnection client_ =
      pg::BlockingConnection::connect(Cluster::shared().dsn(database_), {}).value();
};

TEST_F(Samples, CountTheLiteralsOfStatementsThatRanSinceTheLastLook) {
  execute("SELECT id FROM queue WHERE status = 'before the first look'");
  EXPECT_THAT(look().texts, IsEmpty());
  for (int i = 0; i < 20; ++i) {
    execute(i % 10 == 9 ? "select id from queue where status = 'done' and id > -5 limit 3;"
                        : "SELECT id FROM queue WHERE status = 'pending' AND id > -7 LIMIT 3");
    look();
    EXPECT_THAT(look().texts, IsEmpty()) << "an execution is counted once";
  }
  const auto slots = values();
  ASSERT_THAT(slots, SizeIs(3));
  EXPECT_EQ(slots[0].shape, "select id from queue where status = ? and id > ? limit ?");
  ASSERT_THAT(slots[0].values, SizeIs(2));
  EXPECT_EQ(slots[0].values[0].literal, "'pending'");
  EXPECT_EQ(slots[0].values[0].count, 18);
  EXPECT_EQ(slots[1].values[0].literal, "-7");
}

TEST_F(Samples, BelongToTheStatementThatPgStatStatementsNormalised) {
  Cluster::shared().execute("CREATE EXTENSION pg_stat_statements; SELECT pg_stat_statements_reset()",
                            database_);
  look();
  for (int i = 0; i < 20; ++i) {
    execute("SELECT id FROM queue WHERE id IN (" + std::to_string(i) + ", -2) AND status = 'pending'");
    look();
  }
  model::StatementActivity entry;
  entry.text = Cluster::shared().value(
      "SELECT query FROM pg_stat_statements WHERE query LIKE 'SELECT id FROM queue%'", database_);
  ASSERT_THAT(entry.text, HasSubstr("$3"));
  entry.counters.calls = 20;
  auto activity = history_->activity(database_, {}).value();
  activity.statements = {entry};
  const auto workload = workload::from_activity(activity);
  ASSERT_THAT(workload.statements, SizeIs(1));
  const auto& parameters = workload.statements[0].parameters;
  ASSERT_THAT(parameters, SizeIs(2));
  EXPECT_EQ(parameters[1].position, 3);
  EXPECT_EQ(parameters[1].values[0].literal, "'pending'");
  EXPECT_DOUBLE_EQ(parameters[1].values[0].share, 1);
}

TEST_F(Samples, KeepNoSecretThatNoIndexCouldNeed) {
  look();
  for (const char* text :
       {"SET application_name = 'topsecret'", "UPDATE queue SET payload = 'topsecret' WHERE id = 3",
        "INSERT INTO queue VALUES (1, 'topsecret', 'topsecret')", "SELECT 1 /* topsecret */",
        "DO $$ BEGIN PERFORM 'topsecret'; END $$"}) {
    execute(text);
    look();
  }
  execute("SELECT 1 FROM queue WHERE payload = '" + std::string(300, 's') + "'");
  look();
  EXPECT_THAT(bytes_kept(), Not(HasSubstr("topsecret")));
  EXPECT_THAT(bytes_kept(), Not(HasSubstr(std::string(300, 's'))));
}

TEST_F(Samples, LeaveOutTextsThatTheServerCut) {
  look();
  execute("SELECT 1 FROM queue WHERE payload <> '" + std::string(1100, 'x') + "'");
  EXPECT_THAT(look().texts, IsEmpty());
}

TEST_F(Samples, KeepTheFrequentValuesOfMany) {
  look();
  model::SamplePoll poll;
  poll.taken_at = clock_.now();
  for (int i = 0; i < 400; ++i) {
    const auto id = i >= 200 && i % 2 == 0 ? "7777777" : std::to_string(i);
    poll.texts.push_back({database_, "SELECT 1 FROM queue WHERE id = " + id});
  }
  ASSERT_TRUE(history_->record_samples(poll));
  const auto slots = values();
  ASSERT_THAT(slots, SizeIs(2));
  EXPECT_THAT(slots[1].values, SizeIs(50));
  EXPECT_EQ(slots[1].values[0].literal, "7777777");
  EXPECT_EQ(slots[1].values[0].count, 100);
  EXPECT_EQ(slots[1].others, 400 - 100 - 49);
}

TEST_F(Samples, SurviveARestartAndAreForgottenWhenAsked) {
  look();
  execute("SELECT id FROM queue WHERE status = 'kept'");
  look();
  history_.reset();
  history_.emplace(history::History::open({.file = folder_ / "history.sqlite"}, clock_).value());
  EXPECT_THAT(values(), SizeIs(1));
  ASSERT_TRUE(history_->forget_samples());
  EXPECT_THAT(values(), IsEmpty());
}

TEST_F(Samples, GoWithTheRetention) {
  model::SamplePoll poll;
  poll.taken_at = clock_.now() - std::chrono::hours(24 * 60);
  poll.texts.push_back({database_, "SELECT id FROM queue WHERE status = 'old'"});
  ASSERT_TRUE(history_->record_samples(poll));
  EXPECT_THAT(values(), SizeIs(1));
  ASSERT_TRUE(history_->prune());
  EXPECT_THAT(values(), IsEmpty());
}

}  // namespace
}  // namespace pgadvisor::collectors
