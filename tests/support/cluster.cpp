#include "tests/support/cluster.hpp"

#include "collectors/pg/blocking_connection.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/daemon.hpp"

#include <fmt/format.h>

#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

namespace pgadvisor::testing {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kServerPatience = 60s;  // sanitizer runs on a busy machine
const std::string kFolderPrefix = "pgadvisor-test-";

const std::map<std::string, std::string> kDefaults = {
    {"autovacuum", "off"},  // statistics change only when a test says so
    {"fsync", "off"},
    {"full_page_writes", "off"},
    {"synchronous_commit", "off"},
    {"listen_addresses", "127.0.0.1"},
    {"max_connections", "50"},
    {"shared_buffers", "32MB"},
    {"timezone", "UTC"},
};

/// Folders of test processes that were killed. Their servers died with them (PR_SET_PDEATHSIG).
void sweep_leftovers() {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/tmp", ignored)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(kFolderPrefix)) continue;
    const pid_t pid = std::atoi(name.c_str() + kFolderPrefix.size());
    if (pid > 0 && kill(pid, 0) != 0 && errno == ESRCH) fs::remove_all(entry.path(), ignored);
  }
}

fs::path make_folder() {
  sweep_leftovers();
  std::string name = fmt::format("/tmp/{}{}-XXXXXX", kFolderPrefix, getpid());
  if (mkdtemp(name.data()) == nullptr)
    throw std::runtime_error("mkdtemp: " + std::string(std::strerror(errno)));
  give_to_unprivileged_user(name);
  fs::permissions(name, fs::perms(0755));  // others reach the socket; the data folder stays private
  return name;
}

bool is_free(std::uint16_t port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  const int yes = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool bound = bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(descriptor);
  return bound;
}

/// Below the range the kernel takes client ports from, so that the port is still free at the next restart.
std::uint16_t free_port() {
  std::random_device random;
  std::uniform_int_distribution<int> ports(20000, 32000);
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const auto port = static_cast<std::uint16_t>(ports(random));
    if (is_free(port)) return port;
  }
  throw std::runtime_error("no free port between 20000 and 32000");
}

}  // namespace

std::filesystem::path installations() {
  const char* folder = std::getenv("PGADVISOR_TEST_POSTGRES");
  return folder != nullptr ? folder : "/usr/lib/postgresql";
}

int tested_major() {
  const char* major = std::getenv("PGADVISOR_TEST_MAJOR");
  return major != nullptr ? std::stoi(major) : 15;
}

class Cluster::Implementation {
 public:
  explicit Implementation(ClusterOptions options)
      : binaries_(installations() / std::to_string(options.major) / "bin"), folder_(make_folder()) {
    try {
      initialise(options);
      start();
      if (options.preload_statements && options.replica_of == nullptr)
        run("CREATE EXTENSION pg_stat_statements", "postgres");
    } catch (...) {
      remove();
      throw;
    }
  }
  ~Implementation() { remove(); }
  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;

  void start() {
    if (server_) throw std::runtime_error("the test's PostgreSQL runs already");
    server_.emplace(ChildProcess::start({binaries_ / "postgres", "-D", data()}, log(), SIGQUIT));
    for (auto waited = 0ms; waited < kServerPatience; waited += 10ms) {
      if (server_->poll()) {
        server_.reset();
        break;
      }
      if (accepts_connections()) return;
      std::this_thread::sleep_for(10ms);
    }
    throw std::runtime_error("the test's PostgreSQL did not start:\n" + read_file(log()));
  }

  void shut_down(int signal) {
    if (!server_) return;
    server_->send(signal);
    const bool ended = server_->join(kServerPatience).has_value();
    server_.reset();
    if (!ended) throw std::runtime_error("the test's PostgreSQL had to be killed:\n" + read_file(log()));
  }

  std::string dsn_text(const std::string& database, const std::string& user) const {
    return fmt::format("host={} port={} dbname={} user={}", folder_.string(), port_, quoted(database),
                       quoted(user));
  }

  pg::BlockingConnection connect(const std::string& database) const {
    auto connection =
        pg::BlockingConnection::connect(pg::Dsn::parse(dsn_text(database, "postgres")).value(), "test");
    if (!connection) throw std::runtime_error(model::to_string(connection.error()));
    return std::move(*connection);
  }

  void run(const std::string& sql, const std::string& database) const {
    if (auto done = connect(database).execute(sql); !done) {
      throw std::runtime_error(fmt::format("{}\nin: {}", model::to_string(done.error()), sql));
    }
  }

  const fs::path& folder() const { return folder_; }
  std::uint16_t port() const { return port_; }
  int next_database() { return ++databases_; }

