#include "collectors/pg/blocking_connection.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/cluster.hpp"
#include "tests/support/daemon.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <optional>

namespace pgadvisor::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using namespace std::chrono_literals;

Cluster& cluster() {
  return Cluster::shared();
}

/// A transaction of somebody else that stays open.
class OpenTransaction {
 public:
  OpenTransaction(const std::string& database, const std::string& sql)
      : connection_(pg::BlockingConnection::connect(cluster().dsn(database), "somebody").value()) {
    EXPECT_TRUE(connection_.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; " + sql));
  }
  void end() { EXPECT_TRUE(connection_.execute("COMMIT")); }

 private:
  pg::BlockingConnection connection_;
};

class Apply : public ::testing::Test {
 protected:
  Apply() {
    execute(
        "CREATE TABLE other (a int); CREATE TABLE orders (id int PRIMARY KEY, customer_id int, status text, "
        "note text);"
        "INSERT INTO orders SELECT i, i % 5000, 's' || i % 7, repeat('x', 20) FROM generate_series(1, 50000) "
        "i;"
        "ANALYZE orders");
  }

  void execute(const std::string& sql) const { cluster().execute(sql, database_); }
  [[nodiscard]] std::string value(const std::string& sql) const { return cluster().value(sql, database_); }

  [[nodiscard]] std::vector<std::string> command(std::vector<std::string> arguments) const {
    std::vector<std::string> all{"apply", "--dsn", cluster().dsn_text(database_)};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
  }
  [[nodiscard]] ProgramOutput apply(std::vector<std::string> arguments) const {
    return run_pgadvisor(command(std::move(arguments)), folder_);
  }
  [[nodiscard]] ProgramOutput create(const std::string& ddl = "CREATE INDEX ix ON orders (customer_id)",
                                     std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"--index", ddl});
    return apply(std::move(more));
  }
  /// In the background; what it says goes to files.
  void begin(std::vector<std::string> arguments) {
    auto all = command(std::move(arguments));
    all.insert(all.begin(), pgadvisor_binary());
    running_.emplace(all, Variables{{"HOME", folder_.path()}}, folder_.path() / "out",
                     folder_.path() / "err");
  }
  [[nodiscard]] std::string said() const { return read_file(folder_.path() / "err"); }

  /// "valid", "invalid", or "absent".
  [[nodiscard]] std::string index(const std::string& name = "ix") const {
    return value(
        "SELECT coalesce((SELECT CASE WHEN indisvalid AND indisready THEN 'valid' ELSE 'invalid' END FROM "
        "pg_index "
        "WHERE indexrelid = to_regclass('" +
        name + "')), 'absent')");
  }
  [[nodiscard]] bool builds_until(const std::string& phase) const {
    return eventually([&] {
      return cluster().value("SELECT count(*) FROM pg_stat_progress_create_index WHERE phase = '" + phase +
                             "'") == "1";
    });
  }
  /// A build that is done but for the end, which waits for `transaction`.
  void begin_build_that_waits() {
    begin({"--index", "CREATE INDEX ix ON orders (customer_id)"});
    ASSERT_TRUE(builds_until("waiting for old snapshots")) << said();
    EXPECT_EQ(index(), "invalid");
  }

  const std::string database_ = cluster().create_database();
  const TemporaryFolder folder_;
  std::optional<Running> running_;
};

TEST_F(Apply, CreatesAnIndexAndDropsItAgain) {
  const auto created = create("create index on orders (customer_id, status)");
  EXPECT_EQ(created.exit_code, 0) << created.err;
  EXPECT_THAT(created.out,
              AllOf(HasSubstr("created public.ix_orders_customer_id_status in "),
                    HasSubstr("take it back: DROP INDEX CONCURRENTLY public.ix_orders_customer_id_status;")));
  EXPECT_EQ(index("ix_orders_customer_id_status"), "valid");
  const auto dropped = create("DROP INDEX ix_orders_customer_id_status");
  EXPECT_EQ(dropped.exit_code, 0) << dropped.err;
  EXPECT_THAT(dropped.out,
              HasSubstr("take it back: CREATE INDEX CONCURRENTLY ix_orders_customer_id_status ON "
                        "public.orders USING btree (customer_id, status);"));
  EXPECT_EQ(index("ix_orders_customer_id_status"), "absent");
}

