#pragma once

#include "collectors/model/units.hpp"

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace pgadvisor::advisor {

/// A stop token that also fires when a time limit is reached: what was found by then is the answer.
class Deadline {
 public:
  Deadline(std::stop_token outer, model::Seconds limit)
      : forward_(outer, [this] { source_.request_stop(); }), timer_([this, limit](std::stop_token over) {
          std::unique_lock lock(mutex_);
          done_.wait_for(lock, over, limit, [&] { return over.stop_requested(); });
          source_.request_stop();
        }) {}

  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::stop_callback<std::function<void()>> forward_;
  std::mutex mutex_;
  std::condition_variable_any done_;
  std::jthread timer_;
};

}  // namespace pgadvisor::advisor
