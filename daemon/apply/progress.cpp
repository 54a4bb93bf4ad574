#include "daemon/apply/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace pgadvisor::daemon::apply {
namespace {

/// The part of the whole that a phase takes, in per cent of the way.
struct Phase {
  std::string_view name;
  double from = 0;
  double to = 0;
};

constexpr std::array<Phase, 13> kPhases{{{"initializing", 0, 0},
                                         {"waiting for writers before build", 0, 1},
                                         {"building index", 1, 1},
                                         {"building index: initializing", 1, 1},
                                         {"building index: scanning table", 1, 40},
                                         {"building index: sorting live tuples", 40, 50},
                                         {"building index: sorting dead tuples", 50, 50},
                                         {"building index: loading tuples in tree", 50, 60},
                                         {"waiting for writers before validation", 60, 61},
                                         {"index validation: scanning index", 61, 68},
                                         {"index validation: sorting tuples", 68, 70},
                                         {"index validation: scanning table", 70, 97},
                                         {"waiting for old snapshots", 97, 99}}};

double share(std::int64_t done, std::int64_t total) {
  return total > 0 ? std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0) : 0;
}

bool counts_tuples(const Progress& progress) {
  return progress.phase == "building index: loading tuples in tree";
}

bool counts_lockers(const Progress& progress) {
  return progress.phase.starts_with("waiting for");
}

double share_of_phase(const Progress& progress) {
  if (counts_lockers(progress)) return share(progress.lockers_done, progress.lockers_total);
  if (counts_tuples(progress)) return share(progress.tuples_done, progress.tuples_total);
  return share(progress.blocks_done, progress.blocks_total);
}

std::string grouped(std::int64_t number) {
  auto text = std::to_string(number);
  for (auto i = static_cast<std::ptrdiff_t>(text.size()) - 3; i > 0; i -= 3) {
    text.insert(static_cast<std::size_t>(i), ",");
  }
  return text;
}

}  // namespace

double fraction(const Progress& progress) {
  const auto phase = std::ranges::find(kPhases, std::string_view(progress.phase), &Phase::name);
  if (phase != kPhases.end()) {
    return (phase->from + (phase->to - phase->from) * share_of_phase(progress)) / 100;
  }
  // Other access methods name steps of their own; "waiting for readers ..." belongs to REINDEX and DROP.
  if (progress.phase.starts_with("building index")) return 0.3;
  return progress.phase.starts_with("waiting for readers") ? 0.99 : 0;
}

std::string describe(const Progress& progress) {
  if (progress.phase.empty()) return "starting";
  auto text = progress.phase;
  if (counts_lockers(progress)) {
    if (progress.lockers_total > 0) {
      text += fmt::format(", {} of {} done", grouped(progress.lockers_done), grouped(progress.lockers_total));
    }
  } else if (counts_tuples(progress) && progress.tuples_total > 0) {
    text += fmt::format(", {} of {} rows", grouped(progress.tuples_done), grouped(progress.tuples_total));
  } else if (progress.blocks_total > 0) {
    text += fmt::format(", {} of {} blocks", grouped(progress.blocks_done), grouped(progress.blocks_total));
  }
  return progress.waits_for.empty() ? text : text + ": " + progress.waits_for;
}

std::string bar(const Progress& progress, model::Seconds elapsed, std::size_t width) {
  constexpr std::size_t kBar = 20;
  const double done = fraction(progress);
  const auto filled = static_cast<std::size_t>(done * kBar);
  const auto seconds = static_cast<std::int64_t>(elapsed.count());
  const auto line =
      fmt::format("[{}{}] {:3.0f} %  {}:{:02}  {}", std::string(filled, '#'), std::string(kBar - filled, ' '),
                  100 * done, seconds / 60, seconds % 60, describe(progress));
  return line.substr(0, width);
}

bool LineRule::is_worth_a_line(const Progress& progress, model::Seconds elapsed) {
  constexpr model::Seconds kSilence{30};
  const int tenth = static_cast<int>(10 * fraction(progress));
  const bool worth = progress.phase != phase_ || tenth > tenth_ || progress.waits_for != waits_for_ ||
                     elapsed - last_ >= kSilence;
  if (!worth || progress.phase.empty()) return false;
  phase_ = progress.phase;
  waits_for_ = progress.waits_for;
  tenth_ = std::max(tenth, tenth_);
  last_ = elapsed;
  return true;
}

}  // namespace pgadvisor::daemon::apply
