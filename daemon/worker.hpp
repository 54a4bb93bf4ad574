#pragma once

#include "daemon/cycle.hpp"

#include <boost/asio/io_context.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

namespace pgadvisor::daemon {

/// The one thread that runs cycles; everything else lives on the io_context. The sandbox server is its child:
/// it exists as long as this thread does.
class Worker {
 public:
  using Done = std::function<void(CycleResult)>;

  /// `done` is called on `context`'s thread after every cycle.
  Worker(boost::asio::io_context& context, sandbox::ServerOptions sandbox, advisor::Options options,
         const model::Clock& clock, Done done);
  /// Interrupts a running cycle, stops the sandbox, joins.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Starts a cycle; false, and nothing happens, while one is running.
  [[nodiscard]] bool start(std::vector<DatabaseInput> inputs);

 private:
  void loop(const std::stop_token& stop);

  boost::asio::io_context& context_;
  sandbox::ServerOptions sandbox_;
  advisor::Options options_;
  const model::Clock& clock_;
  Done done_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::optional<std::vector<DatabaseInput>> job_;
  bool busy_ = false;
  std::jthread thread_;  ///< last: it uses all of the above
};

}  // namespace pgadvisor::daemon
