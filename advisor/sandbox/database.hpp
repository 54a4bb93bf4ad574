#pragma once

#include "advisor/sandbox/key_facts.hpp"
#include "advisor/sandbox/plan_cost.hpp"
#include "advisor/sandbox/scan.hpp"
#include "advisor/sandbox/server.hpp"
#include "advisor/sandbox/session.hpp"
#include "collectors/model/catalog.hpp"
#include "collectors/model/index_definition.hpp"
#include "collectors/model/result.hpp"
#include "collectors/pg/blocking_connection.hpp"
#include "collectors/pg/dsn.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pgadvisor::sandbox {

/// What the metapage of a GIN index says, and gincostestimate() reads (GinStatsData in ginblock.h).
struct GinContents {
  double entry_pages = 1;
  double data_pages = 0;
  double entries = 0;
  double postings = 0;  ///< of all entries: a row has one in each of its keys
};

/// What the planner shall believe of an index.
struct IndexSize {
  std::int64_t pages = 1;
  double tuples = 0;
  int tree_height =
      0;  ///< B-tree levels below the root's; -1: unknown, as PostgreSQL has it for other methods
  std::optional<GinContents> gin = {};
};

/// One index of a candidate: on a partition, or the only one.
struct CandidatePart {
  CandidateId index;
  model::ObjectName table;
};

/// What the planner shall believe of one index of a candidate.
struct PartSize {
  CandidateId index;
  IndexSize size;
};

/// An existing index of the twin, as it would be made again.
struct ExistingIndex {
  CandidateId id{};
  model::IndexDefinition definition;  ///< on its own table
  std::string ddl;                    ///< CREATE INDEX, every name that needs it qualified
  std::string predicate;              ///< as it ends `ddl`; empty: a full index
};

/// What the planner shall believe of an existing table or index, found in the twin by name.
struct RelationSize {
  model::ObjectName relation;
  double pages = 0;    ///< current blocks
  double tuples = -1;  ///< at those blocks; < 0: never counted, then from column widths as the planner has it
  double all_visible = 0;  ///< share of a table's pages, 0..1
  int tree_height = -1;    ///< of an index, as in IndexSize
};

/// The twin of one production database: its schema without rows, its column statistics, planner settings and
/// sizes. Plans statements as production would, without touching production. One thread, but for what
/// side_by_side() says. Errors: kSkip for what one statement or candidate did wrong (with the planner's
/// message), kReconnect when the sandbox died: make a new twin.
class Database {
 public:
  /// Dumps the schema of `production` (pg_dump in a child process; nothing secret in its arguments), restores
  /// it, loads statistics, settings and sizes of `snapshot`. What could not be restored is in left_out().
  [[nodiscard]] static model::Result<Database> clone(Server& server, const pg::Dsn& production,
                                                     const model::DatabaseSnapshot& snapshot);

  /// Brings the twin, a clone of `from`, in step with `to`, at the cost of what changed: DDL on columns,
  /// indexes and constraints of tables it has, tables dropped, statistics, settings, sizes. Candidates and
  /// prepared statements are gone afterwards. Any error: more changed than that, or the twin is of no use any
  /// more; make a new one.
  [[nodiscard]] model::Result<void> follow(Server& server, const pg::Dsn& production,
                                           const model::DatabaseSnapshot& from,
                                           const model::DatabaseSnapshot& to);

  /// Makes a database that already holds schema and statistics ready: planner functions (schema
  /// pgadvisor_sandbox), no sizes yet. `connection` is a superuser's; `module` is Server::module(). kGiveUp
  /// when the module cannot be loaded.
  [[nodiscard]] static model::Result<Database> attach(pg::BlockingConnection connection,
                                                      const std::filesystem::path& module);

  /// Relations that are not in the twin are left alone; answers how many were found. Parents of partitions
  /// need no size: the planner sums up their children.
  [[nodiscard]] model::Result<std::int64_t> set_sizes(std::span<const RelationSize> sizes);

  /// "extension pg_trgm is not installed here: ... (apt-get install postgresql-contrib-15)", one entry an
  /// object.
  [[nodiscard]] const std::vector<std::string>& left_out() const { return left_out_; }
  [[nodiscard]] int server_version() const { return server_version_; }

  /// From now on until reset() the twin has so many sessions, which all believe the same of its relations.
  [[nodiscard]] model::Result<void> open_sessions(int count);
  [[nodiscard]] int sessions() const { return static_cast<int>(sessions_.size()); }
  /// Does the work once for each session, with its number, all at the same time. Each may ask that session
  /// about statements, key facts and selectivities, and nothing else. Answers the error of the first session
  /// that has one.
  [[nodiscard]] model::Result<void> side_by_side(const std::function<model::Result<void>(int session)>& work);

