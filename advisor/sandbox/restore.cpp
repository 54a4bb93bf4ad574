#include "advisor/sandbox/restore.hpp"

#include "advisor/sandbox/dump_entries.hpp"
#include "advisor/sandbox/process.hpp"
#include "advisor/sandbox/restore_report.hpp"
#include "advisor/sandbox/twin.hpp"
#include "collectors/pg/blocking_connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>

namespace pgadvisor::sandbox {
namespace {

using std::chrono::seconds;

constexpr seconds kRestoreLimit{600};
/// Creating an empty object takes milliseconds, an extension a few seconds.
constexpr int kStatementSeconds = 10;
constexpr const char* kCancelled = "canceling statement due to user request";

/// What the superuser made becomes the owner's: a function SECURITY DEFINER would else run with all powers,
/// and the owner could not build on it. Options of foreign data need no validation where nobody reads them.
constexpr const char* kHandOver = R"(
update pg_catalog.pg_proc set proowner = o.oid from pg_catalog.pg_roles o
  where o.rolname = 'pgadvisor_owner' and pg_proc.oid >= 16384 and proowner <> o.oid;
update pg_catalog.pg_class set relowner = o.oid from pg_catalog.pg_roles o
  where o.rolname = 'pgadvisor_owner' and pg_class.oid >= 16384 and relowner <> o.oid;
update pg_catalog.pg_type set typowner = o.oid from pg_catalog.pg_roles o
  where o.rolname = 'pgadvisor_owner' and pg_type.oid >= 16384 and typowner <> o.oid;
update pg_catalog.pg_namespace set nspowner = o.oid from pg_catalog.pg_roles o
  where o.rolname = 'pgadvisor_owner' and pg_namespace.oid >= 16384 and nspowner <> o.oid;
update pg_catalog.pg_foreign_data_wrapper set fdwowner = o.oid, fdwvalidator = 0 from pg_catalog.pg_roles o
  where o.rolname = 'pgadvisor_owner' and fdwowner <> o.oid;
update pg_catalog.pg_foreign_server set srvowner = o.oid from pg_catalog.pg_roles o
  where o.rolname = 'pgadvisor_owner' and srvowner <> o.oid)";

/// postgres_fdw would ask the foreign server while planning.
constexpr const char* kEstimateHere = R"(
with servers as (
  update pg_catalog.pg_foreign_server set srvoptions =
    (select pg_catalog.array_agg(o) from pg_catalog.unnest(srvoptions) o where o not like 'use_remote_estimate=%')
  where srvoptions::text like '%use_remote_estimate=%' returning 1),
tables as (
  update pg_catalog.pg_foreign_table set ftoptions =
    (select pg_catalog.array_agg(o) from pg_catalog.unnest(ftoptions) o where o not like 'use_remote_estimate=%')
  where ftoptions::text like '%use_remote_estimate=%' returning 1)
select (select pg_catalog.count(*) from servers) + (select pg_catalog.count(*) from tables))";

class Restore {
 public:
  Restore(const Server& server, const std::string& database, const Workspace& workspace, std::size_t archives)
      : server_(server), database_(database), workspace_(workspace), archives_(archives) {}

  model::Result<std::vector<std::string>> run() {
    for (std::size_t archive = 0; archive < archives_; ++archive) {
      if (const auto list = add_contents(archive); !list) return list.error();
    }
    if (archives_ > 1) order_entries(list_.entries);
    const auto middle = std::stable_partition(list_.entries.begin(), list_.entries.end(), comes_first);
    if (auto done = as_superuser({list_.entries.begin(), middle}); !done) return done.error();
    if (auto done = as_owner({middle, list_.entries.end()}); !done) return done.error();
    if (auto done = help_with_refused(); !done) return done.error();
    if (auto done = estimate_foreign_tables_here(); !done) return done.error();
    return sentences();
  }

 private:
  model::Result<void> add_contents(std::size_t archive) {
    Command command = pg_restore();
    command.arguments.insert(command.arguments.end(), {"--list", schema_file(workspace_, archive).string()});
    command.output = workspace_ / fmt::format("contents-{}", archive).c_str();  // is appended to
    const model::Result<int> status = sandbox::run(command, kRestoreLimit, server_.stop());
    if (status.has_error()) return status.error();
    if (*status != 0) return model::give_up("pg_restore cannot read the dump: " + content_of(command.errors));
    auto list = select_entries(content_of(command.output));
    for (auto& entry : list.entries) entry.archive = archive;
    std::ranges::move(list.entries, std::back_inserter(list_.entries));
    list_.policies += list.policies;
    return {};
  }

  Command pg_restore() const {
    return {.arguments = {(server_.binaries() / "pg_restore").string()},
            .environment = {{"LC_ALL", "C"}, {"PGAPPNAME", "pgadvisor"}},
            .errors = workspace_ / "errors"};
  }

  model::Result<void> as_superuser(const std::vector<DumpEntry>& entries) {
    if (entries.empty()) return {};
    if (auto done = restore(entries, server_.dsn(database_)); !done) return done;
    auto connection = pg::BlockingConnection::connect(server_.dsn(database_), "pgadvisor sandbox");
    return connection ? connection->execute(kHandOver) : connection.error();
  }

  model::Result<void> as_owner(const std::vector<DumpEntry>& entries) {
    return entries.empty() ? model::Result<void>{}
                           : restore(entries, server_.dsn(database_).with("user", kOwnerRole));
  }

