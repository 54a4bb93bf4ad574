#include "collectors/history/schema.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace pgadvisor::history {

namespace {

constexpr std::int64_t kApplicationId = 0x70676164;  // "pgad"

/// Step i brings user_version from i to i + 1. Never changed once released: a new step is added.
/// Times: `at` and `slice` in seconds, all others in microseconds since 1970. A `source` is what is polled:
/// all statements of a server (database NULL), or the relations of one database.
constexpr std::array<const char*, 6> kSteps{R"(
CREATE TABLE server (id INTEGER PRIMARY KEY, system_identifier TEXT NOT NULL UNIQUE, timeline INTEGER NOT NULL,
  in_recovery INTEGER NOT NULL, version INTEGER NOT NULL, postmaster_start INTEGER NOT NULL, current INTEGER NOT NULL);
CREATE TABLE database (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE database_oid (server INTEGER NOT NULL, oid INTEGER NOT NULL, database INTEGER NOT NULL,
  PRIMARY KEY (server, oid)) WITHOUT ROWID;
CREATE TABLE event (at INTEGER NOT NULL, kind TEXT NOT NULL, database TEXT NOT NULL, detail TEXT NOT NULL);
CREATE INDEX event_at ON event (at);

CREATE TABLE source (database INTEGER PRIMARY KEY, first_poll INTEGER NOT NULL, last_poll INTEGER NOT NULL,
  stats_reset INTEGER, evictions INTEGER, postmaster_start INTEGER, active_time REAL, fresh INTEGER NOT NULL);

CREATE TABLE statement (id INTEGER PRIMARY KEY, server INTEGER NOT NULL, database_oid INTEGER NOT NULL,
  user_oid INTEGER NOT NULL, query_id INTEGER NOT NULL, toplevel INTEGER NOT NULL, text_state INTEGER NOT NULL,
  text TEXT NOT NULL DEFAULT '', UNIQUE (query_id, database_oid, user_oid, toplevel, server));
CREATE TABLE statement_last (statement INTEGER PRIMARY KEY, stats_since INTEGER, calls INTEGER NOT NULL,
  total_time REAL NOT NULL, rows INTEGER NOT NULL, hit INTEGER NOT NULL, read INTEGER NOT NULL,
  dirtied INTEGER NOT NULL, temp INTEGER NOT NULL, wal INTEGER NOT NULL);
CREATE TABLE statement_baseline (statement INTEGER PRIMARY KEY, at INTEGER NOT NULL, since INTEGER,
  calls INTEGER NOT NULL, total_time REAL NOT NULL, rows INTEGER NOT NULL, hit INTEGER NOT NULL,
  read INTEGER NOT NULL, dirtied INTEGER NOT NULL, temp INTEGER NOT NULL, wal INTEGER NOT NULL);
CREATE TABLE statement_delta (slice INTEGER NOT NULL, statement INTEGER NOT NULL, calls INTEGER NOT NULL,
  total_time REAL NOT NULL, rows INTEGER NOT NULL, hit INTEGER NOT NULL, read INTEGER NOT NULL,
  dirtied INTEGER NOT NULL, temp INTEGER NOT NULL, wal INTEGER NOT NULL, partial INTEGER NOT NULL,
  PRIMARY KEY (slice, statement)) WITHOUT ROWID;
CREATE TABLE eviction (slice INTEGER NOT NULL, server INTEGER NOT NULL, database_oid INTEGER NOT NULL,
  statements INTEGER NOT NULL, PRIMARY KEY (slice, server, database_oid)) WITHOUT ROWID;

CREATE TABLE relation (id INTEGER PRIMARY KEY, database INTEGER NOT NULL, is_index INTEGER NOT NULL,
  schema TEXT NOT NULL, name TEXT NOT NULL, table_schema TEXT NOT NULL, table_name TEXT NOT NULL,
  UNIQUE (database, is_index, schema, name, table_schema, table_name));
CREATE TABLE relation_last (relation INTEGER PRIMARY KEY, oid INTEGER NOT NULL, c1 INTEGER NOT NULL,
  c2 INTEGER NOT NULL, c3 INTEGER NOT NULL, c4 INTEGER NOT NULL, c5 INTEGER NOT NULL, c6 INTEGER NOT NULL,
  c7 INTEGER NOT NULL, c8 INTEGER NOT NULL);
CREATE TABLE relation_baseline (relation INTEGER PRIMARY KEY, at INTEGER NOT NULL, since INTEGER, c1 INTEGER NOT NULL,
  c2 INTEGER NOT NULL, c3 INTEGER NOT NULL, c4 INTEGER NOT NULL, c5 INTEGER NOT NULL, c6 INTEGER NOT NULL,
  c7 INTEGER NOT NULL, c8 INTEGER NOT NULL);
CREATE TABLE relation_delta (slice INTEGER NOT NULL, relation INTEGER NOT NULL, c1 INTEGER NOT NULL,
  c2 INTEGER NOT NULL, c3 INTEGER NOT NULL, c4 INTEGER NOT NULL, c5 INTEGER NOT NULL, c6 INTEGER NOT NULL,
  c7 INTEGER NOT NULL, c8 INTEGER NOT NULL, PRIMARY KEY (slice, relation)) WITHOUT ROWID;
CREATE TABLE active_time (slice INTEGER NOT NULL, database INTEGER NOT NULL, milliseconds REAL NOT NULL,
  PRIMARY KEY (slice, database)) WITHOUT ROWID;
)",
                                            R"(
CREATE TABLE sampled_shape (id INTEGER PRIMARY KEY, database INTEGER NOT NULL, shape TEXT NOT NULL,
  UNIQUE (database, shape));
CREATE TABLE sampled_value (id INTEGER PRIMARY KEY, slice INTEGER NOT NULL, shape INTEGER NOT NULL,
  slot INTEGER NOT NULL, literal TEXT NOT NULL, count INTEGER NOT NULL, UNIQUE (slice, shape, slot, literal));
)",
                                            R"(
CREATE TABLE member (id INTEGER PRIMARY KEY, name TEXT NOT NULL, system_identifier TEXT NOT NULL,
  postmaster_start INTEGER NOT NULL);
CREATE TABLE member_name (name TEXT PRIMARY KEY, member INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE member_source (id INTEGER PRIMARY KEY, member INTEGER NOT NULL, database INTEGER NOT NULL,
  polled INTEGER NOT NULL, counters_since INTEGER, stats_reset INTEGER, postmaster_start INTEGER NOT NULL,
  UNIQUE (member, database));
CREATE TABLE member_span (source INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  start INTEGER NOT NULL, PRIMARY KEY (source, first)) WITHOUT ROWID;
CREATE TABLE relation_usage (id INTEGER PRIMARY KEY, source INTEGER NOT NULL, is_index INTEGER NOT NULL,
  schema TEXT NOT NULL, name TEXT NOT NULL, oid INTEGER NOT NULL, counter INTEGER NOT NULL,
  first_seen INTEGER NOT NULL, gone INTEGER, last_used INTEGER, uses INTEGER NOT NULL, follows INTEGER);
CREATE INDEX relation_usage_name ON relation_usage (source, is_index, schema, name);
CREATE TABLE index_definition (database INTEGER NOT NULL, oid INTEGER NOT NULL, identity TEXT NOT NULL,
  PRIMARY KEY (database, oid)) WITHOUT ROWID;
CREATE TABLE index_memory (database INTEGER NOT NULL, schema TEXT NOT NULL, name TEXT NOT NULL,
  identity TEXT NOT NULL, verdict TEXT NOT NULL, since INTEGER NOT NULL, best_ratio REAL,
  PRIMARY KEY (database, schema, name)) WITHOUT ROWID;
)",
                                            R"(
CREATE TABLE proposal (id TEXT PRIMARY KEY, database TEXT NOT NULL, action TEXT NOT NULL, origin TEXT NOT NULL,
  table_schema TEXT NOT NULL, table_name TEXT NOT NULL, definition TEXT NOT NULL, index_schema TEXT NOT NULL,
  index_name TEXT NOT NULL, ddl TEXT NOT NULL, rollback TEXT NOT NULL, size INTEGER NOT NULL,
  statements TEXT NOT NULL, baseline INTEGER NOT NULL, state TEXT NOT NULL, since INTEGER NOT NULL,
  by_whom TEXT NOT NULL, why TEXT NOT NULL, snoozed_until INTEGER, absent_at INTEGER, applied_at INTEGER,
  missed INTEGER NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, effect TEXT NOT NULL,
  evidence TEXT) WITHOUT ROWID;
CREATE TABLE proposal_change (id INTEGER PRIMARY KEY, proposal TEXT NOT NULL, at INTEGER NOT NULL,
  from_state TEXT NOT NULL, to_state TEXT NOT NULL, by_whom TEXT NOT NULL, why TEXT NOT NULL);
CREATE INDEX proposal_change_proposal ON proposal_change (proposal);
CREATE TABLE catalog_look (database INTEGER PRIMARY KEY, taken_at INTEGER NOT NULL);
CREATE TABLE catalog_table (database INTEGER NOT NULL, schema TEXT NOT NULL, name TEXT NOT NULL,
  PRIMARY KEY (database, schema, name)) WITHOUT ROWID;
CREATE TABLE catalog_index (database INTEGER NOT NULL, schema TEXT NOT NULL, name TEXT NOT NULL,
  table_schema TEXT NOT NULL, table_name TEXT NOT NULL, definition TEXT NOT NULL, ddl TEXT NOT NULL,
  is_unique INTEGER NOT NULL, backs_constraint INTEGER NOT NULL, is_partitioned INTEGER NOT NULL,
  size INTEGER NOT NULL, PRIMARY KEY (database, schema, name)) WITHOUT ROWID;
)",
                                            // What utility statements (3) do is kept from now on: their texts
                                            // are read again (0).
                                            R"(
