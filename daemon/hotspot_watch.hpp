#pragma once

#include "advisor/hotspots/hotspots.hpp"
#include "advisor/hotspots/readings.hpp"
#include "advisor/report.hpp"
#include "collectors/history/history.hpp"
#include "collectors/model/maintenance.hpp"
#include "collectors/model/window.hpp"
#include "daemon/publication.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace pgadvisor::daemon {

/// Follows what sequential scans read. Remembers what else happened since the last poll of each database, has
/// advisor/hotspots judge the window when it ends, records the outcome, and publishes the hotspots. Only the
/// io_context's thread uses it.
class HotspotWatch {
 public:
  using Snapshot = std::shared_ptr<const model::DatabaseSnapshot>;
  using Details = std::map<model::Oid, model::TableDetails>;

  /// History and publication must outlive this object. `learning`: see hotspots::WindowFacts.
  HotspotWatch(history::History& history, Publication& publication, std::int64_t min_pages,
               model::Seconds learning)
      : history_(history), publication_(publication), min_pages_(min_pages), learning_(learning) {}

  /// From now on.
  void watch(const model::DatabaseProperties& database);
  void forget(const std::string& database);

  void saw(const model::StatementWindow& window);
  void saw(const model::MaintenancePoll& poll);

  /// Tables of the window that may matter: those that read most, whose details judge() needs. `snapshot` may
  /// be null.
  [[nodiscard]] std::vector<model::Oid> to_look_at(const model::RelationWindow& window,
                                                   const Snapshot& snapshot) const;
  /// The window of a database ended. One longer than `longest` tells nothing. An error is the history's.
  [[nodiscard]] model::Result<void> judge(const std::string& database, const model::RelationWindow& window,
                                          const Details& details, Snapshot snapshot, model::Seconds longest);
  /// A cycle ended and its report was published: causes and cures are told anew.
  void advised();

  /// Whether a table became a new hotspot since the last call.
  [[nodiscard]] bool take_news() { return std::exchange(news_, false); }

 private:
  struct Watched {
    model::Oid oid{};
    std::vector<model::Maintenance> maintenance = {};  ///< since the last window
    Snapshot snapshot = {};
    std::vector<hotspots::UnindexedForeignKey> foreign_keys = {};  ///< of the snapshot
    model::Timestamp to{};                                         ///< end of the last window
    std::map<model::ObjectName, model::TableDetails> details = {};
    std::map<model::ObjectName, std::vector<advisor::HotspotStatement>> statements = {};
    std::deque<hotspots::WindowReads> recent = {};  ///< since the start, the last few hundred
    std::vector<advisor::Hotspot> hotspots = {};
  };

  /// What the statements of a database did since the last window, and what maintenance they were.
  struct Work {
    std::vector<hotspots::Executed> statements;
    std::vector<model::Maintenance> maintenance;
  };
  [[nodiscard]] model::Result<Work> take_work(model::Oid database);
  [[nodiscard]] const advisor::DatabaseReport* report_of(const std::string& database) const;
  [[nodiscard]] model::Result<void> tell(const std::string& database, const model::HotspotHistory& history,
                                         Watched& watched);
  [[nodiscard]] model::Result<void> add_readings(const std::string& database,
                                                 const model::HotspotHistory& history, Watched& watched);
  void publish();

  history::History& history_;
  Publication& publication_;
  std::int64_t min_pages_;
  model::Seconds learning_;
  std::map<model::StatementKey, model::StatementCounters>
      executed_;  ///< since the last window of their database
  std::map<std::string, Watched> watched_;
  std::shared_ptr<const advisor::Report> report_;  ///< of the last cycle; null before the first
  bool news_ = false;
};

}  // namespace pgadvisor::daemon