TEST_F(Apply, OnlySaysWhatItWouldDoInADryRun) {
  const auto dry = create("CREATE INDEX ix ON orders (customer_id)", {"--dry-run", "--wait-timeout", "1h"});
  EXPECT_EQ(dry.exit_code, 0) << dry.err;
  EXPECT_THAT(dry.out, AllOf(HasSubstr("SET lock_timeout = '3600000ms';\n"),
                             HasSubstr("CREATE INDEX CONCURRENTLY ix ON public.orders (customer_id);\n"),
                             HasSubstr("Nothing was changed")));
  EXPECT_EQ(index(), "absent");
}

TEST_F(Apply, RefusesWhatAnotherIndexServes) {
  execute("CREATE INDEX wide ON orders (customer_id, lower(status)) WHERE status IN ('s1', 's2')");
  const auto refused = create("CREATE INDEX ON orders (customer_id) WHERE status IN ('s1', 's2')");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("public.wide serves the same already"));
  EXPECT_THAT(refused.out, IsEmpty());
  EXPECT_THAT(create("CREATE INDEX orders_pkey ON orders (note)").err,
              HasSubstr("is taken by something else"));
}

TEST_F(Apply, RefusesEverythingButOneIndexStatement) {
  for (const char* ddl :
       {"CREATE INDEX ON orders (status); DROP TABLE orders", "DROP TABLE orders", "SELECT 1", ""}) {
    const auto refused = create(ddl);
    EXPECT_EQ(refused.exit_code, 2) << ddl;
    EXPECT_THAT(refused.out, IsEmpty());
  }
  EXPECT_EQ(value("SELECT to_regclass('orders')"), "orders");
}

TEST_F(Apply, RefusesToDropWhatSomethingRestsOn) {
  execute(
      "CREATE TABLE items (order_id int REFERENCES orders); CREATE UNIQUE INDEX ident ON orders (id, note);"
      "ALTER TABLE orders ALTER note SET NOT NULL; ALTER TABLE orders REPLICA IDENTITY USING INDEX ident");
  EXPECT_THAT(create("DROP INDEX orders_pkey").err, HasSubstr("the primary key rests on it"));
  EXPECT_THAT(create("DROP INDEX ident").err, HasSubstr("the replica identity rests on it"));
  const auto missing = create("DROP INDEX nothing");
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.err, HasSubstr("there is no index nothing"));
}

