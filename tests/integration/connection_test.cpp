#include "collectors/pg/connection.hpp"

#include "collectors/pg/blocking_connection.hpp"
#include "tests/support/cluster.hpp"
#include "tests/support/run_coroutine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

namespace pgadvisor::pg {
namespace {

using namespace std::chrono_literals;
using model::NextStep;
using testing::Cluster;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::run;

Connection connect(ConnectionOptions options = {}) {
  return run(Connection::connect(Cluster::shared().dsn(), std::move(options))).value();
}

model::Error failure(const Dsn& dsn, ConnectionOptions options = {}) {
  return run(Connection::connect(dsn, std::move(options))).error();
}

/// Over TCP, where the test server asks everybody but postgres for a password.
Dsn tcp(const std::string& user, const std::string& password) {
  return Cluster::shared().dsn("postgres", user).with("host", "127.0.0.1").with("password", password);
}

TEST(Connection, SetsItsMannersOnTheServer) {
  ConnectionOptions options;
  options.name = "pgadvisor test";
  options.statement_timeout = 7s;
  auto connection = connect(options);
  const auto setting = [&](const std::string& name) {
    return run(connection.query("SELECT pg_catalog.current_setting($1)", {name})).value().string(0, 0);
  };
  EXPECT_EQ(setting("statement_timeout"), "7s");
  EXPECT_EQ(setting("lock_timeout"), "500ms");
  EXPECT_EQ(setting("jit"), "off");
  EXPECT_EQ(setting("max_parallel_workers_per_gather"), "0");
  EXPECT_EQ(setting("default_transaction_read_only"), "on");
  EXPECT_EQ(setting("work_mem"), "16MB");
  EXPECT_EQ(setting("search_path"), "");
  EXPECT_EQ(setting("stats_fetch_consistency"), "none");
  EXPECT_EQ(setting("application_name"), "pgadvisor test");
  EXPECT_EQ(connection.server_version() / 10000, 15);
  EXPECT_GT(connection.busy().count(), 0);
}

/// A pooler may give the next statement to another session.
TEST(Connection, PreparesNothingByName) {
  auto connection = connect();
  ASSERT_TRUE(run(connection.query("SELECT $1::int", {"1"})));
  const auto prepared =
      run(connection.query("SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_statements"));
  EXPECT_EQ(prepared.value().integer(0, 0), 0);
}

TEST(Connection, BeginsANewSessionWithTheSameSettings) {
  ConnectionOptions options;
  options.statement_timeout = 7s;
  auto connection = connect(options);
  const auto value = [&](const std::string& sql) { return run(connection.query(sql)).value().string(0, 0); };
  ASSERT_TRUE(run(connection.set({{"DateStyle", "German, DMY"}, {"lock_timeout", "123ms"}})));
  EXPECT_FALSE(run(connection.set({{"DateStyle", "no style"}})));
  const auto pid = value("SELECT pg_catalog.pg_backend_pid()");
  const auto busy = connection.busy();
  ASSERT_TRUE(run(connection.renew()));
  EXPECT_NE(value("SELECT pg_catalog.pg_backend_pid()"), pid);
  EXPECT_EQ(value("SELECT pg_catalog.current_setting('DateStyle')"), "German, DMY");
  EXPECT_EQ(value("SELECT pg_catalog.current_setting('lock_timeout')"), "123ms");
  EXPECT_EQ(value("SELECT pg_catalog.current_setting('statement_timeout')"), "7s");
  EXPECT_EQ(value("SELECT pg_catalog.current_setting('search_path')"), "");
  EXPECT_GT(connection.busy(), busy) << "connecting counts";
}

TEST(Connection, HandsOverRowsAndNulls) {
  auto connection = connect();
  const auto rows =
      run(connection.query("SELECT $1::int + 1, NULL, $2::text, 1.5, true", {"41", std::nullopt})).value();
  EXPECT_EQ(rows.integer(0, 0), 42);
  EXPECT_TRUE(rows.is_null(0, 1));
  EXPECT_EQ(rows.optional_string(0, 2), std::nullopt);
  EXPECT_EQ(rows.real(0, 3), 1.5);
  EXPECT_TRUE(rows.boolean(0, 4));
}

TEST(Connection, CarriesLargeTextsBothWays) {
  auto connection = connect();
  const std::string large(20 << 20, 'x');
  const auto rows = run(connection.query("SELECT $1::text || 'y'", {large})).value();
  EXPECT_EQ(rows.text(0, 0).size(), large.size() + 1);
}

TEST(Connection, GoesOnAfterAFailedStatement) {
  auto connection = connect();
  const auto failed = run(connection.query("SELECT 1 / 0"));
  EXPECT_EQ(failed.error().next, NextStep::kSkip);
  EXPECT_EQ(failed.error().sqlstate, "22012");
  EXPECT_EQ(failed.error().message, "pgadvisor: division by zero");
  EXPECT_EQ(run(connection.query("SELECT FROM nowhere")).error().next, NextStep::kGiveUp);
  EXPECT_EQ(run(connection.query("CREATE TABLE t (a int)")).error().sqlstate, "25006");  // read-only
  EXPECT_EQ(run(connection.query("SELECT 1; SELECT 2")).error().sqlstate, "42601");      // one statement only
  EXPECT_TRUE(run(connection.query("SELECT 1")));
}

TEST(Connection, RetriesAfterTheServersStatementTimeout) {
  ConnectionOptions options;
  options.statement_timeout = 100ms;
  auto connection = connect(options);
  const auto late = run(connection.query("SELECT pg_catalog.pg_sleep(5)"));
  EXPECT_EQ(late.error().next, NextStep::kRetry);
  EXPECT_EQ(late.error().sqlstate, "57014");
  EXPECT_TRUE(run(connection.query("SELECT 1")));
}

TEST(Connection, CancelsAndJoinsAStatementThatTheServerDoesNotEnd) {
  ConnectionOptions options;
  options.statement_timeout = 100ms;
  auto connection = connect(options);
  ASSERT_TRUE(run(connection.query("SELECT pg_catalog.set_config('statement_timeout', '0', false)")));
  const auto late = run(connection.query("SELECT pg_catalog.pg_sleep(30)"));
  EXPECT_EQ(late.error().next, NextStep::kRetry);
  EXPECT_THAT(late.error().message, HasSubstr("was cancelled"));
  EXPECT_TRUE(connection.usable());
  EXPECT_TRUE(run(connection.query("SELECT 1")));
  EXPECT_EQ(Cluster::shared().value("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' "
                                    "AND query LIKE '%pg_sleep(30)' AND query NOT LIKE '%pg_stat_activity%'"),
            "0");
}

TEST(Connection, IsUnusableAfterItsStatementWasAbandoned) {
  using namespace boost::asio::experimental::awaitable_operators;
  auto connection = connect();
  const auto impatient = [&connection]() -> boost::asio::awaitable<bool> {
    boost::asio::steady_timer timer(testing::loop(), 100ms);
    const auto first = co_await (connection.query("SELECT pg_catalog.pg_sleep(20)") ||
                                 timer.async_wait(boost::asio::use_awaitable));
    co_return first.index() == 1;
  };
  EXPECT_TRUE(run(impatient()));
  EXPECT_FALSE(connection.usable());
  EXPECT_EQ(run(connection.query("SELECT 1")).error().next, NextStep::kReconnect);
}

TEST(Connection, DoesNotWaitBehindAQueuedExclusiveLock) {
  auto& cluster = Cluster::shared();
  const auto database = cluster.create_database();
  cluster.execute("CREATE TABLE t (a int)", database);
  auto reader = BlockingConnection::connect(cluster.dsn(database), "reader").value();
  ASSERT_TRUE(reader.execute("BEGIN; SELECT * FROM t"));
  std::thread writer([&] {
    auto queued = BlockingConnection::connect(cluster.dsn(database), "writer").value();
    static_cast<void>(queued.execute("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE; COMMIT"));
  });
  while (cluster.value("SELECT count(*) FROM pg_locks WHERE NOT granted") == "0") std::this_thread::yield();
  ConnectionOptions options;
  options.lock_timeout = 50ms;
  auto connection = run(Connection::connect(cluster.dsn(database), options)).value();
  const auto blocked = run(connection.query("SELECT FROM public.t"));
  EXPECT_EQ(blocked.error().next, NextStep::kRetry);
  EXPECT_EQ(blocked.error().sqlstate, "55P03");
  ASSERT_TRUE(reader.execute("COMMIT"));
  writer.join();
}

TEST(Connection, AsksForANewOneWhenTheServerStops) {
  Cluster cluster;
  auto connection = run(Connection::connect(cluster.dsn(), {})).value();
  cluster.stop();
  const auto lost = run(connection.query("SELECT 1"));
  EXPECT_EQ(lost.error().next, NextStep::kReconnect);
  EXPECT_FALSE(connection.usable());
  EXPECT_EQ(run(connection.query("SELECT 1")).error().next, NextStep::kReconnect);
  const auto refused = failure(cluster.dsn());
  EXPECT_EQ(refused.next, NextStep::kReconnect);
  EXPECT_EQ(refused.sqlstate, "");
  cluster.start();
  EXPECT_TRUE(run(Connection::connect(cluster.dsn(), {})));
}

TEST(Connection, AsksForANewOneWhenItsBackendIsTerminated) {
  auto connection = connect();
  const auto pid = run(connection.query("SELECT pg_catalog.pg_backend_pid()")).value().string(0, 0);
  Cluster::shared().execute("SELECT pg_terminate_backend(" + pid + ", 5000)");
  const auto lost = run(connection.query("SELECT 1"));
  EXPECT_EQ(lost.error().next, NextStep::kReconnect);
  EXPECT_EQ(lost.error().sqlstate, "57P01");
}

TEST(Connection, TellsAuthenticationDatabaseAndCrowdingApart) {
  auto& cluster = Cluster::shared();
  cluster.execute("CREATE ROLE carol LOGIN PASSWORD 'right-secret' CONNECTION LIMIT 1");
  const auto wrong = failure(tcp("carol", "wrong-secret"));
  EXPECT_EQ(wrong.next, NextStep::kGiveUp);
  EXPECT_EQ(wrong.sqlstate, "28P01");
  EXPECT_THAT(to_string(wrong), Not(HasSubstr("secret")));
  const auto none = failure(cluster.dsn("postgres", "carol").with("host", "127.0.0.1"));
  EXPECT_EQ(none.next, NextStep::kGiveUp);
  EXPECT_EQ(none.sqlstate, "28P01");
  EXPECT_EQ(failure(cluster.dsn("postgres", "nobody_at_all")).sqlstate, "28000");
  const auto missing = failure(cluster.dsn().with_database("host=evil password=none"));
  EXPECT_EQ(missing.next, NextStep::kGiveUp);
  EXPECT_EQ(missing.sqlstate, "3D000");
  const auto first = run(Connection::connect(tcp("carol", "right-secret"), {}));
  ASSERT_TRUE(first) << to_string(first.error());
  const auto crowded = failure(tcp("carol", "right-secret"));
  EXPECT_EQ(crowded.next, NextStep::kReconnect);
  EXPECT_EQ(crowded.sqlstate, "53300");
}

TEST(Connection, GivesUpOnAnOptionThatLibpqDoesNotKnow) {
  const auto bad = failure(Cluster::shared().dsn().with("sslmode", "maybe"));
  EXPECT_EQ(bad.next, NextStep::kGiveUp);
  EXPECT_THAT(bad.message, HasSubstr("sslmode"));
}

TEST(Connection, ComesBackInTimeFromAServerThatSaysNothing) {
  boost::asio::io_context context;
  boost::asio::ip::tcp::acceptor silent(context, {boost::asio::ip::address_v4::loopback(), 0});
  const auto port = std::to_string(silent.local_endpoint().port());
  ConnectionOptions options;
  options.connect_timeout = 200ms;
  const auto start = std::chrono::steady_clock::now();
  const auto dsn = Dsn::parse("host=127.0.0.1 dbname=postgres user=postgres port=" + port).value();
  const auto error = failure(dsn, options);
  EXPECT_EQ(error.next, NextStep::kReconnect);
  EXPECT_THAT(error.message, HasSubstr("200 ms"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);

  const auto both = dsn.with("host", "127.0.0.1,127.0.0.1")
                        .with("port", port + "," + std::to_string(Cluster::shared().port()));
  const auto connected = run(Connection::connect(both, options));
  ASSERT_TRUE(connected) << to_string(connected.error());
  EXPECT_EQ(connected->effective_dsn().options().at("port"), std::to_string(Cluster::shared().port()));
}

TEST(Connection, TellsWhereItReallyWentWithThePasswordOfThePassfile) {
  auto& cluster = Cluster::shared();
  cluster.execute("CREATE ROLE dave LOGIN PASSWORD 'dave:secret'");
  const auto passfile = std::filesystem::temp_directory_path() / ("pgpass-" + std::to_string(getpid()));
  const std::string line = "127.0.0.1:*:*:dave:dave\\:secret\n";
  const int descriptor = open(passfile.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  ASSERT_EQ(write(descriptor, line.data(), line.size()), static_cast<ssize_t>(line.size()));
  close(descriptor);
  const auto dsn =
      cluster.dsn("postgres", "dave").with("host", "127.0.0.1").with("passfile", passfile.string());
  const auto connection = run(Connection::connect(dsn, {}));
  std::filesystem::remove(passfile);
  ASSERT_TRUE(connection) << to_string(connection.error());
  const Dsn effective = connection->effective_dsn();
  EXPECT_EQ(effective.options().at("password"), "dave:secret");
  EXPECT_EQ(effective.options().at("host"), "127.0.0.1");
  EXPECT_EQ(effective.environment().at("PGPASSWORD"), "dave:secret");
  EXPECT_THAT(effective.display(), Not(HasSubstr("secret")));
  EXPECT_TRUE(run(Connection::connect(effective, {})));
}

TEST(BlockingConnection, MapsErrorsAsTheOtherOneDoes) {
  const auto refused = BlockingConnection::connect(Cluster::shared().dsn("no such database"), "tool");
  EXPECT_EQ(refused.error().sqlstate, "3D000");
  EXPECT_TRUE(refused.error().message.starts_with("tool: "));
  auto connection = BlockingConnection::connect(Cluster::shared().dsn(), "tool").value();
  EXPECT_EQ(connection.query("SELECT nothing").error().next, NextStep::kSkip);
  EXPECT_EQ(connection.query("SELECT $1::int", {"7"}).value().integer(0, 0), 7);
  EXPECT_TRUE(connection.execute("SELECT 1; SELECT 2"));
  static_cast<void>(connection.query("SELECT pg_terminate_backend(pg_backend_pid())"));
  EXPECT_FALSE(connection.usable());
}

}  // namespace
}  // namespace pgadvisor::pg
