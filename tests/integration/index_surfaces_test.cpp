// pgadvisor indexes, and the daemon with a replica: what people and programs see of verdicts.
#include "collectors/history/history.hpp"
#include "daemon/observe.hpp"
#include "tests/support/cluster.hpp"
#include "tests/support/daemon.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <memory>
#include <string>

namespace pgadvisor::testing {
namespace {

namespace json = boost::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string kSecret = "Qx7-very.secret";
const std::string kNobody = "host=127.0.0.1 port=1 connect_timeout=2 password=" + kSecret;

/// One database: a duplicate, an index that nobody scans, and a foreign key without an index.
const std::string& shop() {
  static const std::string database = [] {
    auto& cluster = Cluster::shared();
    const auto name = cluster.create_database();
    cluster.execute(
        "CREATE EXTENSION pg_stat_statements;"
        "CREATE TABLE customers (id int PRIMARY KEY); INSERT INTO customers SELECT generate_series(1, 100);"
        "CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers, status int, note text);"
        "INSERT INTO orders SELECT i, 1 + i % 100, i % 7, 'x' FROM generate_series(1, 20000) i;"
        "CREATE INDEX by_status ON orders (status); CREATE INDEX by_status_too ON orders (status);"
        "CREATE INDEX by_note ON orders (note, status)",
        name);
    cluster.execute("VACUUM ANALYZE", name);
    cluster.execute("SELECT pg_stat_statements_reset()");
    cluster.execute("SELECT count(*) FROM orders WHERE note = 'y'", name);
    return name;
  }();
  return database;
}

ProgramOutput indexes(std::vector<std::string> arguments) {
  static const TemporaryFolder folder;
  arguments.insert(arguments.begin(), {"indexes", "--dsn", Cluster::shared().dsn_text(shop())});
  return run_pgadvisor(std::move(arguments), folder);
}

json::object of(const json::value& list, const std::string& index) {
  for (const auto& item : list.as_array())
    if (item.at("name").as_string() == index) return item.as_object();
  ADD_FAILURE() << "nothing is said of " << index << " in " << list;
  return {};
}

const ProgramOutput& indexes_as_json() {
  static const auto output = indexes({"--format", "json"});
  return output;
}

TEST(IndexesCommand, AnswersInTheShapeOfTheContract) {
  const auto& output = indexes_as_json();
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_THAT(output.err, IsEmpty());
  const auto answer = output.json();
  EXPECT_EQ(answer.at("database").as_string(), shop());
  EXPECT_EQ(answer.at("window").at("coverage").to_number<double>(), 1);
  EXPECT_FALSE(answer.at("window").at("from").is_null());
  const auto duplicate = of(answer.at("indexes"), "by_status_too");
  EXPECT_EQ(duplicate.at("verdict"), "duplicate");
  EXPECT_EQ(duplicate.at("keeper"), "by_status");
  EXPECT_EQ(duplicate.at("table"), "orders");
  EXPECT_EQ(duplicate.at("ddl"), "DROP INDEX CONCURRENTLY public.by_status_too");
  EXPECT_EQ(duplicate.at("rehearsal").at("statements_worse"), 0);
  EXPECT_GT(duplicate.at("rehearsal").at("statements_planned").as_int64(), 0);
  EXPECT_EQ(of(answer.at("indexes"), "by_note").at("verdict"), "ok");
  EXPECT_EQ(of(answer.at("indexes"), "orders_pkey").at("verdict"), "protected");
  const auto& key = answer.at("foreign_keys").at(0);
  EXPECT_EQ(key.at("table"), "public.orders");
  EXPECT_EQ(key.at("columns").at(0), "customer");
  EXPECT_EQ(key.at("references"), "public.customers");
  EXPECT_EQ(key.at("ddl"), "CREATE INDEX CONCURRENTLY ix_orders_customer ON public.orders (customer)");
}

TEST(IndexesCommand, NeverCallsAnIndexUnusedAfterOneLook) {
  const auto answer = indexes_as_json().json();
  for (const auto& item : answer.at("indexes").as_array()) EXPECT_NE(item.at("verdict"), "unused");
}

TEST(IndexesCommand, ShowsPeopleWhatCanGoFirst) {
  const auto output = indexes({});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  const auto drop = output.out.find("DROP INDEX CONCURRENTLY public.by_status_too;");
  const auto key = output.out.find("public.orders (customer)");
  const auto rest = output.out.find("THE REST");
  EXPECT_LT(drop, key);
  EXPECT_LT(key, rest);
  EXPECT_NE(rest, std::string::npos);
}

TEST(IndexesCommand, IsIncompleteWithoutAReplicaAndKnowsThenOfNoUse) {
  const auto output = indexes({"--replica", kNobody, "--format", "json"});
  EXPECT_EQ(output.exit_code, 3);
  EXPECT_THAT(output.err, AllOf(HasSubstr("127.0.0.1:1 has not been reached yet"), Not(HasSubstr(kSecret))));
  const auto answer = output.json();
  EXPECT_EQ(answer.at("window").at("coverage").to_number<double>(), 0);
  EXPECT_EQ(of(answer.at("indexes"), "by_status").at("verdict"), "protected");
  EXPECT_EQ(of(answer.at("indexes"), "by_note").at("verdict"), "ok");
  EXPECT_EQ(of(answer.at("indexes"), "by_status_too").at("verdict"), "duplicate");
  EXPECT_FALSE(answer.at("members").at(1).at("watched").as_bool());
}

TEST(IndexesCommand, IsWrongUsageWithAMalformedReplica) {
  const auto output = indexes({"--replica", "=" + kSecret});
  EXPECT_EQ(output.exit_code, 2);
  EXPECT_THAT(output.err, AllOf(HasSubstr("malformed"), Not(HasSubstr(kSecret))));
  EXPECT_EQ(indexes({"--format", "sql"}).exit_code, 2);
}

TEST(IndexesCommand, FailsWithAFixWhereThereIsNoServer) {
  const TemporaryFolder folder;
  const auto output = run_pgadvisor({"indexes", "--dsn", kNobody}, folder);
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_THAT(output.err, AllOf(HasSubstr("fix: start the server"), Not(HasSubstr(kSecret))));
  EXPECT_THAT(output.out, IsEmpty());
}

TEST(IndexesCommand, SaysWhatItCouldNotDoWithoutStatementsAndWithoutASandbox) {
  auto& cluster = Cluster::shared();
  const auto bare = cluster.create_database();
  cluster.execute("CREATE TABLE t (a int); CREATE INDEX i ON t (a); CREATE INDEX j ON t (a)", bare);
  const TemporaryFolder folder;
  const auto without =
      run_pgadvisor({"indexes", "--dsn", cluster.dsn_text(bare), "--format", "json"}, folder);
  EXPECT_EQ(without.exit_code, 3);
  EXPECT_THAT(without.err, HasSubstr("pg_stat_statements is not installed"));
  EXPECT_EQ(of(without.json().at("indexes"), "j").at("verdict"), "duplicate");
  EXPECT_EQ(of(without.json().at("indexes"), "j").at("ddl"), "DROP INDEX CONCURRENTLY public.j");

  const auto alone = run_pgadvisor({"indexes", "--dsn", cluster.dsn_text(bare), "--format", "json"}, folder,
                                   {{"PGADVISOR_SANDBOX_INSTALLATIONS", "/nowhere"}});
  EXPECT_EQ(alone.exit_code, 3);
  EXPECT_THAT(alone.err, HasSubstr("no drop is proposed"));
  EXPECT_EQ(of(alone.json().at("indexes"), "j").at("verdict"), "duplicate");
  EXPECT_TRUE(of(alone.json().at("indexes"), "j").at("ddl").is_null());
}

TEST(IndexesCommand, WorksForARoleThatSeesLittle) {
  auto& cluster = Cluster::shared();
  cluster.execute("DROP ROLE IF EXISTS nosy; CREATE ROLE nosy LOGIN");
  const TemporaryFolder folder;
  const auto output =
      run_pgadvisor({"indexes", "--dsn", cluster.dsn_text(shop(), "nosy"), "--format", "json"}, folder);
  EXPECT_EQ(output.exit_code, 3);
  EXPECT_THAT(output.err, HasSubstr("GRANT pg_read_all_data"));
  EXPECT_EQ(of(output.json().at("indexes"), "by_status_too").at("verdict"), "duplicate");
}

/// Time that began two hours before now.
class EarlierClock final : public model::Clock {
 public:
  [[nodiscard]] model::Timestamp now() const override {
    return model::SystemClock().now() - std::chrono::hours(2);
  }
  [[nodiscard]] std::chrono::steady_clock::time_point monotonic() const override { return {}; }
};

/// The first polls of a history that the daemon continues.
void watched_two_hours_ago(const TemporaryFolder& folder, Cluster& primary, Cluster& replica) {
  const EarlierClock clock;
  auto history = history::History::open({folder.path() / "history" / "history.sqlite"}, clock).value();
  for (auto* server : {&primary, &replica}) {
    const auto seen = daemon::observe_member(server->dsn(shop()), {}).value();
    ASSERT_TRUE(
        history.record_usage(server->dsn().server(), seen.server.system_identifier, shop(), seen.poll));
  }
  const auto catalog = daemon::observe(primary.dsn(shop()), {}, daemon::WithActivity::kNo).value();
  ASSERT_TRUE(history.record_definitions(catalog.snapshot));
}

std::string verdict(const Daemon& daemon, const std::string& index) {
  const auto answer = daemon.get("/api/v1/indexes?database=" + shop()).json();
  if (!answer.as_object().contains("items")) return {};
  for (const auto& item : answer.at("items").as_array())
    if (item.at("name").as_string() == index) return std::string(item.at("verdict").as_string());
  return {};
}

TEST(IndexesOfADaemon, AreJudgedByWhatEveryServerUses) {
  auto& primary = Cluster::shared();
  primary.execute("CREATE INDEX by_customer_note ON orders (customer, note)", shop());
  auto replica = std::make_unique<Cluster>(ClusterOptions{.replica_of = &primary});
  replica->catch_up_with(primary);
  const TemporaryFolder folder;
  watched_two_hours_ago(folder, primary, *replica);
  primary.execute("INSERT INTO orders VALUES (-1, 1, 1, 'x')", shop());
  Daemon daemon(folder, {{"PGADVISOR_TARGET_DSN", primary.dsn_text()},
                         {"PGADVISOR_TARGET_REPLICAS", replica->dsn_text()},
                         {"PGADVISOR_TARGET_INCLUDE_DATABASES", shop()},
                         {"PGADVISOR_ADVISE_UNUSED_WINDOW", "1h"}});
  ASSERT_TRUE(daemon.listens()) << daemon.log();

  // Nobody scanned it for two hours, which is longer than the window. It serves the foreign key: protected.
  ASSERT_TRUE(eventually([&] { return verdict(daemon, "by_note") == "unused"; })) << daemon.log();
  EXPECT_EQ(verdict(daemon, "by_status_too"), "duplicate");
  EXPECT_EQ(verdict(daemon, "by_customer_note"), "protected");

  // The same everywhere.
  const auto items = daemon.get("/api/v1/indexes").json();
  const auto unused = of(items.at("items"), "by_note");
  EXPECT_EQ(unused.at("ddl"), "DROP INDEX CONCURRENTLY public.by_note");
  EXPECT_EQ(daemon.metric(fmt::format("pgadvisor_indexes{{database=\"{}\",verdict=\"unused\"}}", shop())), 1);
  EXPECT_EQ(daemon.metric(fmt::format(
                "pgadvisor_index_reclaimable_bytes{{database=\"{}\",verdict=\"unused\"}}", shop())),
            static_cast<double>(unused.at("reclaimable_bytes").as_int64()));
  EXPECT_EQ(daemon.metric(fmt::format("pgadvisor_replica_up{{member=\"{}\"}}", replica->dsn().server())), 1);
  const auto status = daemon.status();
  EXPECT_EQ(status.at("members").at(0).at("name").as_string(), replica->dsn().server());
  EXPECT_TRUE(status.at("members").at(0).at("in_recovery").as_bool());

  // Scanned on the replica only.
  replica->execute("SET enable_seqscan = off; SELECT * FROM orders WHERE note = 'y'", shop());
  EXPECT_TRUE(eventually([&] { return verdict(daemon, "by_note") == "ok"; })) << daemon.log();

  // Away: of an index that nobody scanned nobody can tell, and the daemon says what is wrong.
  primary.execute("CREATE INDEX idle ON orders (note, id)", shop());
  EXPECT_TRUE(eventually([&] { return verdict(daemon, "idle") == "observing"; })) << daemon.log();
  replica->stop();
  EXPECT_TRUE(eventually([&] { return verdict(daemon, "idle") == "unknown"; })) << daemon.log();
  EXPECT_TRUE(daemon.has_problem("connect")) << daemon.get("/readyz").body;
}

}  // namespace
}  // namespace pgadvisor::testing
