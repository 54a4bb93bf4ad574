#include "advisor/sandbox/process.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>

namespace pgadvisor::sandbox {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class Processes : public ::testing::Test {
 protected:
  Processes() {
    std::string pattern = ::testing::TempDir() + "processes-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~Processes() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] Command shell(const std::string& script) const {
    return {.arguments = {"/bin/sh", "-c", script},
            .environment = {{"PATH", "/usr/bin:/bin"}, {"GIVEN", "yes"}},
            .output = folder_ / "output",
            .errors = folder_ / "errors"};
  }
  [[nodiscard]] std::string content(const char* name) const {
    std::ifstream stream(folder_ / name);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  std::filesystem::path folder_;
};

TEST_F(Processes, AnswersTheExitCodeAndKeepsBothStreams) {
  EXPECT_EQ(run(shell("echo out; echo err >&2; exit 3"), 10s).value(), 3);
  EXPECT_EQ(content("output"), "out\n");
  EXPECT_EQ(content("errors"), "err\n");
}

TEST_F(Processes, GivesTheChildItsOwnEnvironmentOnly) {
  setenv("PGADVISOR_TEST_SECRET", "secret", 1);
  EXPECT_EQ(run(shell("echo $GIVEN $PGADVISOR_TEST_SECRET"), 10s).value(), 0);
  unsetenv("PGADVISOR_TEST_SECRET");
  EXPECT_EQ(content("output"), "yes\n");
}

TEST_F(Processes, GivesTheChildNoDescriptorsOfOurs) {
  const int ours = open("/dev/null", O_RDONLY);
  const int high = fcntl(ours, F_DUPFD, 50);
  EXPECT_EQ(run(shell("test -e /proc/self/fd/50 && echo open || echo closed"), 10s).value(), 0);
  close(ours);
  close(high);
  EXPECT_EQ(content("output"), "closed\n");
}

TEST_F(Processes, EndsOneThatOutlivesItsTime) {
  const auto begin = std::chrono::steady_clock::now();
  const auto status = run(shell("exec sleep 60"), 100ms);
  ASSERT_TRUE(status.has_error());
  EXPECT_EQ(status.error().next, model::NextStep::kRetry);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
}

TEST_F(Processes, KillsWhatIsStillRunningWhenDestroyed) {
  pid_t pid = 0;
  {
    const Process process = Process::start(shell("exec sleep 60")).value();
    pid = process.pid();
    EXPECT_TRUE(process.alive());
  }
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST_F(Processes, LeavesNoZombie) {
  const Process process = Process::start(shell("exit 0")).value();
  ASSERT_TRUE(process.wait(10s).has_value());
  EXPECT_EQ(waitpid(process.pid(), nullptr, WNOHANG), -1);
  process.signal(SIGKILL);  // of nobody by now
}

TEST_F(Processes, SaysWhyAProgramCannotBeStarted) {
  Command command = shell("");
  command.arguments = {"/no/such/program"};
  EXPECT_THAT(run(command, 10s).error().message, HasSubstr("cannot run /no/such/program: No such file"));
  command = shell("");
  command.working_folder = "/no/such/folder";
  EXPECT_THAT(run(command, 10s).error().message, HasSubstr("cannot enter /no/such/folder"));
}

TEST_F(Processes, DropsRootForGood) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can drop to another user";
  std::filesystem::permissions(folder_, std::filesystem::perms{0777});
  Command command = shell("id -u; id -G");
  command.account = *unprivileged_account("nobody");
  ASSERT_EQ(run(command, 10s).value(), 0);
  EXPECT_EQ(content("output"),
            std::to_string(command.account->user) + "\n" + std::to_string(command.account->group) + "\n");
}

TEST_F(Processes, FindsTheFolderTheAccountMayNotEnter) {
  const Account nobody{"nobody", 65534, 65534};
  std::filesystem::create_directories(folder_ / "a" / "b");
  std::filesystem::permissions(folder_, std::filesystem::perms{0755});
  std::filesystem::permissions(folder_ / "a", std::filesystem::perms{0700});
  EXPECT_EQ(closed_folder(folder_ / "a" / "b", nobody), folder_ / "a");
  std::filesystem::permissions(folder_ / "a", std::filesystem::perms{0711});
  EXPECT_EQ(closed_folder(folder_ / "a" / "b", nobody), std::nullopt);
}

TEST(UnprivilegedAccount, IsNeverRoot) {
  if (geteuid() != 0) GTEST_SKIP() << "only root drops";
  EXPECT_TRUE(unprivileged_account("root").has_error());
}

}  // namespace
}  // namespace pgadvisor::sandbox