TEST_F(Apply, SaysWhoHoldsTheLockAndLeavesNothing) {
  OpenTransaction vacuum(database_, "LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE");
  const auto failed =
      create("CREATE INDEX ix ON orders (customer_id)", {"--lock-timeout", "200ms", "--attempts", "2"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.err,
              AllOf(HasSubstr("trying again in 1 s (2 of 2)"),
                    HasSubstr("(client backend idle in transaction) holds ShareUpdateExclusiveLock"),
                    HasSubstr("left nothing behind")));
  EXPECT_EQ(index(), "absent");
}

TEST_F(Apply, WaitsForALockThatIsGivenBack) {
  OpenTransaction vacuum(database_, "LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE");
  begin({"--index", "CREATE INDEX ix ON orders (customer_id)", "--lock-timeout", "200ms"});
  ASSERT_TRUE(eventually([&] { return said().find("trying again") != std::string::npos; })) << said();
  vacuum.end();
  EXPECT_EQ(running_->join(kPatience), 0) << said();
  EXPECT_EQ(index(), "valid");
}

TEST_F(Apply, TakesAwayWhatAnOldTransactionKeptFromBecomingValid) {
  OpenTransaction report(database_, "SELECT count(*) FROM other");
  const auto failed =
      create("CREATE INDEX ix ON orders (customer_id)", {"--wait-timeout", "700ms", "--attempts", "1"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.err, AllOf(HasSubstr("waited for backend"), HasSubstr("left nothing behind")));
  EXPECT_EQ(index(), "absent");
}

TEST_F(Apply, PrintsTheCommandThatCleansUpWhenItCannotAndTheNextRunDoesIt) {
  OpenTransaction report(database_,
                         "SELECT count(*) FROM orders");  // a DROP INDEX has to wait for it as well
  const auto failed =
      create("CREATE INDEX ix ON orders (customer_id)", {"--wait-timeout", "300ms", "--attempts", "1"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.err, HasSubstr("Run this yourself:\n  DROP INDEX CONCURRENTLY public.ix;\n"));
  EXPECT_EQ(index(), "invalid");
  report.end();
  const auto again = create();
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("a failed attempt left it. It is dropped first"));
  EXPECT_EQ(index(), "valid");
}

TEST_F(Apply, ShowsWhomItWaitsFor) {
  OpenTransaction report(database_, "SELECT count(*) FROM other");
  begin_build_that_waits();
  EXPECT_TRUE(eventually([&] {
    return said().find("waiting for old snapshots") != std::string::npos &&
           said().find("(idle in transaction)") != std::string::npos;
  })) << said();
  report.end();
  EXPECT_EQ(running_->join(kPatience), 0) << said();
  EXPECT_EQ(index(), "valid");
}

TEST_F(Apply, CancelsAndCleansUpOnCtrlC) {
  OpenTransaction report(database_, "SELECT count(*) FROM other");
  begin_build_that_waits();
  running_->send(SIGINT);
  EXPECT_EQ(running_->join(kPatience), 1);
  EXPECT_THAT(said(), AllOf(HasSubstr("interrupted"), HasSubstr("left nothing behind")));
  EXPECT_EQ(index(), "absent");
}

TEST_F(Apply, CleansUpInTheNextRunAfterItWasKilled) {
  {
    OpenTransaction report(database_, "SELECT count(*) FROM other");
    begin_build_that_waits();
    running_->send(SIGKILL);
    EXPECT_EQ(running_->join(kPatience), 128 + SIGKILL);
    // The server notices, although it only waits, and gives up.
    EXPECT_TRUE(eventually(
        [&] { return cluster().value("SELECT count(*) FROM pg_stat_progress_create_index") == "0"; }));
  }
  EXPECT_EQ(index(), "invalid");
  const auto again = create();
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(index(), "valid");
}

TEST_F(Apply, LeavesAnIndexAloneThatSomebodyBuildsRightNow) {
  OpenTransaction report(database_, "SELECT count(*) FROM other");
  begin_build_that_waits();
  const auto refused = create();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("is being built right now, by backend"));
  report.end();
  EXPECT_EQ(running_->join(kPatience), 0) << said();
  EXPECT_EQ(index(), "valid");
}

TEST_F(Apply, CleansUpOverANewConnectionWhenItsOwnIsLost) {
  OpenTransaction report(database_, "SELECT count(*) FROM other");
  begin_build_that_waits();
  (void)cluster().value(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pgadvisor apply'");
  EXPECT_EQ(running_->join(kPatience), 1);
  EXPECT_THAT(said(), AllOf(HasSubstr("connecting again"), HasSubstr("left nothing behind")));
  EXPECT_EQ(index(), "absent");
}

TEST_F(Apply, CleansUpAfterTheServerCrashed) {
  {
    OpenTransaction report(database_, "SELECT count(*) FROM other");
    begin_build_that_waits();
    execute("CHECKPOINT");
    cluster().crash();
    cluster().start();
  }
  EXPECT_EQ(running_->join(kPatience), 1);
  EXPECT_THAT(said(), HasSubstr("left nothing behind"));
  EXPECT_EQ(index(), "absent");
}

TEST_F(Apply, PrintsTheCommandThatCleansUpWhenTheServerStaysAway) {
  {
    OpenTransaction report(database_, "SELECT count(*) FROM other");
    begin_build_that_waits();
    cluster().crash();
  }
  ASSERT_TRUE(eventually([&] { return said().find("connecting again") != std::string::npos; })) << said();
  running_->send(SIGINT);  // nobody wants to wait
  EXPECT_EQ(running_->join(kPatience), 1);
  EXPECT_THAT(said(), HasSubstr("Run this yourself:\n  DROP INDEX CONCURRENTLY public.ix;\n"));
  cluster().start();
}

TEST_F(Apply, TakesAwayAUniqueIndexThatDuplicatesMakeImpossible) {
  const auto failed = create("CREATE UNIQUE INDEX ix ON orders (customer_id)");
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.err, AllOf(HasSubstr("duplicates"), HasSubstr("left nothing behind")));
  EXPECT_EQ(index(), "absent");
}

TEST_F(Apply, TakesAwayWhatDoesNotFitIntoTheTemporaryFiles) {
  execute("ALTER DATABASE " + database_ + " SET temp_file_limit = '100kB'; ALTER DATABASE " + database_ +
          " SET maintenance_work_mem = '1MB'; ALTER DATABASE " + database_ +
          " SET max_parallel_maintenance_workers = 0");
  const auto failed = create("CREATE INDEX ix ON orders (note, status, customer_id)");
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.err, AllOf(HasSubstr("temp_file_limit"), HasSubstr("left nothing behind")));
  EXPECT_EQ(index(), "absent");
}

