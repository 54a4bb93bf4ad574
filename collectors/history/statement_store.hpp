#pragma once

// Private to collectors/history.

#include "collectors/history/delta.hpp"
#include "collectors/history/server_store.hpp"
#include "collectors/history/sqlite.hpp"
#include "collectors/model/window.hpp"

#include <map>
#include <vector>

namespace pgadvisor::history {

/// Statements: deltas, baselines, texts. Keeps the last poll in memory (some 10,000 entries), in step with
/// the file: it changes only once a transaction was committed.
class StatementStore {
 public:
  StatementStore(Database& database, ServerStore& servers) : database_(database), servers_(servers) {}

  /// Reads the last poll back.
  void load();
  /// Forgets the last poll: the next one is a baseline. Within the caller's transaction.
  void forget();

  /// What happened since the poll before.
  [[nodiscard]] model::StatementWindow record(const model::StatementPoll& poll);
  [[nodiscard]] std::vector<model::StatementKey> keys_without_text() const;
  void record_texts(const std::vector<model::StatementText>& texts);

  /// Those of `keys` that are known.
  [[nodiscard]] std::vector<model::StatementDescription> describe(
      const std::vector<model::StatementKey>& keys);

  /// Statements, evictions and window of the answer. `slice` is the first one of the window, `known_from` its
  /// time.
  void add_activity(const std::string& database, model::Timestamp from, std::int64_t slice,
                    model::DatabaseActivity& activity);

 private:
  enum class TextState : std::int64_t { kUnknown = 0, kStored = 1, kUnreadable = 2, kUtility = 3, kOwn = 4 };
  struct Known {
    std::int64_t id = 0;
    TextState text = TextState::kUnknown;
  };
  struct Totals {
    model::StatementCounters counters;
    bool partial = false;
  };
  using KnownStatements = std::map<model::StatementKey, Known>;
  struct Entry {
    model::StatementKey key;
    bool workload = true;  ///< not our own, no utility statement
    bool utility = false;
    std::string text;
  };
  using TotalsById = std::map<std::int64_t, Totals>;
  using EntriesById = std::map<std::int64_t, Entry>;

  [[nodiscard]] Known find_or_add(const model::StatementKey& key, std::int64_t server);
  [[nodiscard]] KnownStatements identify(const model::StatementPoll& poll);
  void store_maintenance(std::int64_t statement, const std::string& text);
  [[nodiscard]] std::vector<model::Maintenance> maintenance(std::int64_t statement);
  void store_baseline(const model::StatementPoll& poll, const KnownStatements& known);
  void store_deltas(const std::vector<StatementDelta>& deltas, const KnownStatements& known,
                    std::int64_t slice);
  void store_last(const model::StatementPoll& poll, const KnownStatements& known);
  void store_evictions(const std::vector<model::StatementKey>& gone, std::int64_t slice);
  void store_events(const std::optional<Source>& last, const StatementChanges& changes,
                    const model::StatementPoll& poll, bool baseline);
  [[nodiscard]] EntriesById entries(const std::string& database);
  [[nodiscard]] TotalsById totals(std::int64_t slice);
  [[nodiscard]] std::int64_t evictions(const std::string& database, std::int64_t slice);
  [[nodiscard]] double active_milliseconds(const std::string& database, std::int64_t slice);
  [[nodiscard]] std::optional<model::Timestamp> add_baselines(const std::string& database,
                                                              model::Timestamp from, bool all,
                                                              TotalsById& totals);

  Database& database_;
  ServerStore& servers_;
  LastStatements last_;
  KnownStatements known_;  ///< the keys of last_
};

}  // namespace pgadvisor::history
