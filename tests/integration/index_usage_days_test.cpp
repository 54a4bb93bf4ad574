// Sixty days in the life of a cluster: what is said of each index on each day is golden/index_usage_days.txt.
// After a change that is meant, PGADVISOR_UPDATE_GOLDEN=1 writes it anew.
#include "advisor/index_health/usage.hpp"
#include "collectors/history/history.hpp"
#include "tests/support/daemon.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace pgadvisor::index_health {
namespace {

using namespace std::chrono_literals;

constexpr const char* kGolden = PGADVISOR_SOURCE_DIR "/tests/integration/golden/index_usage_days.txt";
const model::Timestamp kStart = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);

class TestClock final : public model::Clock {
 public:
  model::Timestamp time = kStart;
  model::Timestamp now() const override { return time; }
  std::chrono::steady_clock::time_point monotonic() const override { return {}; }
};

/// Counters as a server keeps them.
class Server {
 public:
  explicit Server(model::Timestamp start) { boot(start); }

  void boot(model::Timestamp start) {
    started_ = counting_since_ = start;
    reset_.reset();
    scans_.clear();
  }
  void restart(model::Timestamp at) { started_ = at; }
  void reset(model::Timestamp at) {
    reset_ = at;
    scans_.clear();
  }
  void scan(const std::string& index, std::int64_t times = 1) { scans_[index] += times; }
  void forget(const std::string& index) { scans_.erase(index); }

  [[nodiscard]] model::RelationPoll poll(model::Timestamp at,
                                         const std::map<std::string, model::Oid>& indexes,
                                         std::int64_t writes) const {
    model::RelationPoll poll;
    poll.taken_at = at;
    poll.stats_reset = reset_;
    poll.postmaster_start = started_;
    poll.counters_since = counting_since_;
    poll.tables = {{{"public", "t"}, model::Oid{1}, {.inserted = writes}},
                   {{"public", "idle"}, model::Oid{2}, {}}};
    for (const auto& [name, oid] : indexes) {
      const auto counted = scans_.find(name);
      const model::ObjectName table{"public", name == "of_idle_table" ? "idle" : "t"};
      poll.indexes.push_back(
          {{"public", name}, table, oid, {counted == scans_.end() ? 0 : counted->second, 0, 0}});
    }
    return poll;
  }

 private:
  model::Timestamp started_, counting_since_;
  std::optional<model::Timestamp> reset_;
  std::map<std::string, std::int64_t> scans_;
};

/// A primary and a replica, polled eight times a day, and their indexes.
class Cluster60 {
 public:
  explicit Cluster60(const std::filesystem::path& folder)
      : history_(history::History::open({folder / "history.sqlite"}, clock_).value()) {
    for (const char* name : {"never", "monthly", "day_2_only", "on_replica", "recreated", "redefined",
                             "reindexed", "of_idle_table"}) {
      create(name, name);
    }
  }

  std::string run() {
    std::string table = header();
    for (int day = 0; day < 60; ++day) {
      for (int poll = 0; poll < 8; ++poll) {
        happen(day, poll);
        clock_.time += 3h;
        poll_all(day, poll);
      }
      table += line(day + 1);
    }
    return table;
  }

 private:
  void create(const std::string& name, const std::string& definition) {
    oids_[name] = model::Oid{++last_oid_};
    definitions_[name] = definition;
    for (auto* server : {&primary_, &replica_}) server->forget(name);
  }

  /// What happens before the poll; days and polls count from 0.
  void happen(int day, int poll) {
    const auto now = clock_.time + 1h;
    const auto at = [&](int that_day, int that_poll) { return day == that_day && poll == that_poll; };
    if (at(0, 1) || at(31, 1)) primary_.scan("monthly", 4);
    if (at(2, 0)) primary_.scan("day_2_only");
    if (day % 7 == 3 && poll == 4) replica_.scan("on_replica", 2);
    if (at(3, 5)) primary_.boot(now);     // a crash
    if (at(6, 0)) replica_.restart(now);  // a restart in order
    if (day % 10 == 9 && poll == 2) oids_["reindexed"] = model::Oid{++last_oid_};
    if (at(15, 0)) create("new", "new");
    if (at(20, 0)) create("recreated", "recreated");
    if (at(20, 0)) create("redefined", "otherwise");
    if (at(50, 0)) failed_over_ = true;  // the replica is promoted under the primary's address
    if (at(55, 4)) replica_.reset(now);
    writes_ += 10;
  }

