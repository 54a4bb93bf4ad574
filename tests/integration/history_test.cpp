#include "collectors/history/history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace pgadvisor::history {
namespace {

using model::NextStep;
using model::Timestamp;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

/// 2024-01-01 00:00 UTC and so many seconds.
Timestamp at(std::int64_t seconds) {
  return Timestamp(std::chrono::seconds(1704067200 + seconds));
}

class TestClock final : public model::Clock {
 public:
  Timestamp time = at(0);
  Timestamp now() const override { return time; }
  std::chrono::steady_clock::time_point monotonic() const override { return {}; }
};

constexpr model::Oid kShop{16384};

model::StatementSample sample(int id, std::int64_t calls, model::Oid database = kShop) {
  model::StatementSample sample;
  sample.key = {database, model::Oid{10}, model::QueryId{id}, true};
  sample.counters.calls = calls;
  sample.counters.total_time = model::Milliseconds(static_cast<double>(calls));
  return sample;
}

model::StatementPoll poll(Timestamp taken, std::vector<model::StatementSample> samples,
                          std::optional<Timestamp> reset = at(-1'000'000)) {
  model::StatementPoll poll;
  poll.taken_at = taken;
  poll.stats_reset = reset;
  poll.evictions = 0;
  poll.statements = std::move(samples);
  return poll;
}

model::RelationPoll relations(Timestamp taken, std::int64_t table_scans, std::int64_t index_scans) {
  model::RelationPoll poll;
  poll.taken_at = taken;
  poll.stats_reset = at(-1'000'000);
  poll.postmaster_start = at(-1'000'000);
  poll.tables.push_back({{"public", "orders"}, model::Oid{100}, {table_scans}});
  poll.indexes.push_back(
      {{"public", "orders_a"}, {"public", "orders"}, model::Oid{101}, {index_scans, 0, 0}});
  return poll;
}

model::ServerIdentity identity(const std::string& system, std::int64_t timeline = 1,
                               Timestamp start = at(-500)) {
  model::ServerIdentity identity;
  identity.system_identifier = system;
  identity.timeline = timeline;
  identity.version = 150000;
  identity.postmaster_start = start;
  return identity;
}

/// Fields of SQLite's file header, big-endian: https://www.sqlite.org/fileformat.html
constexpr int kUserVersionOffset = 60;
constexpr int kApplicationIdOffset = 68;

/// Stands in for a full disk: files of this process cannot grow beyond `bytes`.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::int64_t bytes) {
    handler_ = signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{static_cast<rlim_t>(bytes), before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  sighandler_t handler_{};
};

class HistoryTest : public ::testing::Test {
 protected:
  HistoryTest() {
    std::string name = "/tmp/pgadvisor-history-XXXXXX";
    folder_ = mkdtemp(name.data());
    options_.file = folder_ / "state" / "history.sqlite";
  }
  ~HistoryTest() override { fs::remove_all(folder_); }

  History open() {
    auto history = History::open(options_, clock_);
    if (!history) throw std::runtime_error(to_string(history.error()));
    EXPECT_TRUE(history->record_databases({{kShop, "shop", "UTF8", "C", "C"}}));
    return std::move(*history);
  }
  model::Error failure_to_open() { return History::open(options_, clock_).error(); }

