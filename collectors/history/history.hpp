#pragma once

#include "collectors/history/proposal_rows.hpp"
#include "collectors/history/report_rows.hpp"
#include "collectors/model/activity.hpp"
#include "collectors/model/catalog.hpp"
#include "collectors/model/clock.hpp"
#include "collectors/model/hotspot.hpp"
#include "collectors/model/result.hpp"
#include "collectors/model/slices.hpp"
#include "collectors/model/usage.hpp"
#include "collectors/model/window.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::history {

struct HistoryOptions {
  std::filesystem::path file;                   ///< its folder is created with mode 0700
  std::chrono::hours retention{24 * 40};        ///< older samples are dropped
  model::Bytes size_limit{512LL << 20};         ///< oldest samples are dropped until the file is smaller
  std::chrono::hours usage_retention{24 * 42};  ///< of what says when indexes were used
  std::chrono::seconds longest_gap{6 * 3600};   ///< between two polls of a member that count as one watch
  std::chrono::seconds slice{300};              ///< deltas are summed up over so long; divides an hour
};

/// What happened to the counters: shown to people, and the reason for `unknown` verdicts.
struct Event {
  model::Timestamp at{};
  std::string kind;      ///< baseline, statements_reset, counters_reset, evicted, restarted, failover, gap
  std::string database;  ///< empty: the whole server
  std::string detail;
};

/// The embedded store of everything observed (SQLite, WAL): counters as deltas, by name, so that they survive
/// restarts of the daemon and re-creation of objects. Each record_* call is one transaction: after `kill -9`
/// a poll is there whole or not at all, and the next one takes its deltas against the last one recorded. One
/// thread; opened by one process at a time (a second one fails with a message that says so).
class History {
 public:
  /// Creates or migrates the file. kGiveUp when it is not ours, newer than this binary, or not writable.
  [[nodiscard]] static model::Result<History> open(HistoryOptions options, const model::Clock& clock);

  History(History&&) noexcept;
  History& operator=(History&&) noexcept;
  ~History();

  /// A change of system identifier or timeline, or a restart, is recorded as an event; a new server starts
  /// new baselines.
  [[nodiscard]] model::Result<void> record_identity(const model::ServerIdentity& identity);
  /// `databases`: names by oid, for the activity by database name.
  [[nodiscard]] model::Result<void> record_databases(const std::vector<model::DatabaseProperties>& databases);
  /// Both answer what happened since the poll before.
  [[nodiscard]] model::Result<model::StatementWindow> record_statements(const model::StatementPoll& poll);
  [[nodiscard]] model::Result<model::RelationWindow> record_relations(const std::string& database,
                                                                      const model::RelationPoll& poll);

  /// Which indexes a member of the cluster used, by the counters of one of its databases. A member is known
  /// by the names it was reached by, and as the same server by its start (poll.postmaster_start): a promoted
  /// replica goes on as itself. Answers whether the definition of each of its indexes is known:
  /// record_definitions().
  [[nodiscard]] model::Result<bool> record_usage(const std::string& member,
                                                 const std::string& system_identifier,
                                                 const std::string& database,
                                                 const model::RelationPoll& poll);
  /// Another name of a server whose usage is recorded under the first.
  [[nodiscard]] model::Result<void> name_member(const std::string& member,
                                                const model::ServerIdentity& identity);
  [[nodiscard]] model::Result<void> record_definitions(const model::DatabaseSnapshot& snapshot);
  /// What is known of the use of a database's indexes. `configured`: the members there are now.
  [[nodiscard]] model::Result<model::ClusterUsage> usage(
      const std::string& database, const std::vector<model::ConfiguredMember>& configured) const;
  /// What was said of indexes; the same verdict again keeps its time.
  [[nodiscard]] model::Result<void> remember(const std::string& database,
                                             const std::vector<model::IndexMemory>& indexes);
  [[nodiscard]] model::Result<std::vector<model::IndexMemory>> memory(const std::string& database) const;

  /// Keys of the last poll whose text is not stored yet.
  [[nodiscard]] model::Result<std::vector<model::StatementKey>> keys_without_text() const;
  /// Redacts (collectors/sql) and stores. A text that cannot be redacted, or is a utility statement, is
  /// remembered as such without its text, so that it is not asked for again; of the latter what maintenance
  /// it does.
  [[nodiscard]] model::Result<void> record_texts(const std::vector<model::StatementText>& texts);