CREATE TABLE maintenance (statement INTEGER NOT NULL, kind INTEGER NOT NULL, schema TEXT NOT NULL, name TEXT NOT NULL,
  is_index INTEGER NOT NULL);
CREATE INDEX maintenance_statement ON maintenance (statement);
UPDATE statement SET text_state = 0 WHERE text_state = 3;

CREATE TABLE hotspot (id INTEGER PRIMARY KEY, database INTEGER NOT NULL, schema TEXT NOT NULL, name TEXT NOT NULL,
  state INTEGER NOT NULL, since INTEGER NOT NULL, last_hot INTEGER NOT NULL, over INTEGER NOT NULL,
  first_over INTEGER NOT NULL, last_over INTEGER NOT NULL, hot INTEGER NOT NULL, after_high REAL NOT NULL,
  after_hot REAL NOT NULL, usual REAL NOT NULL, rate REAL NOT NULL, UNIQUE (database, schema, name));
CREATE TABLE hotspot_hour (slice INTEGER NOT NULL, hotspot INTEGER NOT NULL, scans REAL NOT NULL, rows REAL NOT NULL,
  bytes REAL NOT NULL, peak REAL NOT NULL, obscured REAL NOT NULL, PRIMARY KEY (slice, hotspot)) WITHOUT ROWID;
