#include "advisor/selection/local_search.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

namespace pgadvisor::selection {
namespace {

class LocalSearch {
 public:
  LocalSearch(const Bounds& bounds, const Constraints& constraints, double rent, Configuration start)
      : bounds_(bounds), constraints_(constraints), rent_(rent), now_(std::move(start)) {}

  Configuration run(const Configuration& pool) {
    while (!bounds_.fits(now_, constraints_)) now_ = best_removal();
    while (auto better = best_move(pool)) now_ = std::move(*better);
    return now_;
  }

 private:
  /// The best of some configurations, by their change.
  struct Best {
    double change;
    std::optional<Configuration> to = {};

    void take(Configuration other, double its_change) {
      if (its_change >= change) return;
      change = its_change;
      to = std::move(other);
    }
  };

  [[nodiscard]] double change(const Configuration& to) const {
    Configuration moved;
    std::ranges::set_symmetric_difference(now_, to, std::inserter(moved, moved.end()));
    const double kept = rent_ * static_cast<double>(std::ssize(to) - std::ssize(now_)) + bounds_.writes(to) -
                        bounds_.writes(now_);
    return kept + bounds_.change(now_, to, moved);
  }

  [[nodiscard]] static Configuration without(Configuration all, CandidateId one) {
    all.erase(one);
    return all;
  }

  [[nodiscard]] Configuration best_removal() const {
    Best best{std::numeric_limits<double>::infinity()};
    for (const auto id : now_) best.take(without(now_, id), change(without(now_, id)));
    return best.to.value();
  }

  void consider(const Configuration& to, Best& best) const {
    if (bounds_.fits(to, constraints_)) best.take(to, change(to));
  }

  /// With `in`, and without all that it excludes.
  [[nodiscard]] Configuration joined_by(CandidateId in) const {
    auto to = now_;
    for (const auto& one_of : bounds_.problem().exclusive) {
      if (one_of.contains(in)) {
        for (const auto id : one_of) to.erase(id);
      }
    }
    to.insert(in);
    return to;
  }

  [[nodiscard]] std::optional<Configuration> best_move(const Configuration& pool) const {
    Best best{-1e-9 * rent_};
    for (const auto out : now_) consider(without(now_, out), best);
    for (const auto in : pool) {
      if (now_.contains(in)) continue;
      const auto to = joined_by(in);
      consider(to, best);
      for (const auto out : to) {
        if (out != in) consider(without(to, out), best);
      }
    }
    return std::move(best.to);
  }

  const Bounds& bounds_;
  const Constraints& constraints_;
  double rent_;
  Configuration now_;
};

}  // namespace

Configuration improve(const Bounds& bounds, const Constraints& constraints, double rent, Configuration start,
                      const Configuration& pool) {
  return LocalSearch(bounds, constraints, rent, std::move(start)).run(pool);
}

}  // namespace pgadvisor::selection
