#include "advisor/sandbox/installation.hpp"
#include "advisor/sandbox/leftovers.hpp"
#include "advisor/sandbox/process.hpp"
#include "advisor/sandbox/server.hpp"
#include "collectors/pg/blocking_connection.hpp"
#include "tests/support/cluster.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace pgadvisor::sandbox {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const int kProduction = testing::tested_major() * 10000 + 4;

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(folder, missing)) found.push_back(entry.path());
  return found;
}

/// Processes that work below `folder`.
std::vector<pid_t> processes_in(const fs::path& folder) {
  std::vector<pid_t> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::error_code failure;
    const std::string working = fs::read_symlink(entry.path() / "cwd", failure).string();
    if (!failure && working.starts_with(folder.string())) found.push_back(std::stoi(entry.path().filename()));
  }
  return found;
}

pid_t postmaster_of(const Server& server) {
  pid_t pid = 0;
  std::ifstream(server.folder() / "data" / "postmaster.pid") >> pid;
  return pid;
}

bool within(std::chrono::milliseconds limit, const auto& condition) {
  for (auto waited = 0ms; waited < limit; waited += 20ms) {
    if (condition()) return true;
    std::this_thread::sleep_for(20ms);
  }
  return condition();
}

class SandboxServer : public ::testing::Test {
 protected:
  SandboxServer() {
    std::string pattern = "/tmp/sandbox-server-XXXXXX";
    root_ = mkdtemp(pattern.data());
    fs::permissions(root_, fs::perms{0755});
  }
  ~SandboxServer() override { fs::remove_all(root_); }

  [[nodiscard]] ServerOptions options() const {
    return {.folder = root_ / "sandbox",
            .user = {},
            .installations = testing::installations(),
            .modules = fs::path(PGADVISOR_BINARY_DIR) / "lib"};
  }
  [[nodiscard]] Server started() const { return Server::start(options(), kProduction).value(); }
  static pg::BlockingConnection connected(const Server& server, const std::string& database = "template1") {
    return pg::BlockingConnection::connect(server.dsn(database), "test").value();
  }

  fs::path root_;
};

TEST_F(SandboxServer, AnswersOnAPrivateSocketOnly) {
  const Server server = started();
  auto connection = connected(server);
  EXPECT_EQ(connection.query("show listen_addresses")->text(0, 0), "");
  EXPECT_EQ(connection.query("select current_setting('server_version_num')")->integer(0, 0),
            server.version());
  EXPECT_EQ(server.version() / 10000, testing::tested_major());
  struct stat status {};
  for (const fs::path& folder : {options().folder, server.folder()}) {
    ASSERT_EQ(stat(folder.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700U) << folder;
  }
}

TEST_F(SandboxServer, TakesTheNearestNewerMajorThatIsInstalled) {
  const int older = testing::tested_major() - 1;
  const auto installed = find_installations(options().installations, options().modules);
  const auto nearest =
      std::ranges::find_if(installed, [&](const auto& one) { return one.major >= older && one.has_module; });
  const auto server = Server::start(options(), older * 10000);
  ASSERT_TRUE(server) << to_string(server.error());
  EXPECT_EQ(server->version() / 10000, nearest->major);
  EXPECT_EQ(connected(*server).query("show server_version_num")->integer(0, 0), server->version());
}

TEST_F(SandboxServer, LoadsThePlannerModuleIntoEverySession) {
  const Server server = started();
  EXPECT_EQ(connected(server).query("show session_preload_libraries")->text(0, 0), server.module().string());
}

TEST_F(SandboxServer, DoesNotRunAsRoot) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can drop to another user";
  const Server server = started();
  struct stat status {};
  ASSERT_EQ(stat(("/proc/" + std::to_string(postmaster_of(server))).c_str(), &status), 0);
  EXPECT_NE(status.st_uid, 0U);
  EXPECT_NE(status.st_gid, 0U);
}

TEST_F(SandboxServer, StopsInTwoSecondsAndLeavesNothing) {
  auto server = std::make_unique<Server>(started());
  auto connection = connected(*server);
  const auto begin = std::chrono::steady_clock::now();
  server.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
  EXPECT_THAT(entries(options().folder), IsEmpty());
  EXPECT_THAT(processes_in(root_), IsEmpty());
}

TEST_F(SandboxServer, IgnoresWhatTheEnvironmentSaysOfOtherServers) {
  setenv("PGPORT", "1", 1);
  setenv("PGOPTIONS", "-c no_such_setting=1", 1);
  const auto server = Server::start(options(), kProduction);
  unsetenv("PGPORT");
  unsetenv("PGOPTIONS");
  EXPECT_TRUE(server.has_value()) << to_string(server.error());
}

TEST_F(SandboxServer, RefusesAHostAddressFromTheEnvironment) {
  setenv("PGHOSTADDR", "127.0.0.1", 1);
  const auto server = Server::start(options(), kProduction);
  unsetenv("PGHOSTADDR");
  ASSERT_TRUE(server.has_error());
  EXPECT_THAT(server.error().hint, HasSubstr("unset PGHOSTADDR"));
}