  /// What is known of statements beside their counters.
  [[nodiscard]] model::Result<std::vector<model::StatementDescription>> describe(
      const std::vector<model::StatementKey>& keys) const;

  /// Keeps how often each literal stood where, per statement and day: at most 50 values of a place, none
  /// above 256 bytes, the others counted together. Never kept: texts, values that are only written, utility
  /// statements.
  [[nodiscard]] model::Result<void> record_samples(const model::SamplePoll& poll);
  /// Every sampled value.
  [[nodiscard]] model::Result<void> forget_samples();

  /// What `database` did between `from` and now. Counters the server had accumulated before the first poll
  /// count when all of them fall into the window (stats_reset or stats_since known and not before `from`), or
  /// when nothing else is known of the window yet; `window.from` in the answer says since when they speak.
  [[nodiscard]] model::Result<model::DatabaseActivity> activity(const std::string& database,
                                                                model::Timestamp from) const;
  /// The same in the slices of the history that begin in [from, to): finer, and without baselines. Older ones
  /// are those of an hour.
  [[nodiscard]] model::Result<model::StatementSlices> statement_slices(
      const std::string& database, const std::vector<model::QueryId>& statements, model::Timestamp from,
      model::Timestamp to) const;
  [[nodiscard]] model::Result<std::vector<model::TableSlice>> table_slices(const std::string& database,
                                                                           const model::ObjectName& table,
                                                                           model::Timestamp from,
                                                                           model::Timestamp to) const;
  [[nodiscard]] model::Result<std::vector<model::IndexSlice>> index_slices(const std::string& database,
                                                                           const model::ObjectName& index,
                                                                           model::Timestamp from,
                                                                           model::Timestamp to) const;
  [[nodiscard]] model::Result<std::vector<Event>> events(model::Timestamp from) const;

  /// The life cycle of proposals. Each call is one transaction. Nothing is bounded here: the caller forgets.
  [[nodiscard]] model::Result<void> record_proposals(const std::vector<ProposalRow>& proposals,
                                                     const std::vector<ProposalChangeRow>& changes);
  [[nodiscard]] model::Result<void> forget_proposals(const std::vector<std::string>& ids);
  [[nodiscard]] model::Result<std::vector<ProposalRow>> proposals() const;
  /// Oldest first; of each proposal the last hundred.
  [[nodiscard]] model::Result<std::vector<ProposalChangeRow>> proposal_changes() const;
  /// The last look at a database's catalog takes the place of the one before.
  [[nodiscard]] model::Result<void> record_catalog(const std::string& database, const CatalogRows& catalog);
  [[nodiscard]] model::Result<std::optional<CatalogRows>> catalog(const std::string& database) const;

  /// What a window of `database` that ends at `to` is judged by, and what it adds.
  [[nodiscard]] model::Result<model::HotspotHistory> hotspots(const std::string& database,
                                                              model::Timestamp to) const;
  /// What tables that are or were hotspots were read of, hour by hour.
  [[nodiscard]] model::Result<std::vector<model::ReadHour>> hotspot_hours(const std::string& database,
                                                                          model::Timestamp from) const;
  [[nodiscard]] model::Result<void> record_hotspots(const std::string& database,
                                                    const model::HotspotChanges& changes);

  /// Weekly reports and their deliveries. A report of the same id is replaced. One transaction each.
  [[nodiscard]] model::Result<void> record_report(const ReportRow& report);
  /// Of a report that is there; otherwise nothing happens.
  [[nodiscard]] model::Result<void> record_delivery(const std::string& report, const DeliveryRow& delivery);
  [[nodiscard]] model::Result<void> forget_reports(const std::vector<std::string>& ids);
  /// By the end of their windows, the latest first.
  [[nodiscard]] model::Result<std::vector<ReportRow>> reports() const;

  /// Applies retention and the size limit; call now and then.
  [[nodiscard]] model::Result<void> prune();
  [[nodiscard]] model::Result<model::Bytes> size() const;

 private:
  class Implementation;
  explicit History(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace pgadvisor::history