/// A file system of one megabyte; only root can have one.
class SmallDisk {
 public:
  explicit SmallDisk(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::filesystem::create_directory(folder_);
    mounted_ = mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=1m") == 0;
    give_to_unprivileged_user(folder_);
  }
  ~SmallDisk() {
    if (mounted_) umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  [[nodiscard]] bool mounted() const { return mounted_; }

 private:
  std::filesystem::path folder_;
  bool mounted_ = false;
};

TEST_F(Apply, TakesAwayWhatDoesNotFitOnTheDisk) {
  const auto folder = cluster().folder() / "small";
  const SmallDisk disk(folder);
  if (!disk.mounted()) GTEST_SKIP() << "no file system can be mounted here";
  cluster().execute("CREATE TABLESPACE small LOCATION '" + folder.string() + "'");
  const auto failed = create("CREATE INDEX ix ON orders (id, customer_id) TABLESPACE small");
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.err, AllOf(HasSubstr("No space left on device"), HasSubstr("left nothing behind")));
  EXPECT_EQ(index(), "absent");
  cluster().execute("DROP TABLESPACE small");
}

TEST_F(Apply, IndexesAPartitionedTablePartitionByPartition) {
  execute(
      "CREATE TABLE parts (id int, day int, note text) PARTITION BY RANGE (day);"
      "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);"
      "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (10) TO (20) PARTITION BY LIST (id);"
      "CREATE TABLE parts_2a PARTITION OF parts_2 DEFAULT;"
      "INSERT INTO parts SELECT i, i % 20, 'n' FROM generate_series(1, 1000) i;"
      "CREATE INDEX by_hand ON parts_1 (note)");
  const auto created = create("CREATE INDEX ON parts (note)");
  EXPECT_EQ(created.exit_code, 0) << created.err;
  EXPECT_EQ(index("ix_parts_note"), "valid");
  EXPECT_EQ(value("SELECT count(*) FROM pg_partition_tree('ix_parts_note')"), "4");
  EXPECT_EQ(value("SELECT count(*) FROM pg_index WHERE NOT indisvalid"), "0");
  EXPECT_THAT(created.err, HasSubstr("public.parts_1 has public.by_hand already: it is attached"));
  EXPECT_EQ(create("CREATE INDEX ON parts (note)").exit_code, 1);  // served by now
  const auto dropped = create("DROP INDEX ix_parts_note");
  EXPECT_EQ(dropped.exit_code, 0) << dropped.err;
  EXPECT_EQ(value("SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = indexrelid WHERE relname LIKE "
                  "'ix_parts%'"),
            "0");
}

