#include "tests/support/daemon.hpp"
#include "tests/support/shop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace pgadvisor::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kSecret = "Qx7-very.secret";

const TemporaryFolder& folder() {
  static const TemporaryFolder only;
  return only;
}

const std::string& shop() {
  static const std::string database = make_shop(Cluster::shared());
  return database;
}

std::string shop_dsn() {
  return Cluster::shared().dsn_text(shop());
}

std::string query_file() {
  return folder().write("query.sql", "SELECT id, total FROM orders WHERE customer_id = 17;\n").string();
}

/// One clear message on stderr that holds `message`, nothing on stdout.
void expect_refusal(const ProgramOutput& output, int exit_code, const std::string& message) {
  EXPECT_EQ(output.exit_code, exit_code) << output.err;
  EXPECT_THAT(output.out, IsEmpty());
  EXPECT_THAT(output.err, HasSubstr(message));
  EXPECT_LE(std::count(output.err.begin(), output.err.end(), '\n'), 3) << output.err;
  for (const auto* trace : {"terminate", "what()", "unexpected failure", "std::"}) {
    EXPECT_THAT(output.err, Not(HasSubstr(trace)));
  }
  EXPECT_THAT(output.err, Not(HasSubstr(kSecret)));
}

ProgramOutput run(std::vector<std::string> arguments, Variables variables = {}) {
  return run_pgadvisor(std::move(arguments), folder(), std::move(variables));
}

TEST(Usage, IsWrongWithExitCodeTwoAndOneMessage) {
  const auto dsn = "postgres://spy:" + kSecret + "@127.0.0.1/x";
  expect_refusal(run({}), 2, "--help");
  expect_refusal(run({"advice"}), 2, "--help");
  expect_refusal(run({"advise", "--dns", dsn}), 2, "--dns");
  expect_refusal(run({"advise", "--dns=" + dsn}), 2, "--dns");
  expect_refusal(run({"advise", dsn}), 2, "belongs to no option");
  expect_refusal(run({"advise", "--dsn"}), 2, "--dsn");
  expect_refusal(run({"advise", "--dsn", dsn, "--budget", "lots"}), 2, "--budget");
  expect_refusal(run({"advise", "--dsn", dsn, "--format", "xml"}), 2, "--format");
  expect_refusal(run({"advise", "--dsn", dsn, "--max-indexes", "many"}), 2, "--max-indexes");
  expect_refusal(run({"advise", "--dsn", dsn, "--min-gain", "200"}), 2, "--min-gain");
  expect_refusal(run({"advise", "--dsn", dsn, "--time-limit", "0"}), 2, "--time-limit");
  expect_refusal(run({"whatif", "--dsn", dsn}), 2, "--query");
  expect_refusal(run({"advise", "--dsn", dsn, "--workload", "/nowhere.sql"}), 2,
                 "/nowhere.sql cannot be read");
  expect_refusal(run({"whatif", "--dsn", dsn, "--query", "/nowhere.sql"}), 2, "/nowhere.sql cannot be read");
}

TEST(Usage, IsExplainedOnRequest) {
  for (const auto* command : {"serve", "advise", "whatif", "doctor", "check-config"}) {
    const auto help = run({command, "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_THAT(help.out, HasSubstr(command));
    EXPECT_THAT(help.err, IsEmpty());
  }
  EXPECT_THAT(run({"--version"}).out, StartsWith("pgadvisor "));
}

TEST(Dsn, ThatIsMalformedIsWrongUsageAndNotRepeated) {
  for (const std::string& dsn : {std::string("postgres://spy:p@ss") + kSecret + "@h/x",
                                 "host=h password='" + kSecret, "=" + kSecret}) {
    expect_refusal(run({"advise", "--dsn", dsn}), 2, "the connection string is malformed");
    expect_refusal(run({"doctor", "--dsn", dsn}), 2, "the connection string is malformed");
    expect_refusal(run({"whatif", "--query", query_file(), "--dsn", dsn}), 2,
                   "the connection string is malformed");
  }
}

TEST(Dsn, ThatLeadsNowhereIsAFailureWithAFix) {
  const std::string nobody = "host=127.0.0.1 port=1 connect_timeout=2 password=" + kSecret;
  expect_refusal(run({"advise", "--dsn", nobody}), 1, "fix: start the server, or check host and port");
  expect_refusal(run({"whatif", "--query", query_file(), "--dsn", nobody}), 1, "fix: start the server");
  const auto missing = Cluster::shared().dsn_text("no_such_database");
  expect_refusal(run({"advise", "--dsn", missing}), 1, "fix: check the database name");
  const auto doctor = run({"doctor", "--dsn", nobody});
  EXPECT_EQ(doctor.exit_code, 1);
  EXPECT_THAT(doctor.out, HasSubstr("fix: start the server"));
}

TEST(Dsn, IsHiddenFromTheProcessList) {
  // A server that never says a word keeps the program waiting.
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(listener, 8), 0);
  ASSERT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const auto dsn =
      "postgres://spy:" + kSecret + "@127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/x";
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"advise", "--dsn", dsn}, {"doctor", "--dsn=" + dsn}}) {
    auto command = arguments;
    command.insert(command.begin(), pgadvisor_binary());
    const Running program(command, {{"HOME", folder().path()}}, "/dev/null", "/dev/null");
    EXPECT_TRUE(eventually([&] {
      const auto shown = command_line(program.pid());
      return shown.find("--dsn") != std::string::npos && shown.find(kSecret) == std::string::npos;
    })) << command_line(program.pid());
  }
  close(listener);
}

