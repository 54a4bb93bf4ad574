#include "advisor/sandbox/server.hpp"

#include "advisor/sandbox/account.hpp"
#include "advisor/sandbox/installation.hpp"
#include "advisor/sandbox/leftovers.hpp"
#include "advisor/sandbox/process.hpp"
#include "advisor/sandbox/sandbox_folder.hpp"
#include "advisor/sandbox/server_configuration.hpp"
#include "collectors/pg/blocking_connection.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <system_error>
#include <thread>

namespace pgadvisor::sandbox {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kInitdbLimit{120};
constexpr seconds kStartLimit{30};
constexpr const char* kSuperuser = "pgadvisor";

/// The end of a log file, for an error message.
std::string last_lines(const fs::path& file) {
  std::ifstream stream(file);
  std::string text((std::istreambuf_iterator<char>(stream)), {});
  while (text.ends_with('\n')) text.pop_back();
  constexpr std::size_t kShown = 600;
  return text.size() <= kShown ? text : "..." + text.substr(text.size() - kShown);
}

}  // namespace

class Server::Implementation {
 public:
  Implementation(Installation installation, int version, std::optional<Account> account, SandboxFolder folder,
                 std::stop_token stop)
      : stop_(std::move(stop)),
        installation_(std::move(installation)),
        version_(version),
        account_(std::move(account)),
        folder_(std::move(folder)) {}
  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;
  ~Implementation() { stop(); }

  /// Makes a new, empty server in the folder and starts it.
  model::Result<void> begin(const fs::path& modules) {
    std::error_code failure;
    fs::remove_all(data(), failure);
    if (!failure) {
      fs::copy_file(module_path(modules, installation_.major), module(), fs::copy_options::overwrite_existing,
                    failure);
    }
    if (!failure) fs::permissions(module(), fs::perms{0644}, failure);
    if (failure) {
      return model::give_up(fmt::format("cannot prepare {}: {}", folder_.path().string(), failure.message()));
    }
    modules_ = modules;
    if (auto made = initialise(); made.has_error()) return made;
    return launch();
  }

  bool alive() const { return process_ && process_->alive(); }

  model::Result<void> restart_if_dead() {
    if (alive()) return {};
    spdlog::warn("sandbox: the server died, a new one is started");
    stop();
    return begin(modules_);
  }

  pg::Dsn dsn(const std::string& database) const {
    // Spelt out, so that nothing of libpq's environment (PGPORT, PGOPTIONS, ...) fills it in.
    return pg::Dsn::parse("")
        .value()
        .with("host", folder_.socket().string())
        .with("port", "5432")
        .with("user", kSuperuser)
        .with("options", "-c jit=off")
        .with("target_session_attrs", "any")
        .with("client_encoding", "UTF8")
        .with_database(database);
  }

  fs::path module() const { return folder_.path() / "pgadvisor_planner.so"; }

  model::Seconds production_time{};
  int version() const { return version_; }
  const std::stop_token& stop_token() const { return stop_; }
  const Installation& installation() const { return installation_; }
  const fs::path& folder() const { return folder_.path(); }

 private:
  fs::path data() const { return folder_.path() / "data"; }
  fs::path log() const { return folder_.path() / "server.log"; }

  Command command(const std::string& program) const {
    return {.arguments = {(installation_.binaries / program).string()},
            .environment = {{"LC_ALL", "C"}, {"PATH", installation_.binaries.string() + ":/usr/bin:/bin"}},
            .account = account_,
            .working_folder = folder_.path(),
            .output = log(),
            .errors = log(),
            .death_signal = SIGKILL};
  }

  model::Result<void> initialise() const {
    Command initdb = command("initdb");
    for (const std::string argument : {"--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"}) {
      initdb.arguments.push_back(argument);
    }
    initdb.arguments.insert(initdb.arguments.end(), {"-U", kSuperuser, "-D", data().string()});
    const model::Result<int> status = run(initdb, kInitdbLimit, stop_);
    if (status.has_error()) return status.error();
    if (*status != 0) return failed("initdb failed");
    std::ofstream file(data() / "postgresql.conf", std::ios::app);
    file << server_configuration(folder_.socket(), module());
    file.close();
    return file ? model::Result<void>{} : failed("cannot write postgresql.conf");
  }

  model::Result<void> launch() {
    Command postgres = command("postgres");
    postgres.arguments.insert(postgres.arguments.end(), {"-D", data().string()});
    // Immediate shutdown: nothing in it is worth a checkpoint.
    postgres.death_signal = SIGQUIT;
    model::Result<Process> started = Process::start(postgres);
    if (started.has_error()) return started.error();
    process_.emplace(std::move(*started));
    interrupt_.emplace(stop_, [&process = *process_] { process.signal(SIGQUIT); });
    return wait_until_ready();
  }

