#include "advisor/selection/local_search.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

namespace pgadvisor::selection {
namespace {

class LocalSearch {
 public:
  LocalSearch(const Bounds& bounds, const Constraints& constraints, const Rents& rents, double negligible,
              Configuration start)
      : bounds_(bounds),
        constraints_(constraints),
        rents_(rents),
        negligible_(negligible),
        now_(std::move(start)) {}

  Configuration run(const Configuration& pool) {
    while (!bounds_.fits(now_, constraints_)) now_ = best_removal();
    for (auto best = best_move(pool); best.found; best = best_move(pool)) now_ = std::move(best.to);
    return now_;
  }

 private:
  /// The best of some configurations, by what changing to it raises.
  struct Best {
    Rise rise;
    bool found = false;
    Configuration to = {};

    void take(Configuration other, const Rise& its_rise) {
      if (its_rise >= rise) return;
      rise = its_rise;
      found = true;
      to = std::move(other);
    }
  };

  [[nodiscard]] Rise rise(const Configuration& to) const {
    Configuration moved;
    std::ranges::set_symmetric_difference(now_, to, std::inserter(moved, moved.end()));
    const Rise charged{0, bounds_.charge(to, rents_) - bounds_.charge(now_, rents_)};
    return charged + bounds_.rise(now_, to, moved);
  }

  [[nodiscard]] Configuration best_removal() const {
    Best best{{std::numeric_limits<int>::max()}};
    for (const auto id : now_) best.take(without(now_, id), rise(without(now_, id)));
    return std::move(best.to);
  }

  void consider(const Configuration& to, const Rise& its_rise, Best& best) const {
    if (its_rise < best.rise && bounds_.fits(to, constraints_)) best.take(to, its_rise);
  }

  /// With `in`, and without all that it excludes.
  [[nodiscard]] Configuration joined_by(CandidateId in) const {
    auto to = now_;
    for (const auto set : bounds_.exclusive(in)) {
      for (const auto id : bounds_.problem().exclusive[set]) to.erase(id);
    }
    to.insert(in);
    return to;
  }

  /// Whether some statement could use either.
  [[nodiscard]] bool meet(CandidateId one, CandidateId other) const {
    const auto a = bounds_.touched(one);
    const auto b = bounds_.touched(other);
    for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end(); *i < *j ? ++i : ++j) {
      if (*i == *j) return true;
    }
    return false;
  }

  /// What two changes that meet in no statement make of the bounds is the sum of what each makes.
  [[nodiscard]] Best best_move(const Configuration& pool) const {
    Best best{{0, -negligible_}};
    std::map<CandidateId, Rise> removals;
    for (const auto out : now_) {
      removals[out] = rise(without(now_, out));
      consider(without(now_, out), removals[out], best);
    }
    for (const auto in : pool) {
      if (now_.contains(in)) continue;
      const auto to = joined_by(in);
      const bool only_added = to.size() > now_.size();
      const auto added = rise(to);
      consider(to, added, best);
      for (const auto out : to) {
        if (out == in) continue;
        const bool apart = only_added && !meet(in, out);
        consider(without(to, out), apart ? added + removals.at(out) : rise(without(to, out)), best);
      }
    }
    return best;
  }

  const Bounds& bounds_;
  const Constraints& constraints_;
  const Rents& rents_;
  double negligible_;
  Configuration now_;
};

}  // namespace

Configuration improve(const Bounds& bounds, const Constraints& constraints, const Rents& rents,
                      double negligible, Configuration start, const Configuration& pool) {
  return LocalSearch(bounds, constraints, rents, negligible, std::move(start)).run(pool);
}

}  // namespace pgadvisor::selection