TEST_F(Apply, ContinuesAPartitionedIndexThatWasInterrupted) {
  execute(
      "CREATE TABLE parts (id int, note text) PARTITION BY RANGE (id);"
      "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);"
      "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (10) TO (20)");
  {
    OpenTransaction vacuum(database_, "LOCK TABLE ONLY parts_2 IN SHARE UPDATE EXCLUSIVE MODE");
    const auto failed =
        create("CREATE INDEX ON parts (note)", {"--lock-timeout", "100ms", "--attempts", "1"});
    EXPECT_EQ(failed.exit_code, 1);
    EXPECT_THAT(failed.err, HasSubstr("run this again to continue. To take it away:\n"
                                      "  DROP INDEX CONCURRENTLY public.ix_parts_1_note;\n"));
  }
  EXPECT_EQ(index("ix_parts_1_note"), "valid");
  const auto again = create("CREATE INDEX ON parts (note)");
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(index("ix_parts_note"), "valid");
  EXPECT_EQ(value("SELECT count(*) FROM pg_partition_tree('ix_parts_note')"), "3");
}

TEST_F(Apply, NeedsTheOwner) {
  cluster().execute("DROP ROLE IF EXISTS clerk; CREATE ROLE clerk LOGIN");
  const auto refused = run_pgadvisor({"apply", "--dsn", cluster().dsn_text(database_, "clerk"), "--index",
                                      "CREATE INDEX ON orders (status)"},
                                     folder_);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("does not own public.orders"));
}

TEST_F(Apply, TakesAnIdFromAFileOfAdvice) {
  const std::string id = "0123456789abcdef";
  const auto advice = [&](const std::string& database) {
    return folder_
        .write("advice.json",
               "{\"database\": \"" + database + "\", \"recommendations\": [{\"id\": \"" + id +
                   "\", \"size_bytes\": 1000, \"ddl\": \"CREATE INDEX ix ON orders (status)\"}]}")
        .string();
  };
  const auto elsewhere = apply({id, "--advice", advice("another")});
  EXPECT_EQ(elsewhere.exit_code, 1);
  EXPECT_THAT(elsewhere.err, HasSubstr("proposed for database another"));
  EXPECT_EQ(index(), "absent");
  const auto done = apply({id, "--advice", advice(database_)});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(index(), "valid");
  EXPECT_THAT(apply({"fedcba9876543210", "--advice", advice(database_)}).err,
              HasSubstr("holds no recommendation"));
}

TEST_F(Apply, SaysWhereIdsComeFrom) {
  const auto nobody = apply({"0123456789abcdef", "--url", "http://127.0.0.1:1"});
  EXPECT_EQ(nobody.exit_code, 1);
  EXPECT_THAT(nobody.err,
              AllOf(HasSubstr("no daemon answers at http://127.0.0.1:1"), HasSubstr("--advice FILE")));
  EXPECT_EQ(apply({"not-an-id"}).exit_code, 2);
  EXPECT_EQ(apply({}).exit_code, 2);
  EXPECT_EQ(apply({"0123456789abcdef", "--index", "DROP INDEX a"}).exit_code, 2);
}

TEST_F(Apply, KeepsHostileNamesText) {
  execute("CREATE SCHEMA \"s;--\"; CREATE TABLE \"s;--\".\"t\"\"\n'x\" (\"c;drop\" int)");
  const auto created =
      create("CREATE INDEX \"i\n; DROP TABLE orders\" ON \"s;--\".\"t\"\"\n'x\" (\"c;drop\")");
  EXPECT_EQ(created.exit_code, 0) << created.err;
  EXPECT_EQ(value("SELECT count(*) FROM pg_class WHERE relname = E'i\\n; DROP TABLE orders'"), "1");
  EXPECT_EQ(value("SELECT to_regclass('orders')"), "orders");
  EXPECT_EQ(std::count(created.out.begin(), created.out.end(), '\n'), 2);  // no line of its own
}

}  // namespace
}  // namespace pgadvisor::testing
