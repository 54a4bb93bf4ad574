#pragma once

#include "advisor/advise.hpp"

#include <chrono>

namespace pgadvisor::advisor {

/// Runs the stages of one advice: measures each, and turns the time limit into a stop request.
class StageTimer {
 public:
  StageTimer(const model::Clock& clock, const OnStage& on_stage)
      : clock_(clock), on_stage_(on_stage), start_(clock.monotonic()) {}

  template <class Stage>
  auto operator()(std::string_view name, Stage stage) {
    const auto begin = clock_.monotonic();
    auto result = stage();
    if (on_stage_) on_stage_(name, clock_.monotonic() - begin);
    return result;
  }

  [[nodiscard]] model::Seconds elapsed() const { return clock_.monotonic() - start_; }

 private:
  const model::Clock& clock_;
  const OnStage& on_stage_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace pgadvisor::advisor
