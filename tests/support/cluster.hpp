#pragma once

#include "collectors/pg/dsn.hpp"
#include "collectors/pg/rows.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace pgadvisor::testing {

struct ClusterOptions {
  int major = 15;
  std::map<std::string, std::string> settings = {};  ///< postgresql.conf, over the defaults of Cluster
  bool preload_statements = true;                    ///< shared_preload_libraries = pg_stat_statements, extension created
};

/// A real PostgreSQL of the test's own: initdb into a temporary folder, Unix socket there and a free loopback port,
/// run as an unprivileged user, stopped by pid and removed on destruction (also when the test process is killed:
/// the server is started with PR_SET_PDEATHSIG). Fails the process with a message when anything goes wrong.
class Cluster {
 public:
  explicit Cluster(ClusterOptions options = {});
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  /// One for the whole test process, started on first use.
  static Cluster& shared();

  [[nodiscard]] pg::Dsn dsn(const std::string& database = "postgres", const std::string& user = "postgres") const;
  [[nodiscard]] std::string dsn_text(const std::string& database = "postgres",
                                     const std::string& user = "postgres") const;
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] const std::filesystem::path& folder() const;

  /// A new, empty database with a name of its own.
  std::string create_database();
  /// One or more statements as superuser; a failure fails the test process with the server's message.
  void execute(const std::string& sql, const std::string& database = "postgres");
  /// One statement's rows.
  pg::Rows query(const std::string& sql, const std::string& database = "postgres");
  /// First column of the first row.
  std::string value(const std::string& sql, const std::string& database = "postgres");

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