CREATE TABLE watched_hour (slice INTEGER NOT NULL, database INTEGER NOT NULL, seconds REAL NOT NULL,
  PRIMARY KEY (slice, database)) WITHOUT ROWID;
)",
                                            R"(
CREATE TABLE report (id TEXT PRIMARY KEY, window_from INTEGER NOT NULL, window_to INTEGER NOT NULL,
  made_at INTEGER NOT NULL, subject TEXT NOT NULL, summary TEXT NOT NULL, json TEXT NOT NULL, html TEXT NOT NULL,
  markdown TEXT NOT NULL, sql TEXT NOT NULL);
CREATE TABLE report_delivery (report TEXT NOT NULL, channel TEXT NOT NULL, state TEXT NOT NULL,
  attempts INTEGER NOT NULL, since INTEGER NOT NULL, next_at INTEGER, delivered_at INTEGER, trouble TEXT NOT NULL,
  PRIMARY KEY (report, channel)) WITHOUT ROWID;
)"};

[[noreturn]] void fail(std::string message, std::string hint) {
  throw StorageFailure{model::give_up(std::move(message), std::move(hint))};
}

/// The last folder of the path; a folder that is there already is left as its owner made it.
void create_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (folder.empty() || std::filesystem::exists(folder, error)) return;
  std::filesystem::create_directories(folder, error);
  // Not at creation: mkdir's mode is subject to the umask.
  if (!error) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  if (error) {
    fail(fmt::format("history folder {} cannot be created: {}", folder.string(), error.message()),
         "create it, and give it to the user that pgadvisor runs as");
  }
}

void create_file(const std::filesystem::path& file) {
  const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) {
    fail(fmt::format("history file {} cannot be opened: {}", file.string(), std::strerror(errno)),
         "give its folder to the user that pgadvisor runs as");
  }
  close(descriptor);
}

/// Before anything is written: a foreign database stays as it is.
void check_ours(Database& database, const std::filesystem::path& file) {
  const bool empty = database.number("SELECT count(*) FROM sqlite_master") == 0;
  if (!empty && database.number("PRAGMA application_id") != kApplicationId) {
    fail(fmt::format("{} is a database, but not a history of pgadvisor", file.string()),
         "configure another folder for the history");
  }
  const auto version = static_cast<std::size_t>(database.number("PRAGMA user_version"));
  if (version > kSteps.size()) {
    fail(fmt::format("{} was written by a newer pgadvisor (schema {}, this one knows {})", file.string(),
                     version, kSteps.size()),
         "install that version again, or move the file away: a new one is started");
  }
}

void migrate(Database& database) {
  auto version = static_cast<std::size_t>(database.number("PRAGMA user_version"));
  for (; version < kSteps.size(); ++version) {
    Transaction transaction(database);
    database.execute(kSteps.at(version));
    database.execute(
        fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, version + 1));
    transaction.commit();
  }
}

}  // namespace

Database open_database(const std::filesystem::path& file) {
  create_folder(file.parent_path());
  create_file(file);
  Database database(file);
  // In exclusive mode WAL needs no shared memory, and the lock is held until the database is closed.
  database.execute("PRAGMA locking_mode = EXCLUSIVE");
  check_ours(database, file);
  database.execute("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  database.execute("PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 4194304");
  database.execute("BEGIN EXCLUSIVE; COMMIT");
  migrate(database);
  return database;
}

}  // namespace pgadvisor::history
