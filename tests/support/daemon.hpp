#pragma once

#include <boost/json/value.hpp>

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::testing {

using Variables = std::map<std::string, std::string>;

/// How long a test waits for something that has to happen.
constexpr std::chrono::seconds kPatience{25};

/// Whether `condition` becomes true within `patience`.
[[nodiscard]] bool eventually(const std::function<bool()>& condition,
                              std::chrono::milliseconds patience = kPatience);

/// A folder in /tmp of the test's own, which every user may enter; removed with its content.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Writes a file of the folder, and answers its path.
  [[nodiscard]] std::filesystem::path write(const std::string& name, const std::string& content) const;

 private:
  std::filesystem::path path_;
};

[[nodiscard]] std::string read_file(const std::filesystem::path& file);

/// What a finished run of the program answered.
struct ProgramOutput {
  int exit_code = -1;  ///< 128 + signal when a signal ended it
  std::string out;
  std::string err;

  [[nodiscard]] boost::json::value json() const;
};

/// The program under test.
[[nodiscard]] std::filesystem::path pgadvisor_binary();

/// Runs a program to its end; `variables` are all of its environment but PATH. The current user runs it.
[[nodiscard]] ProgramOutput run_program(const std::vector<std::string>& command,
                                        const Variables& variables = {}, const std::string& input = {});
/// `pgadvisor <arguments>`, its sandbox in `folder`, HOME too.
[[nodiscard]] ProgramOutput run_pgadvisor(std::vector<std::string> arguments, const TemporaryFolder& folder,
                                          Variables variables = {});

/// A running child; killed, if need be, on destruction.
class Running {
 public:
  /// Output and errors are appended to `out` and `err`, which may be the same.
  Running(const std::vector<std::string>& command, const Variables& variables,
          const std::filesystem::path& out, const std::filesystem::path& err,
          const std::filesystem::path& in = "/dev/null");
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running();

  [[nodiscard]] pid_t pid() const { return pid_; }
  void send(int signal) const;
  /// The exit code, 128 + signal when a signal ended it; nullopt when it still runs after `patience`.
  [[nodiscard]] std::optional<int> join(std::chrono::milliseconds patience);

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
};

struct HttpAnswer {
  int status = 0;  ///< 0: nobody answered
  std::string head;
  std::string body;

  [[nodiscard]] boost::json::value json() const;
};

/// `pgadvisor serve` as a child process, all of its intervals a second, in folders of its own.
class Daemon {
 public:
  /// `variables` go over the defaults. The folder outlives the daemon: a second one continues its history.
  Daemon(const TemporaryFolder& folder, Variables variables);
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  ~Daemon();  ///< stops it in order, unless it has ended already
  /// Waits until it says where it listens. False when it ended instead.
  [[nodiscard]] bool listens();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] HttpAnswer get(const std::string& path) const;
  /// With a JSON body.
  [[nodiscard]] HttpAnswer post(const std::string& path, const boost::json::value& body) const;
  [[nodiscard]] boost::json::value status() const { return get("/api/v1/status").json(); }
  [[nodiscard]] bool ready() const { return get("/readyz").status == 200; }
  /// One whose message or hint holds `text`, from /readyz and /api/v1/status alike.
  [[nodiscard]] bool has_problem(const std::string& text) const;
  /// The value of a metric with the given series text, e.g. `pgadvisor_problems{component="advise"}`.
  [[nodiscard]] std::optional<double> metric(const std::string& series) const;
  /// DDL of all recommendations that are open.
  [[nodiscard]] std::vector<std::string> recommendations() const;
  [[nodiscard]] bool recommends(const std::string& part_of_ddl) const;

  [[nodiscard]] std::string log() const { return read_file(log_file()); }
  [[nodiscard]] bool logged(const std::string& text) const { return log().find(text) != std::string::npos; }
  [[nodiscard]] Running& process() { return process_; }
  [[nodiscard]] std::filesystem::path history() const { return folder_ / "history"; }
  [[nodiscard]] std::filesystem::path sandbox() const { return folder_ / "sandbox"; }

  struct End {
    std::optional<int> exit_code;
    std::chrono::milliseconds took{};
  };
  /// SIGTERM, then waits.
  End stop();

 private:
  [[nodiscard]] HttpAnswer ask(const std::string& request, const std::string& body = {}) const;
  [[nodiscard]] std::filesystem::path log_file() const { return log_file_; }

  std::filesystem::path folder_;
  std::filesystem::path log_file_;
  Running process_;
  std::uint16_t port_ = 0;
};

/// Processes that work in `folder` or name it in their command line, this one aside.
[[nodiscard]] std::vector<pid_t> processes_of(const std::filesystem::path& folder);
/// The process and everything below it.
[[nodiscard]] std::vector<pid_t> family(pid_t process);
[[nodiscard]] std::string command_line(pid_t process);
/// What lies in a folder; nothing when there is no such folder.
[[nodiscard]] std::vector<std::filesystem::path> entries(const std::filesystem::path& folder);
/// Permission bits, as chmod takes them.
[[nodiscard]] int mode(const std::filesystem::path& path);

}  // namespace pgadvisor::testing
