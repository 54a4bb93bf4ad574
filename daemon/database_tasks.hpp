#pragma once

#include "collectors/history/history.hpp"
#include "config/settings.hpp"
#include "daemon/collection_observer.hpp"
#include "daemon/cycle.hpp"
#include "daemon/hotspot_watch.hpp"
#include "daemon/members.hpp"
#include "daemon/task_runner.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <string>

namespace pgadvisor::daemon {

/// What is read of one watched database, over a connection that lasts as long as there is something due: the
/// counters of its tables and indexes, and its catalog when that changed or is old. One io_context thread.
class DatabaseTasks {
 public:
  /// What all databases share; outlives them.
  struct Context {
    const config::Settings& settings;
    const pg::Dsn& dsn;
    history::History& history;
    const Members& members;
    StatusBoard& board;
    const model::Clock& clock;
    TaskRunner& runner;
    HotspotWatch& hotspots;
    const CollectionObserver& observer;
    std::minstd_rand& random;
  };

  DatabaseTasks(Context context, model::DatabaseProperties properties)
      : context_(context), properties_(std::move(properties)) {}

  [[nodiscard]] model::Oid oid() const { return properties_.oid; }
  [[nodiscard]] bool due(Due::Time now) const { return relations_.now(now) || fingerprint_check_.now(now); }
  [[nodiscard]] Due::Time next_due() const { return std::min(relations_.next(), fingerprint_check_.next()); }
  /// Connects and runs what is due. False when there was no working connection: the next attempt is put off.
  [[nodiscard]] boost::asio::awaitable<bool> visit();
  /// What a cycle needs, with the activity since `from`; empty before the first catalog pass. An error is the
  /// history's.
  [[nodiscard]] model::Result<std::optional<DatabaseInput>> input(model::Timestamp from) const;
  /// A cycle spent `cost` in the monitored server to make the twin or to bring it in step, or failed to.
  void twin_made(model::Seconds cost, bool good);

 private:
  [[nodiscard]] Answer<void> run_due(MeteredConnection& connection);
  [[nodiscard]] Answer<void> relations(pg::Connection& connection);
  [[nodiscard]] Answer<void> fingerprint(pg::Connection& connection);
  [[nodiscard]] Answer<void> catalog(pg::Connection& connection);
  [[nodiscard]] model::Result<void> record_usage(const model::RelationPoll& poll);
  [[nodiscard]] Answer<void> judge_hotspots(pg::Connection& connection, model::RelationWindow window);
  [[nodiscard]] std::chrono::seconds usual_pass_interval() const;
  [[nodiscard]] model::Seconds relations_interval() const;
  [[nodiscard]] index_health::UsagePolicy usage_policy() const;
  void passed();
  void put_off_pass(model::Seconds least);
  void failed(const model::Error& error);

  Context context_;
  model::DatabaseProperties properties_;
  std::shared_ptr<const model::DatabaseSnapshot> snapshot_;
  std::optional<pg::Dsn> dsn_;  ///< effective, once connected
  std::string seen_;            ///< fingerprint at the last check; empty when that failed
  std::string fingerprint_;     ///< of the snapshot
  bool passed_ = false;         ///< a catalog pass was made in this visit
  bool has_twin_ = false;
  Due twin_allowed_;  ///< not before one that failed is paid back
  Due::Time last_pass_{};
  Due relations_;
  Due fingerprint_check_;  ///< not before the last pass, and what it led to, is paid back
  Due pass_due_;
  Due pass_paid_;     ///< what the last pass took is paid back
  int failures_ = 0;  ///< visits in a row that found no working connection
};

}  // namespace pgadvisor::daemon
