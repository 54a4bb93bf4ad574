#include "advisor/selection/local_search.hpp"

#include <limits>
#include <optional>

namespace pgadvisor::selection {
namespace {

struct Move {
  std::optional<CandidateId> out;
  std::optional<CandidateId> in;
  double change = 0;
};

class LocalSearch {
 public:
  LocalSearch(const Bounds& bounds, const Constraints& constraints, double rent, Configuration start)
      : bounds_(bounds), constraints_(constraints), rent_(rent), now_(std::move(start)) {}

  Configuration run(const Configuration& pool) {
    while (!bounds_.fits(now_, constraints_)) apply(best_removal());
    for (auto move = best_move(pool); move.change < 0; move = best_move(pool)) apply(move);
    return now_;
  }

 private:
  [[nodiscard]] Configuration after(const Move& move) const {
    auto result = now_;
    if (move.out) result.erase(*move.out);
    if (move.in) result.insert(*move.in);
    return result;
  }

  [[nodiscard]] double change(const Move& move, const Configuration& to) const {
    Configuration moved;
    double kept = 0;
    if (move.out) {
      moved.insert(*move.out);
      kept -= rent_ + bounds_.problem().candidates.at(*move.out).writes;
    }
    if (move.in) {
      moved.insert(*move.in);
      kept += rent_ + bounds_.problem().candidates.at(*move.in).writes;
    }
    return kept + bounds_.change(now_, to, moved);
  }

  void apply(const Move& move) { now_ = after(move); }

  [[nodiscard]] Move best_removal() const {
    Move best{{}, {}, std::numeric_limits<double>::infinity()};
    for (const auto id : now_) {
      const Move move{id, {}};
      const double worse = change(move, after(move));
      if (worse < best.change) best = {id, {}, worse};
    }
    return best;
  }

  void consider(Move move, Move& best) const {
    const auto to = after(move);
    if (!bounds_.fits(to, constraints_)) return;
    move.change = change(move, to);
    if (move.change < best.change) best = move;
  }

  [[nodiscard]] Move best_move(const Configuration& pool) const {
    Move best{{}, {}, -1e-9 * rent_};
    for (const auto out : now_) consider({out, {}}, best);
    for (const auto in : pool) {
      if (now_.contains(in)) continue;
      consider({{}, in}, best);
      for (const auto out : now_) consider({out, in}, best);
    }
    if (!best.out && !best.in) best.change = 0;
    return best;
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
