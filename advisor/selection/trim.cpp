#include "advisor/selection/trim.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace pgadvisor::selection {
namespace {

using model::Result;

class Trim {
 public:
  Trim(const Bounds& bounds, const Constraints& constraints, const LeastGain& least_gain,
       const std::stop_token& stop, Costed found)
      : bounds_(bounds),
        candidates_(bounds.problem().candidates),
        constraints_(constraints),
        least_gain_(least_gain),
        stop_(stop),
        now_(std::move(found)) {}

  Result<Costed> run() {
    for (const auto id : Configuration(now_.set)) {
      if (auto done = drop_trifle(id); !done) return done.error();
    }
    for (const auto id : Configuration(now_.set)) {
      if (auto done = shrink(id); !done) return done.error();
    }
    return std::move(now_);
  }

 private:
  Result<void> drop_trifle(CandidateId id) {
    const auto saved = bounds_.compare(without(now_.set, id), now_.set);
    if (!saved) return saved.error();
    if (least_gain_.reached(*saved, candidates_.at(id).extends)) return {};
    const auto lost = bounds_.compare(now_.set, without(now_.set, id));
    if (!lost) return lost.error();
    if (!lost->refused) now_ = {without(now_.set, id), now_.cost + saved->fall};
    return {};
  }

  /// Of the index's family, smallest first.
  [[nodiscard]] std::vector<CandidateId> smaller(CandidateId id) const {
    const auto& price = candidates_.at(id);
    std::vector<CandidateId> result;
    for (const auto& [other, its] : candidates_) {
      if (its.family == price.family && its.size < price.size && !now_.set.contains(other)) {
        result.push_back(other);
      }
    }
    std::ranges::sort(result, {}, [&](auto other) { return std::pair(candidates_.at(other).size, other); });
    return result;
  }

  /// Takes the smallest one that saves nearly as much: all but the share of the index's saving that an index
  /// may lose, and no gain that an index would be worth.
  Result<void> shrink(CandidateId id) {
    const auto saved = bounds_.compare(without(now_.set, id), now_.set);
    if (!saved) return saved.error();
    const double allowed = constraints_.min_gain * saved->fall;
    for (const auto other : smaller(id)) {
      if (stop_.stop_requested()) break;
      const auto replaced = replace(id, other, allowed);
      if (!replaced) return replaced.error();
      if (*replaced) break;
    }
    return {};
  }

  /// Unless that raises cost + writes by more than is allowed.
  Result<bool> replace(CandidateId id, CandidateId other, double allowed) {
    auto replaced = without(now_.set, id);
    replaced.insert(other);
    const double writes = candidates_.at(other).writes - candidates_.at(id).writes;
    if (bounds_.rise(now_.set, replaced, {id, other}) > Rise{0, allowed - writes}) return false;
    if (!bounds_.fits(replaced, constraints_)) return false;
    const auto change = bounds_.compare(now_.set, replaced);
    if (!change) return change.error();
    if (change->refused || writes - change->fall > allowed) return false;
    const auto lost = bounds_.compare(replaced, now_.set);
    if (!lost) return lost.error();
    if (least_gain_.reached(*lost, candidates_.at(id).extends)) return false;
    now_ = {std::move(replaced), now_.cost - change->fall};
    return true;
  }

  const Bounds& bounds_;
  const std::map<CandidateId, Price>& candidates_;
  const Constraints& constraints_;
  const LeastGain& least_gain_;
  const std::stop_token& stop_;
  Costed now_;
};

}  // namespace

Result<Costed> trim(const Bounds& bounds, const Constraints& constraints, const LeastGain& least_gain,
                    const std::stop_token& stop, Costed found) {
  return Trim(bounds, constraints, least_gain, stop, std::move(found)).run();
}

}  // namespace pgadvisor::selection