TEST(CheckConfig, TellsEveryMistakeAtOnce) {
  const auto file =
      folder().write("bad.yaml",
                     "target:\n  dsm: host=x\nadvise:\n  budget: lots\n  max_indexes: [1, 2]\nhtttp:\n"
                     "  port: 1\nhttp:\n  port: 70000\n");
  const auto bad = run({"check-config", file});
  EXPECT_EQ(bad.exit_code, 2);
  EXPECT_THAT(bad.out, IsEmpty());
  for (const auto* mistake : {"bad.yaml:2: \"dsm\"", "did you mean",
                              "bad.yaml:4: ", "bad.yaml:5: ", "bad.yaml:6: ", "bad.yaml:9: "}) {
    EXPECT_THAT(bad.err, HasSubstr(mistake));
  }
  const auto good = run({"check-config", folder().write("good.yaml", "http:\n  port: 0\n")});
  EXPECT_EQ(good.exit_code, 0) << good.err;
  expect_refusal(run({"check-config", "/nowhere.yaml"}), 2, "/nowhere.yaml: cannot be read");
  expect_refusal(run({"check-config", folder().path()}), 2, "it is a folder");
  expect_refusal(run({"check-config", folder().write("broken.yaml", "a: [\n")}), 2, "not valid YAML");
  expect_refusal(run({"serve", "--config", "/nowhere.yaml"}), 2, "/nowhere.yaml: cannot be read");
  expect_refusal(run({"serve"}, {{"PGADVISOR_HTTP_PROT", "1"}}), 2, "did you mean");
  expect_refusal(run({"advise", "--dsn", shop_dsn()}, {{"PGADVISOR_ADVISE_BUDGET", "x"}}), 2,
                 "PGADVISOR_ADVISE_BUDGET");
}

TEST(CheckConfig, AcceptsTheExample) {
  const auto example =
      run({"check-config", std::string(PGADVISOR_SOURCE_DIR) + "/config/pgadvisor.example.yaml"});
  EXPECT_EQ(example.exit_code, 0) << example.err;
}

TEST(DaemonClient, SaysTheSameInEveryCommandWhenNoDaemonAnswers) {
  const TemporaryFolder folder;
  for (const auto& command :
       std::vector<std::vector<std::string>>{{"apply", "0123456789abcdef", "--dsn", "host=/nowhere"},
                                             {"report"},
                                             {"report", "1", "--deliver", "again"}}) {
    auto arguments = command;
    arguments.insert(arguments.end(), {"--url", "http://127.0.0.1:1/"});
    const auto output = run_pgadvisor(arguments, folder);
    EXPECT_EQ(output.exit_code, 1);
    EXPECT_THAT(output.err,
                StartsWith("pgadvisor: no daemon answers at http://127.0.0.1:1: Couldn't connect to server"));
    EXPECT_THAT(output.err,
                HasSubstr("start it by `pgadvisor serve`, or say where it answers by --url or --config"));
  }
}

TEST(Serve, FailsClearlyWhenItCannotKeepAHistory) {
  const auto file = folder().write("no_folder", "");
  expect_refusal(run({"serve"}, {{"PGADVISOR_HISTORY_FOLDER", file}, {"PGADVISOR_HTTP_PORT", "0"}}), 1,
                 "fix: ");
}

TEST(Advise, SaysWhenTheWorkloadIsEmpty) {
  const auto empty = folder().write("empty.sql", "-- nothing here\n");
  expect_refusal(run({"advise", "--dsn", shop_dsn(), "--workload", empty}), 1, "holds no statement");
  const auto silent = Cluster::shared().create_database();
  Cluster::shared().execute("CREATE EXTENSION pg_stat_statements", silent);
  Cluster::shared().execute("SELECT pg_stat_statements_reset()");
  expect_refusal(run({"advise", "--dsn", Cluster::shared().dsn_text(silent)}), 1, "--workload FILE");
}

TEST(Advise, NeedsTheExtensionUnlessAWorkloadIsGiven) {
  expect_refusal(run({"advise", "--dsn", shop_dsn()}), 1, "CREATE EXTENSION pg_stat_statements");
}