  /// Eighteen hours, which with the replica's eighteen leave 95 % of the window, and later a day, which does not.
  [[nodiscard]] static bool daemon_is_down(int day, int poll) { return (day == 42 && poll > 2) || day == 52; }
  [[nodiscard]] static bool replica_is_away(int day, int poll) {
    return (day == 46 && poll > 3) || (day == 47 && poll < 1);
  }

  void poll_all(int day, int poll) {
    if (daemon_is_down(day, poll)) return;
    if (!failed_over_) record(primary_, "primary");
    away_ = replica_is_away(day, poll);
    if (!away_) record(replica_, failed_over_ ? "primary" : "replica");
  }

  void record(const Server& server, const std::string& name) {
    model::DatabaseSnapshot catalog;
    catalog.database.name = "shop";
    for (const auto& [index, oid] : oids_) {
      auto& entry = catalog.indexes.emplace_back();
      entry.oid = oid;
      entry.name = {"public", index};
      entry.identity = definitions_.at(index);
    }
    const auto known =
        history_.record_usage(name, "system", "shop", server.poll(clock_.time, oids_, writes_));
    ASSERT_TRUE(known) << to_string(known.error());
    ASSERT_TRUE(history_.record_definitions(catalog));
  }

  [[nodiscard]] std::string header() const {
    std::string text = "day ";
    for (const auto& name : kColumns) text += fmt::format(" {:>14}", name);
    return text + "\n";
  }

  /// At the end of the day.
  [[nodiscard]] std::string line(int day) {
    model::DatabaseSnapshot snapshot;
    for (const auto& [oid, name] : std::map<std::uint32_t, std::string>{{1, "t"}, {2, "idle"}}) {
      auto& table = snapshot.tables.emplace_back();
      table.oid = model::Oid{oid};
      table.name = {"public", name};
    }
    for (const auto& [name, oid] : oids_) {
      auto& index = snapshot.indexes.emplace_back();
      index.oid = oid;
      index.name = {"public", name};
      index.table = model::Oid{name == "of_idle_table" ? 2U : 1U};
      index.identity = definitions_.at(name);
    }
    std::vector<model::ConfiguredMember> members{{"primary", {}}};
    if (!failed_over_) members.push_back({"replica", away_ ? "connection refused" : ""});
    const auto usage = history_.usage("shop", members).value();
    const UsagePolicy policy{.away_after = 9h};
    const Catalog catalog(snapshot);
    const UsageJudge judge(usage, policy);
    std::map<std::string, std::string> said;
    for (const auto& subject : catalog.subjects())
      said[subject.index->name.name] = words(judge.judge(subject, catalog));
    std::string text = fmt::format("{:>3} ", day);
    for (const auto& name : kColumns)
      text += fmt::format(" {:>14}", said.contains(name) ? said.at(name) : "-");
    return text + "\n";
  }

  [[nodiscard]] std::string words(const Usage& usage) const {
    const auto days = std::chrono::floor<std::chrono::days>(clock_.time - usage.since).count();
    switch (usage.state) {
      case UsageState::kUsed:
        return fmt::format("used {}", usage.scans);
      case UsageState::kObserving:
        return fmt::format("observing {}", days);
      case UsageState::kCandidate:
        return fmt::format("UNUSED {}", days);
      case UsageState::kUnknown:
        return "unknown";
    }
    return "?";
  }

  static inline const std::vector<std::string> kColumns{"never",      "monthly",   "day_2_only",
                                                        "on_replica", "recreated", "redefined",
                                                        "reindexed",  "new",       "of_idle_table"};
  TestClock clock_;
  history::History history_;
  Server primary_{kStart - 240h};
  Server replica_{kStart - 200h};
  std::map<std::string, model::Oid> oids_;
  std::map<std::string, std::string> definitions_;
  std::uint32_t last_oid_ = 100;
  std::int64_t writes_ = 0;
  bool failed_over_ = false;
  bool away_ = false;
};

TEST(SixtyDays, GetTheVerdictsOfTheGoldenFile) {
  const testing::TemporaryFolder folder;
  const auto said = Cluster60(folder.path()).run();
  if (std::getenv("PGADVISOR_UPDATE_GOLDEN") != nullptr) std::ofstream(kGolden) << said;
  EXPECT_EQ(said, testing::read_file(kGolden));
}

}  // namespace
}  // namespace pgadvisor::index_health