  /// The superuser creates what only it may; the owner then tries again what may have depended on that, or on
  /// another dump's entries.
  model::Result<void> help_with_refused() {
    for (std::size_t before = failures_.size() + 1; !failures_.empty() && failures_.size() < before;) {
      before = failures_.size();
      std::vector<FailedEntry> failed;
      failed.swap(failures_);
      std::vector<DumpEntry> refused, others;
      for (const FailedEntry& failure : failed) {
        if (needs_superuser(failure.entry, failure.message)) {
          refused.push_back(failure.entry);
        } else if (comes_first(failure.entry) || failure.message == kCancelled) {
          failures_.push_back(failure);
        } else {
          others.push_back(failure.entry);
        }
      }
      if (refused.empty() && archives_ == 1) {
        failures_ = std::move(failed);
        return {};
      }
      if (auto done = as_superuser(refused); !done) return done;
      if (auto done = as_owner(others); !done) return done;
    }
    return {};
  }

  model::Result<void> estimate_foreign_tables_here() {
    auto connection = pg::BlockingConnection::connect(server_.dsn(database_), "pgadvisor sandbox");
    if (!connection) return connection.error();
    const auto changed = connection->query(kEstimateHere);
    if (!changed) return changed.error();
    remote_estimates_ = changed->integer(0, 0);
    return {};
  }

  /// One archive after the other, as the entries name them.
  model::Result<void> restore(const std::vector<DumpEntry>& entries, const pg::Dsn& twin) {
    for (auto next = entries.begin(); next != entries.end();) {
      const auto end = std::find_if(next, entries.end(),
                                    [&](const DumpEntry& entry) { return entry.archive != next->archive; });
      if (auto done = restore_archive({next, end}, twin); !done) return done;
      next = end;
    }
    return {};
  }

  model::Result<void> restore_archive(const std::vector<DumpEntry>& entries, const pg::Dsn& twin) {
    std::ofstream(workspace_ / "list") << use_list(entries);
    std::error_code ignored;
    std::filesystem::remove(workspace_ / "errors", ignored);
    Command command = pg_restore();
    // By its environment: a database's name may hold anything.
    for (const auto& [name, value] : twin.environment()) command.environment[name] = value;
    command.arguments.insert(command.arguments.end(),
                             {"--no-owner", "--no-privileges", "--no-comments", "--no-tablespaces",
                              "--no-password", "--verbose", "--use-list=" + (workspace_ / "list").string(),
                              "--dbname=", schema_file(workspace_, entries.front().archive).string()});
    const auto status =
        sandbox::run(command, kRestoreLimit, server_.stop(), [this] { cancel_endless_statements(); });
    if (status.has_error()) return status.error();
    std::vector<FailedEntry> failed = failed_entries(content_of(command.errors), entries);
    const auto of_no_entry =
        std::ranges::find_if(failed, [](const FailedEntry& failure) { return failure.entry.line.empty(); });
    if (of_no_entry != failed.end()) return model::give_up("pg_restore failed: " + of_no_entry->message);
    if (*status != 0 && failed.empty())
      return model::give_up("pg_restore failed: " + content_of(command.errors));
    std::ranges::move(failed, std::back_inserter(failures_));
    return {};
  }

  /// pg_restore sets statement_timeout to 0, whatever the connection says.
  void cancel_endless_statements() {
    if (!watch_) {
      auto connection = pg::BlockingConnection::connect(server_.dsn("template1"), "pgadvisor sandbox");
      if (!connection) return;
      watch_.emplace(std::move(*connection));
    }
    // When it cannot be asked the limit of the whole restore has to do.
    static_cast<void>(
        watch_->query(fmt::format("select pg_catalog.pg_cancel_backend(pid) from pg_catalog.pg_stat_activity"
                                  " where datname = $1 and state = 'active'"
                                  " and pg_catalog.clock_timestamp() - query_start > interval '{} s'",
                                  kStatementSeconds),
                      {database_}));
  }

  std::vector<std::string> sentences() const {
    std::vector<std::string> left_out;
    for (FailedEntry failure : failures_) {
      if (failure.message == kCancelled) {
        failure.message = fmt::format("creating it took longer than {} s: a function in it may never end",
                                      kStatementSeconds);
      }
      left_out.push_back(describe(failure, server_.version() / 10000));
    }
    if (list_.policies > 0) {
      left_out.push_back(fmt::format(
          "{} row security policies: costs are those of a role they do not restrict", list_.policies));
    }
    if (remote_estimates_ > 0) {
      left_out.push_back(fmt::format(
          "use_remote_estimate of {} foreign servers and tables: their servers are not asked, their costs "
          "are estimated here",
          remote_estimates_));
    }
    return left_out;
  }

  const Server& server_;
  const std::string& database_;
  const Workspace& workspace_;
  std::size_t archives_;
  RestoreList list_;
  std::vector<FailedEntry> failures_;
  std::int64_t remote_estimates_ = 0;
  std::optional<pg::BlockingConnection> watch_;
};

}  // namespace

model::Result<std::vector<std::string>> restore_schema(const Server& server, const std::string& database,
                                                       const Workspace& workspace, std::size_t archives) {
  return Restore(server, database, workspace, archives).run();
}

std::filesystem::path schema_file(const Workspace& workspace, std::size_t archive) {
  return workspace / fmt::format("schema-{}", archive).c_str();
}

}  // namespace pgadvisor::sandbox
