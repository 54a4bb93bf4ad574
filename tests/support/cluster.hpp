#pragma once

#include "collectors/pg/dsn.hpp"
#include "collectors/pg/rows.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace pgadvisor::testing {

class Cluster;

/// Folder of PostgreSQL installations, `<major>/bin/postgres` below it, and the major that tests run against:
/// PGADVISOR_TEST_POSTGRES and PGADVISOR_TEST_MAJOR where set (tests/majors.sh).
[[nodiscard]] std::filesystem::path installations();
[[nodiscard]] int tested_major();

struct ClusterOptions {
  int major = tested_major();
  std::map<std::string, std::string> settings = {};  ///< postgresql.conf, over the defaults of Cluster
  /// shared_preload_libraries = pg_stat_statements, and the extension created in database `postgres`.
  bool preload_statements = true;
  const Cluster* replica_of = nullptr;  ///< a streaming replica of this one, which outlives it
};

/// A real PostgreSQL of the test's own: initdb into a temporary folder, Unix socket there and a free loopback
/// port, run as an unprivileged user, stopped by pid and removed on destruction. When the test process is
/// killed the server dies with it (PR_SET_PDEATHSIG) and the next test process removes the folder. The server
/// also dies with the *thread* that started it: start it from one that stays. No durability, no autovacuum,
/// UTC, locale C.UTF-8. Nobody needs a password on the socket, nor does `postgres` over TCP; every other role
/// does there (SCRAM). Every member throws std::runtime_error with the server's message when something goes
/// wrong: that fails the test.
class Cluster {
 public:
  explicit Cluster(ClusterOptions options = {});
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  /// One for the whole test process, started on first use.
  static Cluster& shared();

  [[nodiscard]] pg::Dsn dsn(const std::string& database = "postgres",
                            const std::string& user = "postgres") const;
  [[nodiscard]] std::string dsn_text(const std::string& database = "postgres",
                                     const std::string& user = "postgres") const;
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] const std::filesystem::path& folder() const;

  /// A new, empty database with a name of its own.
  std::string create_database();
  /// One or more statements as superuser, over a connection of their own (so that its counters are flushed).
  void execute(const std::string& sql, const std::string& database = "postgres");
  /// One statement's rows.
  pg::Rows query(const std::string& sql, const std::string& database = "postgres");
  /// First column of the first row.
  std::string value(const std::string& sql, const std::string& database = "postgres");

  /// Of a replica: waits until it has replayed everything that its primary has written by now.
  void catch_up_with(Cluster& primary);
  void promote();  ///< makes a replica a primary

  void start();
  void stop();   ///< fast shutdown
  void crash();  ///< immediate shutdown, as after kill -9
  void restart() {
    stop();
    start();
  }

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace pgadvisor::testing
