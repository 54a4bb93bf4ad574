#include "daemon/worker.hpp"

#include <boost/asio/post.hpp>

namespace pgadvisor::daemon {

Worker::Worker(boost::asio::io_context& context, sandbox::ServerOptions sandbox, advisor::Options options,
               const model::Clock& clock, Done done)
    : context_(context),
      sandbox_(std::move(sandbox)),
      options_(options),
      clock_(clock),
      done_(std::move(done)),
      thread_([this](const std::stop_token& stop) { loop(stop); }) {}

Worker::~Worker() = default;

bool Worker::start(std::vector<DatabaseInput> inputs) {
  {
    const std::lock_guard lock(mutex_);
    if (busy_ || job_) return false;
    job_ = std::move(inputs);
  }
  wake_.notify_one();
  return true;
}

void Worker::loop(const std::stop_token& stop) {
  sandbox_.stop = stop;
  Cycle cycle(sandbox_, options_, clock_);
  std::unique_lock lock(mutex_);
  while (wake_.wait(lock, stop, [this] { return job_.has_value(); })) {
    const auto inputs = std::move(*job_);
    job_.reset();
    busy_ = true;
    lock.unlock();
    auto result = cycle.run(inputs, stop);
    boost::asio::post(context_, [this, moved = std::move(result)]() mutable { done_(std::move(moved)); });
    lock.lock();
    busy_ = false;
  }
}

}  // namespace pgadvisor::daemon