TEST(Advise, LeavesOutWhatItCannotAnalyseAndSaysSo) {
  const auto workload =
      folder().write("mixed.sql",
                     "SELECT id FROM orders WHERE customer_id = 5;\nSELECT * FROM no_such_table;\n"
                     "VACUUM orders;\nSELEC 1;\n");
  const auto answer = run({"advise", "--dsn", shop_dsn(), "--workload", workload, "--format", "json"});
  EXPECT_EQ(answer.exit_code, 3) << answer.err;
  const auto json = answer.json();
  EXPECT_EQ(json.at("workload").at("analysed").as_int64(), 1);
  EXPECT_EQ(json.at("workload").at("skipped").as_array().size(), 3U);
  EXPECT_EQ(json.at("recommendations").as_array().size(), 1U);
  for (const auto* place : {"mixed.sql:2", "mixed.sql:3", "mixed.sql:4"})
    EXPECT_THAT(answer.err, HasSubstr(place));
}

TEST(Advise, AnswersInTheAgreedShape) {
  const auto answer = run({"advise", "--dsn", shop_dsn(), "--workload", query_file(), "--format", "json"});
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  const auto json = answer.json();
  EXPECT_EQ(json.at("database").as_string(), shop());
  EXPECT_EQ(json.at("server_version").as_int64() / 10000, 15);
  EXPECT_GT(json.at("planner").at("calls").as_int64(), 0);
  EXPECT_LT(json.at("cost").at("after").as_double(), json.at("cost").at("before").as_double());
  EXPECT_LE(json.at("cost").at("bound").as_double(), json.at("cost").at("after").as_double());
  ASSERT_EQ(json.at("recommendations").as_array().size(), 1U);
  const auto& recommendation = json.at("recommendations").at(0);
  EXPECT_THAT(recommendation.at("ddl").as_string().c_str(),
              StartsWith("CREATE INDEX CONCURRENTLY ix_orders_customer_id"));
  EXPECT_THAT(recommendation.at("rollback").as_string().c_str(), StartsWith("DROP INDEX CONCURRENTLY"));
  EXPECT_EQ(recommendation.at("table").as_string(), "public.orders");
  for (const auto* key : {"id", "kind", "size_bytes", "benefit", "write_overhead", "confidence", "reasons"}) {
    EXPECT_TRUE(recommendation.as_object().contains(key)) << key;
  }
  const auto& statement = recommendation.at("statements").at(0);
  for (const auto* key : {"query_id", "query", "cost_before", "cost_after", "plan_before", "plan_after"}) {
    EXPECT_TRUE(statement.as_object().contains(key)) << key;
  }
  EXPECT_THAT(answer.err, IsEmpty());
}

TEST(Advise, KeepsTheBudgetAndWritesToAFile) {
  const auto output = folder().path() / "advice.json";
  const auto answer = run({"advise", "--dsn", shop_dsn(), "--workload", query_file(), "--format", "json",
                           "--budget", "100kB", "--output", output});
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_THAT(answer.out, IsEmpty());
  EXPECT_THAT(boost::json::parse(read_file(output)).at("recommendations").as_array(), IsEmpty());
  expect_refusal(
      run({"advise", "--dsn", shop_dsn(), "--workload", query_file(), "--output", "/nowhere/advice"}), 1,
      "cannot write /nowhere/advice");
}

TEST(Whatif, RefusesAnIndexThatPostgresqlRefuses) {
  const std::vector<std::string> whatif{"whatif", "--dsn", shop_dsn(), "--query", query_file(), "--index"};
  const auto with = [&](const std::string& index) {
    auto arguments = whatif;
    arguments.push_back(index);
    return run(arguments);
  };
  expect_refusal(with("CREATE INDEX ON orders (no_such_column)"), 1, "--index: ");
  expect_refusal(with("CREATE INDEX ON"), 1, "--index: ");
  expect_refusal(with("DROP TABLE orders"), 1, "--index: ");
}

TEST(Doctor, NamesTheFixOfEachThingThatIsMissing) {
  auto& cluster = Cluster::shared();
  const auto bare = run({"doctor", "--dsn", shop_dsn()});
  EXPECT_EQ(bare.exit_code, 1);
  EXPECT_THAT(bare.out, HasSubstr("CREATE EXTENSION pg_stat_statements in database " + shop()));
  cluster.execute("CREATE EXTENSION pg_stat_statements; CREATE ROLE patient LOGIN", shop());
  const auto weak = run({"doctor", "--dsn", cluster.dsn_text(shop(), "patient")});
  EXPECT_EQ(weak.exit_code, 1);
  EXPECT_THAT(weak.out, HasSubstr("GRANT pg_read_all_stats TO patient"));
  EXPECT_THAT(weak.out, HasSubstr("GRANT pg_read_all_data TO patient"));
  EXPECT_THAT(weak.out, HasSubstr("GRANT SET ON PARAMETER track_counts"));
  cluster.execute("GRANT pg_monitor, pg_read_all_data TO patient", shop());
  const auto good = run({"doctor", "--dsn", cluster.dsn_text(shop(), "patient")});
  EXPECT_EQ(good.exit_code, 0) << good.out << good.err;
  cluster.execute("DROP EXTENSION pg_stat_statements", shop());
}

}  // namespace
}  // namespace pgadvisor::testing