 private:
  void fill_data_folder(const ClusterOptions& options) {
    std::vector<std::string> command{
        binaries_ / "initdb", "-D",       data(), "-U", "postgres", "-A", "trust", "-E", "UTF8",
        "--locale=C.UTF-8",   "--no-sync"};
    if (options.replica_of != nullptr) {
      // Writes primary_conninfo and standby.signal (-R).
      command = {binaries_ / "pg_basebackup", "-D",        data(), "-R",
                 "--checkpoint=fast",         "--no-sync", "-d",   options.replica_of->dsn_text()};
    }
    if (ChildProcess::start(command, log(), SIGKILL).join(kServerPatience) == 0) return;
    throw std::runtime_error(fmt::format("{} failed (is the package postgresql-{} installed?):\n{}",
                                         command.front(), options.major, read_file(log())));
  }

  void initialise(const ClusterOptions& options) {
    fill_data_folder(options);
    auto settings = options.settings;
    settings.insert(kDefaults.begin(), kDefaults.end());
    settings["port"] = std::to_string(port_);
    settings["unix_socket_directories"] = folder_.string();
    if (options.preload_statements) settings.try_emplace("shared_preload_libraries", "pg_stat_statements");
    std::ofstream configuration(data() / "postgresql.conf", std::ios::app);
    for (const auto& [name, value] : settings) configuration << name << " = " << quoted(value) << '\n';
    // A password is asked for only over TCP and never for the superuser: tests of both need no other server.
    std::ofstream(data() / "pg_hba.conf") << "local all,replication all trust\n"
                                             "host all,replication postgres 127.0.0.1/32 trust\n"
                                             "host all all 127.0.0.1/32 scram-sha-256\n";
  }

  /// As pg_ctl decides it: the eighth line of postmaster.pid.
  bool accepts_connections() const {
    std::ifstream stream(data() / "postmaster.pid");
    std::string line;
    for (int number = 1; number <= 8 && std::getline(stream, line); ++number) {
      if (number == 8) return line.starts_with("ready") || line.starts_with("standby");
    }
    return false;
  }

  void remove() {
    if (server_) {
      server_->send(SIGQUIT);  // nothing in it is worth a checkpoint
      (void)server_->join(kServerPatience);
      server_.reset();
    }
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  /// For postgresql.conf and connection strings: both take backslashes.
  static std::string quoted(const std::string& text) {
    std::string result = "'";
    for (const char c : text) {
      if (c == '\'' || c == '\\') result += '\\';
      result += c;
    }
    return result + "'";
  }

  fs::path data() const { return folder_ / "data"; }
  fs::path log() const { return folder_ / "log"; }

  fs::path binaries_;
  fs::path folder_;
  std::uint16_t port_ = free_port();
  std::optional<ChildProcess> server_;
  int databases_ = 0;
};

Cluster::Cluster(ClusterOptions options)
    : implementation_(std::make_unique<Implementation>(std::move(options))) {}
Cluster::~Cluster() = default;

Cluster& Cluster::shared() {
  static Cluster cluster;
  return cluster;
}

pg::Dsn Cluster::dsn(const std::string& database, const std::string& user) const {
  return pg::Dsn::parse(dsn_text(database, user)).value();
}

std::string Cluster::dsn_text(const std::string& database, const std::string& user) const {
  return implementation_->dsn_text(database, user);
}

std::uint16_t Cluster::port() const {
  return implementation_->port();
}
const fs::path& Cluster::folder() const {
  return implementation_->folder();
}

std::string Cluster::create_database() {
  std::string name = fmt::format("test_{}", implementation_->next_database());
  execute("CREATE DATABASE " + name);
  return name;
}

void Cluster::execute(const std::string& sql, const std::string& database) {
  implementation_->run(sql, database);
}

pg::Rows Cluster::query(const std::string& sql, const std::string& database) {
  auto rows = implementation_->connect(database).query(sql);
  if (!rows) throw std::runtime_error(fmt::format("{}\nin: {}", model::to_string(rows.error()), sql));
  return std::move(*rows);
}

std::string Cluster::value(const std::string& sql, const std::string& database) {
  const pg::Rows rows = query(sql, database);
  if (rows.size() == 0) throw std::runtime_error("no row from: " + sql);
  return rows.string(0, 0);
}

void Cluster::promote() {
  if (value("SELECT pg_promote()") != "t") throw std::runtime_error("the replica was not promoted");
}

void Cluster::catch_up_with(Cluster& primary) {
  primary.execute("CHECKPOINT");  // commits do not wait for the log to be written
  const std::string written = primary.value("SELECT pg_current_wal_flush_lsn()");
  for (auto waited = 0ms; waited < kServerPatience; waited += 10ms) {
    if (value("SELECT pg_last_wal_replay_lsn() >= '" + written + "'") == "t") return;
    std::this_thread::sleep_for(10ms);
  }
  throw std::runtime_error("the replica does not catch up");
}

void Cluster::start() {
  implementation_->start();
}
void Cluster::stop() {
  implementation_->shut_down(SIGINT);
}
void Cluster::crash() {
  implementation_->shut_down(SIGQUIT);
}

}  // namespace pgadvisor::testing
