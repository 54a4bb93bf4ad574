#include "collectors/pg/blocking_connection.hpp"
#include "collectors/sql/statement_text.hpp"
#include "tests/support/cluster.hpp"
#include "tests/support/daemon.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace pgadvisor::testing {
namespace {

using ::testing::SizeIs;

/// Each statement by itself, as psql and migration tools without transactions run a file.
void run_file(const std::filesystem::path& file, const std::string& database) {
  auto connection = pg::BlockingConnection::connect(Cluster::shared().dsn(database), "migration").value();
  for (const auto& statement : sql::split_file(read_file(file)).value()) {
    const auto done = connection.execute(statement.text);
    EXPECT_TRUE(done) << statement.text << ": " << (done ? "" : done.error().message);
  }
}

TEST(AdviseMigration, WritesFilesThatRunUpAndDownAndUpAgain) {
  auto& cluster = Cluster::shared();
  const auto database = cluster.create_database();
  const std::string hostile = "Or'ders; --\n$x$";
  const auto quoted = "\"" + hostile + "\"";
  cluster.execute("CREATE TABLE " + quoted + " (id int, customer_id int, note text); INSERT INTO " + quoted +
                      " SELECT i, i % 5000, i || repeat('x', 60) FROM generate_series(1, 120000) i",
                  database);
  cluster.execute("VACUUM ANALYZE", database);
  const TemporaryFolder folder;
  const auto workload =
      folder.write("workload.sql", "SELECT * FROM " + quoted + " WHERE customer_id = 7;\nSELECT * FROM " +
                                       quoted + " WHERE lower(note) = 'a;b';\n");
  const auto output = folder.path() / "migrations";
  const auto made = run_pgadvisor({"advise", "--dsn", cluster.dsn_text(database), "--workload", workload,
                                   "--format", "migration", "--output", output},
                                  folder);
  ASSERT_EQ(made.exit_code, 0) << made.err;
  auto files = entries(output);
  std::sort(files.begin(), files.end());
  ASSERT_THAT(files, SizeIs(4));
  const auto indexes = [&] {
    return cluster.value("SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'", database);
  };
  const auto run_all = [&](const std::string& direction) {
    for (const auto& file : files) {
      if (file.string().ends_with(direction)) run_file(file, database);
    }
  };
  run_all(".up.sql");
  EXPECT_EQ(indexes(), "2");
  EXPECT_EQ(cluster.value("SELECT count(*) FROM pg_index WHERE NOT indisvalid", database), "0");
  run_all(".down.sql");
  EXPECT_EQ(indexes(), "0");
  run_all(".down.sql");  // whatever a failed run left is gone afterwards
  run_all(".up.sql");
  EXPECT_EQ(indexes(), "2");
}

}  // namespace
}  // namespace pgadvisor::testing