TEST_F(SandboxServer, StartsANewServerAfterACrash) {
  Server server = started();
  ASSERT_TRUE(connected(server).execute("create database gone").has_value());
  const pid_t crashed = postmaster_of(server);
  ASSERT_EQ(kill(crashed, SIGKILL), 0);
  ASSERT_TRUE(within(5s, [&] { return !server.alive(); }));
  ASSERT_TRUE(server.restart_if_dead().has_value());
  EXPECT_TRUE(server.alive());
  EXPECT_NE(postmaster_of(server), crashed);
  EXPECT_EQ(connected(server).query("select 1 from pg_database where datname = 'gone'")->size(), 0);
}

TEST_F(SandboxServer, LeavesALivingServerAlone) {
  Server server = started();
  const pid_t before = postmaster_of(server);
  ASSERT_TRUE(server.restart_if_dead().has_value());
  EXPECT_EQ(postmaster_of(server), before);
}

TEST_F(SandboxServer, DiesWithAKilledOwnerAndIsSweptByTheNext) {
  std::array<int, 2> ready{};
  ASSERT_EQ(pipe(ready.data()), 0);
  const pid_t owner = fork();
  if (owner == 0) {
    const Server server = started();
    (void)!write(ready[1], "x", 1);
    pause();
  }
  char signal = 0;
  ASSERT_EQ(read(ready[0], &signal, 1), 1);
  ASSERT_THAT(entries(options().folder), SizeIs(1));
  const fs::path abandoned = entries(options().folder).front();
  ASSERT_EQ(kill(owner, SIGKILL), 0);
  waitpid(owner, nullptr, 0);
  EXPECT_TRUE(within(5s, [&] { return processes_in(root_).empty(); }));
  EXPECT_TRUE(fs::exists(abandoned));
  const Server next = started();
  EXPECT_FALSE(fs::exists(abandoned));
  close(ready[0]);
  close(ready[1]);
}

TEST_F(SandboxServer, LetsASecondServerLiveBesideTheFirst) {
  const Server first = started();
  const Server second = started();
  EXPECT_NE(first.folder(), second.folder());
  EXPECT_TRUE(connected(first).query("select 1").has_value());
}

/// A server whose owner died before it could be told.
TEST_F(SandboxServer, StopsAStrayServerBeforeItRemovesItsFolder) {
  const std::optional<Account> account = *unprivileged_account("");
  const fs::path stray = root_ / "999999999-stray";  // above any pid
  fs::create_directory(stray);
  if (account) {
    ASSERT_EQ(chown(stray.c_str(), account->user, account->group), 0);
  }
  const std::string data = stray / "data";
  const fs::path binaries = testing::installations() / std::to_string(testing::tested_major()) / "bin";
  Command command{.arguments = {binaries / "initdb", "-D", data, "--no-sync", "-A", "trust"},
                  .environment = {{"LC_ALL", "C"}},
                  .account = account,
                  .working_folder = stray};
  ASSERT_EQ(run(command, 60s).value(), 0);
  command.arguments = {binaries / "postgres", "-D", data, "-k", stray, "-h", ""};
  const Process postgres = Process::start(command).value();
  ASSERT_TRUE(within(10s, [&] { return fs::exists(stray / ".s.PGSQL.5432"); }));
  sweep_leftovers(root_);
  EXPECT_TRUE(within(1s, [&] { return !postgres.alive(); }));
  EXPECT_FALSE(fs::exists(stray));
}

TEST_F(SandboxServer, SweepsNothingThatIsNotItsOwn) {
  for (const char* name : {"keep", "12-not a sandbox", "0-x"}) fs::create_directory(root_ / name);
  std::ofstream(root_ / "999999999-file") << "x";
  sweep_leftovers(root_);
  EXPECT_THAT(entries(root_), SizeIs(4));
}

TEST_F(SandboxServer, PutsItsSocketElsewhereWhenThePathWouldBeTooLong) {
  ServerOptions longer = options();
  longer.folder = root_ / std::string(90, 'l');
  fs::path socket;
  {
    const Server server = Server::start(longer, kProduction).value();
    EXPECT_TRUE(connected(server).query("select 1").has_value());
    socket = fs::read_symlink(server.folder() / "socket");
  }
  EXPECT_FALSE(fs::exists(socket));
}

TEST_F(SandboxServer, NamesThePackageOfAMissingMajor) {
  const auto server = Server::start(options(), 990001);
  ASSERT_TRUE(server.has_error());
  EXPECT_EQ(server.error().next, model::NextStep::kGiveUp);
  EXPECT_THAT(server.error().hint, HasSubstr("apt-get install postgresql-99"));
}

TEST_F(SandboxServer, TakesAnotherFolderWhenItsUserCannotReachTheConfiguredOne) {
  if (geteuid() != 0) GTEST_SKIP() << "only root has folders the server's user cannot enter";
  fs::permissions(root_, fs::perms{0700});
  const auto server = Server::start(options(), kProduction);
  ASSERT_TRUE(server.has_value()) << to_string(server.error());
  EXPECT_EQ(server->folder().parent_path(), "/tmp/pgadvisor-sandbox");
}

TEST_F(SandboxServer, SaysWhichUserIsMissing) {
  if (geteuid() != 0) GTEST_SKIP() << "only root changes users";
  ServerOptions wrong = options();
  wrong.user = "no-such-user";
  EXPECT_THAT(to_string(Server::start(wrong, kProduction).error()),
              HasSubstr("useradd --system no-such-user"));
}

}  // namespace
}  // namespace pgadvisor::sandbox