  model::Result<void> wait_until_ready() {
    constexpr milliseconds kStep{20};
    for (auto waited = milliseconds{0}; waited < kStartLimit && process_->alive(); waited += kStep) {
      // The socket appears shortly before connections are accepted.
      std::error_code ignored;
      if (fs::exists(folder_.socket() / ".s.PGSQL.5432", ignored) &&
          pg::BlockingConnection::connect(dsn("template1"), "pgadvisor sandbox").has_value()) {
        return {};
      }
      std::this_thread::sleep_for(kStep);
    }
    model::Error error = failed("the sandbox's server did not start");
    stop();
    return error;
  }

  void stop() {
    if (!process_) return;
    interrupt_.reset();
    // SIGINT is the orderly end; what hangs then is put an end to.
    for (const auto& [signal, patience] : {std::pair{SIGINT, milliseconds{1000}},
                                           {SIGQUIT, milliseconds{3000}},
                                           {SIGKILL, milliseconds{1000}}}) {
      process_->signal(signal);
      if (process_->wait(patience)) break;
    }
    process_.reset();
  }

  model::Error failed(const std::string& what) const {
    return model::give_up(fmt::format("{}: {}", what, last_lines(log())));
  }

  std::stop_token stop_;
  Installation installation_;
  int version_ = 0;
  std::optional<Account> account_;
  SandboxFolder folder_;
  fs::path modules_;
  std::optional<Process> process_;
  std::optional<std::stop_callback<std::function<void()>>> interrupt_;  ///< refers to the process
};

namespace {

/// What the programs say of themselves: the folder's name only has the major version.
model::Result<int> ask_version(const Installation& installation, const SandboxFolder& folder) {
  const fs::path answer = folder.path() / "version";
  const Command command{.arguments = {(installation.binaries / "postgres").string(), "--version"},
                        .environment = {{"LC_ALL", "C"}},
                        .output = answer};
  const model::Result<int> status = run(command, seconds{20});
  if (status.has_error()) return status.error();
  const std::optional<int> version = parse_version(last_lines(answer));
  if (*status != 0 || !version || *version / 10000 != installation.major) {
    return model::give_up(fmt::format("{}/postgres --version says nothing of version {}",
                                      installation.binaries.string(), installation.major));
  }
  return *version;
}

}  // namespace

model::Result<Server> Server::start(ServerOptions options, int production_version) {
  // libpq has no way to spell out "no host address".
  if (const char* address = std::getenv("PGHOSTADDR"); address != nullptr && *address != '\0') {
    return model::give_up(
        "the environment variable PGHOSTADDR leads connections away from the planner sandbox",
        "unset PGHOSTADDR and put hostaddr=... into the DSN");
  }
  auto installation =
      choose_installation(find_installations(options.installations, options.modules), production_version);
  if (installation.has_error()) return installation.error();
  auto account = unprivileged_account(options.user);
  if (account.has_error()) return account.error();
  auto folder = SandboxFolder::make(options.folder, *account);
  if (folder.has_error()) return folder.error();
  const auto version = ask_version(*installation, *folder);
  if (version.has_error()) return version.error();
  auto implementation =
      std::make_unique<Implementation>(*installation, *version, *account, std::move(*folder), options.stop);
  if (const auto begun = implementation->begin(options.modules); begun.has_error()) return begun.error();
  return Server(std::move(implementation));
}

Server::Server(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
Server::Server(Server&&) noexcept = default;
Server& Server::operator=(Server&&) noexcept = default;
Server::~Server() = default;

int Server::version() const {
  return implementation_->version();
}
bool Server::alive() const {
  return implementation_->alive();
}
model::Result<void> Server::restart_if_dead() {
  return implementation_->restart_if_dead();
}
pg::Dsn Server::dsn(const std::string& database) const {
  return implementation_->dsn(database);
}
const fs::path& Server::binaries() const {
  return implementation_->installation().binaries;
}
const fs::path& Server::folder() const {
  return implementation_->folder();
}
const std::stop_token& Server::stop() const {
  return implementation_->stop_token();
}
fs::path Server::module() const {
  return implementation_->module();
}

model::Seconds Server::production_time() const {
  return implementation_->production_time;
}

void Server::add_production_time(model::Seconds time) {
  implementation_->production_time += time;
}

}  // namespace pgadvisor::sandbox
