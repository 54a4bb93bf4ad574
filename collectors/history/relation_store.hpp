#pragma once

// Private to collectors/history.

#include "collectors/history/relation_rows.hpp"
#include "collectors/history/server_store.hpp"
#include "collectors/history/sqlite.hpp"
#include "collectors/model/window.hpp"

#include <array>
#include <map>
#include <string>

namespace pgadvisor::history {

/// Tables and indexes by name: deltas and baselines. Keeps the last poll of each database in memory, in step
/// with the file.
class RelationStore {
 public:
  RelationStore(Database& database, ServerStore& servers) : database_(database), servers_(servers) {}

  /// Drops what is in memory: it is read again when needed.
  void load() { last_.clear(); }
  /// Forgets the last polls: the next ones are baselines. Within the caller's transaction.
  void forget() { database_.execute("DELETE FROM relation_last"); }

  /// What happened since the poll before.
  [[nodiscard]] model::RelationWindow record(const std::string& database, const model::RelationPoll& poll);
  /// Tables, indexes and, where no statement gave one, the window.
  void add_activity(const std::string& database, model::Timestamp from, std::int64_t slice,
                    model::DatabaseActivity& activity);

 private:
  using Counters = RelationCounters;
  struct Name {
    bool is_index = false;
    model::ObjectName object;
    model::ObjectName table;  ///< of an index
    auto operator<=>(const Name&) const = default;
  };
  struct Entry {
    std::int64_t id = 0;
    model::Oid oid{};
    Counters counters{};
  };
  using Entries = std::map<Name, Entry>;

  [[nodiscard]] static Entries entries_of(const model::RelationPoll& poll);
  [[nodiscard]] static Counters delta(const Name& name, const Entry& last, const Entry& now, bool lost);
  [[nodiscard]] Entries& last_poll(std::int64_t database);
  void identify(std::int64_t database, const Entries& last, Entries& now);
  void store_baseline(const Entries& now, const model::RelationPoll& poll);
  using Deltas = std::map<Name, Counters>;  ///< without those of zeros

  [[nodiscard]] static Deltas deltas(const Entries& last, const Entries& now, bool lost);
  [[nodiscard]] static model::RelationWindow window(const Entries& last, const Entries& now,
                                                    const Deltas& deltas, const model::RelationPoll& poll);
  void store_deltas(const Deltas& deltas, const Entries& now, std::int64_t slice);
  void store_last(const Entries& last, const Entries& now);
  void store_active_time(std::int64_t database, const Source& last, const model::RelationPoll& poll);
  void store_events(const std::string& database, const std::optional<Source>& last,
                    const model::RelationPoll& poll);
  [[nodiscard]] std::map<std::int64_t, Counters> totals(std::int64_t database, model::Timestamp from,
                                                        std::int64_t slice,
                                                        std::optional<model::Timestamp>& baselines_since);

  Database& database_;
  ServerStore& servers_;
  std::map<std::int64_t, Entries> last_;  ///< by database
};

}  // namespace pgadvisor::history
