#pragma once

// Private to collectors/history.

#include "collectors/history/continuity.hpp"
#include "collectors/history/server_store.hpp"
#include "collectors/history/sqlite.hpp"
#include "collectors/model/usage.hpp"

#include <chrono>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace pgadvisor::history {

/// Which members of the cluster used which relation when, and over which time each was watched. A relation is
/// a row for each name and OID it had; members() puts them together by name and definition. Keeps the last
/// poll of each member and database in memory, in step with the file.
class UsageStore {
 public:
  UsageStore(Database& database, ServerStore& servers, std::chrono::seconds longest_gap)
      : database_(database), servers_(servers), longest_gap_(longest_gap) {}

  /// Drops what is in memory: it is read again when needed.
  void load() { last_.clear(); }

  void record(const std::string& member, const std::string& system_identifier, const std::string& database,
              const model::RelationPoll& poll, model::Timestamp at);
  /// The member that the server reached by this name is, which from now on has this name. The caller holds
  /// the transaction.
  std::int64_t identify(const std::string& name, const std::string& system_identifier,
                        model::Timestamp postmaster_start);
  /// Of those configured now also such as were never polled.
  [[nodiscard]] std::vector<model::MemberUsage> members(
      const std::string& database, const std::vector<model::ConfiguredMember>& configured);

 private:
  /// A relation as of the last poll.
  struct Entry {
    std::int64_t row = 0;
    std::size_t name = 0;  ///< hash of schema and name
    std::int64_t counter = 0;
  };
  using Entries = std::unordered_map<model::Oid, Entry>;
  struct Relation {
    bool is_index = false;
    const model::ObjectName* name = nullptr;
    model::Oid oid{};
    std::int64_t counter = 0;
  };
  struct Poll {
    std::int64_t source = 0;
    model::Timestamp at{};
    model::Timestamp last_at{};  ///< of the poll before
    std::optional<model::SpanStart> broken;
  };
  struct Source {
    std::int64_t id = 0;
    std::optional<CounterLife> last;
  };

  [[nodiscard]] Source source(std::int64_t member, std::int64_t database);
  void store_source(std::int64_t source, const CounterLife& life);
  void store_span(const Poll& poll);
  [[nodiscard]] Entries& last_poll(std::int64_t source);
  [[nodiscard]] static std::vector<Relation> relations_of(const model::RelationPoll& poll);
  [[nodiscard]] Entries store_relations(const Entries& last, const std::vector<Relation>& now,
                                        const Poll& poll);
  [[nodiscard]] Entry add_relation(const Relation& relation, const Poll& poll);

  [[nodiscard]] std::vector<std::pair<std::int64_t, model::MemberUsage>> known_members(std::int64_t database);
  void read_spans(std::int64_t source, model::MemberUsage& member);
  void read_relations(std::int64_t source, std::int64_t database, model::MemberUsage& member);

  Database& database_;
  ServerStore& servers_;
  std::chrono::seconds longest_gap_;
  std::map<std::int64_t, Entries> last_;  ///< by source
};

/// Forgets what ended before `before`.
void prune_usage(Database& database, model::Timestamp before);

}  // namespace pgadvisor::history
