#include "advisor/report.hpp"

namespace pgadvisor::advisor {

std::string_view to_string(Confidence confidence) {
  switch (confidence) {
    case Confidence::kLow:
      return "low";
    case Confidence::kMedium:
      return "medium";
    case Confidence::kHigh:
      return "high";
  }
  return "low";
}

std::optional<model::Milliseconds> per_day(model::Milliseconds time, const model::Window& window) {
  const model::Seconds length = window.to - window.from;
  if (window.from == model::Timestamp{} || length < std::chrono::minutes(1)) return std::nullopt;
  return time * (model::Seconds(std::chrono::hours(24)) / length);
}

}  // namespace pgadvisor::advisor