  void patch(int offset, char last_byte) const {
    std::fstream file(options_.file, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(offset);
    file.write(std::array<char, 4>{0, 0, 0, last_byte}.data(), 4);
  }

  static std::int64_t calls_of(const model::DatabaseActivity& activity, int id) {
    const auto found =
        std::find_if(activity.statements.begin(), activity.statements.end(),
                     [&](const auto& each) { return each.key.query_id == model::QueryId{id}; });
    return found == activity.statements.end() ? -1 : found->counters.calls;
  }
  static std::vector<std::string> kinds(const History& history) {
    std::vector<std::string> kinds;
    for (const auto& event : history.events(Timestamp{}).value()) kinds.push_back(event.kind);
    return kinds;
  }

  fs::path folder_;
  HistoryOptions options_;
  TestClock clock_;
};

TEST_F(HistoryTest, KeepsFolderAndFilesToItself) {
  const mode_t before = umask(0277);
  const auto history = open();
  umask(before);
  EXPECT_EQ(fs::status(folder_ / "state").permissions(), fs::perms::owner_all);
  for (const auto& entry : fs::directory_iterator(folder_ / "state")) {
    EXPECT_EQ(entry.status().permissions() & (fs::perms::group_all | fs::perms::others_all), fs::perms::none)
        << entry.path();
  }
}

TEST_F(HistoryTest, CountsDeltasAfterTheBaseline) {
  auto history = open();
  ASSERT_TRUE(history.record_statements(poll(at(0), {sample(1, 100), sample(2, 5)})));
  ASSERT_TRUE(history.record_statements(poll(at(60), {sample(1, 110), sample(2, 5)})));
  ASSERT_TRUE(history.record_statements(poll(at(120), {sample(1, 115), sample(2, 5), sample(3, 7)})));
  const auto activity = history.activity("shop", at(-3600)).value();
  EXPECT_EQ(calls_of(activity, 1), 15);
  EXPECT_EQ(calls_of(activity, 2), -1);
  EXPECT_EQ(calls_of(activity, 3), 7);
  EXPECT_EQ(activity.window.from, at(0));
  EXPECT_EQ(activity.window.to, at(120));
  EXPECT_EQ(history.activity("other", at(-3600)).value().statements.size(), 0U);
}

TEST_F(HistoryTest, CountsWhatWasBeforeTheFirstPollWhenNothingElseIsKnown) {
  auto history = open();
  ASSERT_TRUE(history.record_statements(poll(at(0), {sample(1, 100)})));
  const auto activity = history.activity("shop", at(-3600)).value();
  EXPECT_EQ(calls_of(activity, 1), 100);
  EXPECT_EQ(activity.window.from, at(-1'000'000));
}

TEST_F(HistoryTest, CountsWhatWasBeforeTheFirstPollWhenItFallsIntoTheWindow) {
  auto history = open();
  ASSERT_TRUE(history.record_statements(poll(at(0), {sample(1, 100)}, at(-600))));
  ASSERT_TRUE(history.record_statements(poll(at(60), {sample(1, 110)}, at(-600))));
  const auto activity = history.activity("shop", at(-3600)).value();
  EXPECT_EQ(calls_of(activity, 1), 110);
  EXPECT_EQ(activity.window.from, at(-600));
  EXPECT_EQ(calls_of(history.activity("shop", at(-300)).value(), 1), 10);
}

TEST_F(HistoryTest, AnswersForTheWindowOnly) {
  clock_.time = at(7200);
  auto history = open();
  ASSERT_TRUE(history.record_statements(poll(at(0), {sample(1, 0)})));
  ASSERT_TRUE(history.record_statements(poll(at(600), {sample(1, 10)})));
  ASSERT_TRUE(history.record_statements(poll(at(1200), {sample(1, 30)})));
  const auto activity = history.activity("shop", at(900)).value();
  EXPECT_EQ(calls_of(activity, 1), 20);
  EXPECT_EQ(activity.window.from, at(900));
}

TEST_F(HistoryTest, GoesOnAfterTheWriterWasKilled) {
  const pid_t child = fork();
  if (child == 0) {
    auto history = open();
    static_cast<void>(history.record_identity(identity("1")));
    static_cast<void>(history.record_statements(poll(at(0), {sample(1, 100)})));
    static_cast<void>(history.record_relations("shop", relations(at(0), 10, 5)));
    static_cast<void>(history.record_statements(poll(at(60), {sample(1, 110)})));
    static_cast<void>(history.record_relations("shop", relations(at(60), 12, 5)));
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  auto history = open();
  ASSERT_TRUE(history.record_statements(poll(at(120), {sample(1, 117)})));
  ASSERT_TRUE(history.record_relations("shop", relations(at(120), 13, 9)));
  const auto activity = history.activity("shop", at(-60)).value();
  EXPECT_EQ(calls_of(activity, 1), 17);
  ASSERT_EQ(activity.tables.size(), 1U);
  EXPECT_EQ(activity.tables[0].counters.seq_scan, 3);
  ASSERT_EQ(activity.indexes.size(), 1U);
  EXPECT_EQ(activity.indexes[0].counters.scans, 4);
  EXPECT_EQ(activity.indexes[0].table.name, "orders");
}

TEST_F(HistoryTest, TellsResetsEvictionsAndGaps) {
  auto history = open();
  ASSERT_TRUE(history.record_statements(poll(at(0), {sample(1, 100), sample(2, 1)})));
  auto evicted = poll(at(60), {sample(1, 101)});
  evicted.evictions = 1;
  ASSERT_TRUE(history.record_statements(evicted));
  ASSERT_TRUE(history.record_statements(poll(at(120), {sample(1, 4)}, at(110))));
  ASSERT_TRUE(history.record_statements(poll(at(120 + 7200), {sample(1, 6)}, at(110))));
  EXPECT_EQ(kinds(history), (std::vector<std::string>{"baseline", "evicted", "statements_reset", "gap"}));
  const auto activity = history.activity("shop", at(-60)).value();
  EXPECT_EQ(activity.evictions, 1);
  EXPECT_EQ(calls_of(activity, 1), 1 + 4 + 2);
  EXPECT_TRUE(activity.statements.at(0).partial);
}

TEST_F(HistoryTest, StartsANewBaselineAfterAFailover) {
  auto history = open();
  ASSERT_TRUE(history.record_identity(identity("1")));
  ASSERT_TRUE(history.record_databases({{kShop, "shop", "UTF8", "C", "C"}}));
  ASSERT_TRUE(history.record_statements(poll(at(0), {sample(1, 100)})));
  ASSERT_TRUE(history.record_statements(poll(at(60), {sample(1, 101)})));
  ASSERT_TRUE(history.record_identity(identity("1", 2)));
  ASSERT_TRUE(history.record_statements(poll(at(120), {sample(1, 5000)})));
  ASSERT_TRUE(history.record_statements(poll(at(180), {sample(1, 5003)})));
  EXPECT_EQ(calls_of(history.activity("shop", at(-60)).value(), 1), 4);
  EXPECT_EQ(kinds(history), (std::vector<std::string>{"baseline", "failover", "baseline"}));
}

TEST_F(HistoryTest, MergesADatabaseOfTheSameNameOnAnotherServer) {
  auto history = open();
  ASSERT_TRUE(history.record_identity(identity("1")));
  ASSERT_TRUE(history.record_databases({{kShop, "shop", "UTF8", "C", "C"}}));
  ASSERT_TRUE(history.record_statements(poll(at(0), {sample(1, 0)})));
  ASSERT_TRUE(history.record_statements(poll(at(60), {sample(1, 3)})));
  ASSERT_TRUE(history.record_identity(identity("2")));
  const model::Oid other{20000};
  ASSERT_TRUE(
      history.record_databases({{other, "shop", "UTF8", "C", "C"}, {kShop, "else", "UTF8", "C", "C"}}));
  ASSERT_TRUE(history.record_statements(poll(at(120), {sample(1, 0, other)})));
  ASSERT_TRUE(history.record_statements(poll(at(180), {sample(1, 4, other)})));
  const auto activity = history.activity("shop", at(-60)).value();
  ASSERT_EQ(activity.statements.size(), 2U);
  EXPECT_EQ(activity.statements[0].counters.calls + activity.statements[1].counters.calls, 7);
  EXPECT_TRUE(history.activity("else", at(-60)).value().statements.empty());
}

TEST_F(HistoryTest, RecordsARestartOnceAndKeepsCounting) {
  auto history = open();
  ASSERT_TRUE(history.record_identity(identity("1")));
  ASSERT_TRUE(history.record_statements(poll(at(0), {sample(1, 100)})));
  ASSERT_TRUE(history.record_identity(identity("1", 1, at(30))));
  ASSERT_TRUE(history.record_identity(identity("1", 1, at(30))));
  ASSERT_TRUE(history.record_statements(poll(at(60), {sample(1, 110)})));
  EXPECT_EQ(kinds(history), (std::vector<std::string>{"baseline", "restarted"}));
  EXPECT_EQ(calls_of(history.activity("shop", at(-60)).value(), 1), 10);
}

TEST_F(HistoryTest, KeepsNoLiteralNoUtilityAndNothingOfItsOwn) {
  auto history = open();
  std::vector<model::StatementSample> samples;
  for (int id = 1; id <= 5; ++id) samples.push_back(sample(id, 1));
  ASSERT_TRUE(history.record_statements(poll(at(0), samples)));
  EXPECT_EQ(history.keys_without_text().value().size(), 5U);
  ASSERT_TRUE(history.record_texts({{samples[0].key, "SELECT * FROM t WHERE a = 'topsecret' -- topsecret"},
                                    {samples[1].key, "ALTER ROLE r PASSWORD 'topsecret'"},
                                    {samples[2].key, "SELECT /* pgadvisor */ $1"},
                                    {samples[3].key, "SELECT 'topsecret"}}));
  EXPECT_EQ(history.keys_without_text().value(), std::vector{samples[4].key});
  const auto activity = history.activity("shop", at(-60)).value();
  ASSERT_EQ(activity.statements.size(), 3U);
  EXPECT_EQ(activity.statements[0].text, "SELECT * FROM t WHERE a = $1");
  EXPECT_EQ(activity.statements[1].text, "");
  { const History closed = std::move(history); }
  EXPECT_EQ(open().keys_without_text().value(), std::vector{samples[4].key});
  for (const auto& entry : fs::directory_iterator(folder_ / "state")) {
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    EXPECT_EQ(bytes.find("topsecret"), std::string::npos) << entry.path();
  }
}

TEST_F(HistoryTest, TellsHowMuchOfTheActiveTimeItSaw) {
  auto history = open();
  auto first = relations(at(0), 0, 0);
  first.active_time = model::Milliseconds(1000);
  auto second = relations(at(60), 0, 0);
  second.active_time = model::Milliseconds(1100);
  ASSERT_TRUE(history.record_relations("shop", first));
  ASSERT_TRUE(history.record_relations("shop", second));
  ASSERT_TRUE(history.record_statements(poll(at(0), {sample(1, 0)})));
  ASSERT_TRUE(history.record_statements(poll(at(60), {sample(1, 80)})));
  EXPECT_DOUBLE_EQ(history.activity("shop", at(-60)).value().coverage.value(), 0.8);
}

TEST_F(HistoryTest, RefusesASecondProcessAndSaysSo) {
  const auto history = open();
  const pid_t child = fork();
  if (child == 0) {
    const auto second = History::open(options_, clock_);
    _exit(!second && second.error().message.find("in use by another pgadvisor") != std::string::npos ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(HistoryTest, RefusesForeignDamagedAndNewerFilesNamingTheFix) {
  fs::create_directories(folder_ / "state");
  std::ofstream(options_.file) << std::string(10000, 'x');
  EXPECT_EQ(failure_to_open().next, NextStep::kGiveUp);
  EXPECT_THAT(failure_to_open().hint, HasSubstr("move it away"));
  fs::remove(options_.file);
  { const auto history = open(); }
  patch(kUserVersionOffset, 99);
  EXPECT_THAT(failure_to_open().message, HasSubstr("newer pgadvisor"));
  patch(kApplicationIdOffset, 1);
  EXPECT_THAT(failure_to_open().message, HasSubstr("not a history of pgadvisor"));
}

TEST_F(HistoryTest, LosesNothingWhenTheDiskIsFullForAWhile) {
  auto history = open();
  std::vector<model::StatementSample> samples;
  for (int id = 0; id < 2000; ++id) samples.push_back(sample(id, 0));
  ASSERT_TRUE(history.record_statements(poll(at(0), samples)));
  const auto record = [&](int round) {
    for (auto& each : samples) each.counters.calls = round;
    return history.record_statements(poll(at(round * 600), samples));
  };
  ASSERT_TRUE(record(1));
  int round = 2;
  {
    const FileSizeLimit full(history.size().value().value / 2);
    auto done = record(round);
    for (; done.has_value(); done = record(round)) ASSERT_LT(++round, 100);
    EXPECT_EQ(done.error().next, NextStep::kRetry);
    EXPECT_FALSE(record(round));
  }
  ASSERT_TRUE(record(round + 1)) << round;
  EXPECT_EQ(calls_of(history.activity("shop", at(-60)).value(), 7), round + 1);
}

TEST_F(HistoryTest, SaysThatItsFolderCannotBeMade) {
  std::ofstream(folder_ / "file") << "x";
  options_.file = folder_ / "file" / "history.sqlite";
  EXPECT_EQ(failure_to_open().next, NextStep::kGiveUp);
}

TEST_F(HistoryTest, DropsWhatIsOlderThanItsRetention) {
  options_.retention = std::chrono::hours(24);
  auto history = open();
  ASSERT_TRUE(history.record_statements(poll(at(0), {sample(1, 0), sample(2, 0)})));
  ASSERT_TRUE(history.record_statements(poll(at(60), {sample(1, 5), sample(2, 7)})));
  ASSERT_TRUE(history.record_statements(poll(at(86400), {sample(2, 9)})));
  clock_.time = at(86400 + 3600);
  ASSERT_TRUE(history.prune());
  const auto activity = history.activity("shop", at(-60)).value();
  EXPECT_EQ(calls_of(activity, 1), -1);
  EXPECT_EQ(calls_of(activity, 2), 2);
  EXPECT_EQ(activity.window.from, at(3600));
  EXPECT_EQ(kinds(history), std::vector<std::string>{"gap"});
}

TEST_F(HistoryTest, SumsUpOldSlicesWithoutLosingAny) {
  auto history = open();
  ASSERT_TRUE(history.record_statements(poll(at(0), {sample(1, 0)})));
  for (int i = 1; i <= 40; ++i) ASSERT_TRUE(history.record_statements(poll(at(i * 300), {sample(1, i)})));
  clock_.time = at(12 * 3600);
  ASSERT_TRUE(history.prune());
  EXPECT_EQ(calls_of(history.activity("shop", at(-3600)).value(), 1), 40);
  EXPECT_EQ(calls_of(history.activity("shop", at(3600)).value(), 1), 29);
  ASSERT_TRUE(history.prune());
  EXPECT_EQ(calls_of(history.activity("shop", at(-3600)).value(), 1), 40);
}

TEST_F(HistoryTest, StaysBelowItsSizeAndKeepsTheNewest) {
  options_.size_limit = model::Bytes{1 << 20};
  auto history = open();
  std::vector<model::StatementSample> samples;
  for (int id = 0; id < 500; ++id) samples.push_back(sample(id, 0));
  ASSERT_TRUE(history.record_statements(poll(at(0), samples)));
  for (int round = 1; round <= 100; ++round) {
    for (auto& each : samples) ++each.counters.calls;
    ASSERT_TRUE(history.record_statements(poll(at(round * 3600), samples)));
  }
  clock_.time = at(100 * 3600);
  EXPECT_GT(history.size().value().value, 1 << 20);
  ASSERT_TRUE(history.prune());
  EXPECT_LE(history.size().value().value, 1 << 20);
  EXPECT_EQ(calls_of(history.activity("shop", at(100 * 3600 - 60)).value(), 7), 1);
  for (auto& each : samples) ++each.counters.calls;
  ASSERT_TRUE(history.record_statements(poll(at(101 * 3600), samples)));
  EXPECT_EQ(calls_of(history.activity("shop", at(101 * 3600 - 60)).value(), 7), 1);
}

TEST_F(HistoryTest, AnswersQuicklyForAWeekOfManyStatements) {
  auto history = open();
  std::vector<model::StatementSample> samples;
  for (int id = 0; id < 5000; ++id) samples.push_back(sample(id, 0));
  for (int hour = 0; hour < 24; ++hour) {
    for (auto& each : samples) ++each.counters.calls;
    ASSERT_TRUE(history.record_statements(poll(at(hour * 3600), samples)));
  }
  const auto start = model::SystemClock{}.monotonic();
  EXPECT_EQ(history.activity("shop", at(-60)).value().statements.size(), 5000U);
  EXPECT_LT(model::SystemClock{}.monotonic() - start, std::chrono::seconds(2));
}

}  // namespace
}  // namespace pgadvisor::history