  /// `text` may hold $n without types. kSkip with PostgreSQL's message when it cannot be parsed or analysed,
  /// or is a utility statement.
  [[nodiscard]] model::Result<StatementId> prepare(const std::string& text, int session = 0);
  /// Forgets a prepared statement: its memory in the session.
  [[nodiscard]] model::Result<void> release(StatementId statement);
  [[nodiscard]] model::Result<StatementScans> scans(StatementId statement);
  /// One planner run per configuration, in one round trip; answers in the same order.
  [[nodiscard]] model::Result<std::vector<PlanCost>> costs(StatementId statement,
                                                           std::span<const Configuration> configurations);
  /// EXPLAIN (FORMAT JSON) text of the plan: one JSON array as PostgreSQL prints it.
  [[nodiscard]] model::Result<std::string> explain(StatementId statement, const Configuration& configuration);

  /// Creates the indexes of these CREATE INDEX statements, empty and hidden, in one transaction; their names
  /// are what plans show. On a partitioned table: one on each partition, all of them one candidate; plans
  /// show the partitions' own names, and sizes are shared out by their rows. Nothing in place of one that
  /// PostgreSQL refuses; kSkip, and none is created, when one takes longer than a statement may.
  [[nodiscard]] model::Result<std::vector<std::optional<CandidateId>>> create_candidates(
      std::span<const std::string> create_index_sql);
  /// The same for one; kSkip when PostgreSQL refuses it.
  [[nodiscard]] model::Result<CandidateId> create_candidate(const std::string& create_index_sql);
  [[nodiscard]] model::Result<model::IndexDefinition> definition(CandidateId candidate);
  [[nodiscard]] model::Result<std::vector<CandidatePart>> parts(CandidateId candidate);
  /// What the size of a candidate's index depends on, for a table of `rows` rows. Expressions and predicates
  /// are evaluated over the values that ANALYZE kept; where that fails they are guessed.
  [[nodiscard]] model::Result<KeyFacts> key_facts(CandidateId index, double rows, int session = 0);
  /// An existing index of the twin, if it is there.
  [[nodiscard]] model::Result<std::optional<CandidateId>> find_index(const model::ObjectName& name);
  /// The same, and how it would be made again.
  [[nodiscard]] model::Result<std::optional<ExistingIndex>> existing_index(const model::ObjectName& name);
  /// ALTER TABLE ... ADD CONSTRAINT for a constraint of the twin; empty when it is not there.
  [[nodiscard]] model::Result<std::string> constraint_ddl(const model::ObjectName& table,
                                                          const std::string& constraint);
  /// From now on statements are planned as if these existing indexes, with what is attached to them, and no
  /// others, were dropped.
  [[nodiscard]] model::Result<void> hide(std::span<const CandidateId> indexes);
  [[nodiscard]] model::Result<void> set_gin_contents(CandidateId index, const GinContents& contents);
  /// The sizes of single indexes, hundreds in a round trip.
  [[nodiscard]] model::Result<void> set_part_sizes(std::span<const PartSize> sizes);
  /// The size of the whole candidate, shared out by the rows of its parts.
  [[nodiscard]] model::Result<void> set_size(CandidateId candidate, const IndexSize& size);
  [[nodiscard]] model::Result<void> drop_candidate(CandidateId candidate);

  /// Share of the table's rows that satisfy `predicate` (SQL), 0..1, by the planner's own estimate.
  [[nodiscard]] model::Result<double> selectivity(const model::ObjectName& table,
                                                  const std::string& predicate, int session = 0);

  /// Makes a view that later statements name. kSkip when PostgreSQL refuses it.
  [[nodiscard]] model::Result<void> create_view(const std::string& create_view_sql);

  /// Forgets every prepared statement and candidate, hides no index, has one session, and starts counting
  /// anew: ready for the next advice.
  [[nodiscard]] model::Result<void> reset();

  [[nodiscard]] std::int64_t planner_calls() const;
  /// Of all sessions together, as seen from here.
  [[nodiscard]] model::Seconds planner_time() const;

 private:
  Database(pg::BlockingConnection connection, int server_version);

  /// The one that everything but statements is asked in.
  [[nodiscard]] Session& main() { return sessions_.front(); }
  /// The one of the statement or with the number, believing what the first one does.
  [[nodiscard]] model::Result<Session*> ready(int session);
  /// Asks what changes beliefs about so many relations.
  [[nodiscard]] model::Result<pg::Rows> tell(const std::string& sql, const pg::Parameters& parameters,
                                             std::size_t relations = 1);

  std::vector<Session> sessions_;
  int server_version_ = 0;
  std::vector<std::string> left_out_;
  Configuration candidates_;
  std::int64_t beliefs_ = 0;  ///< what the first session believes has changed so often
};

}  // namespace pgadvisor::sandbox
