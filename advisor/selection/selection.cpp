#include "advisor/selection/selection.hpp"

#include "advisor/selection/bounds.hpp"
#include "advisor/selection/branching.hpp"
#include "advisor/selection/least_gain.hpp"
#include "advisor/selection/local_search.hpp"
#include "advisor/selection/relaxation.hpp"
#include "advisor/selection/trim.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pgadvisor::selection {
namespace {

using model::Result;

/// Nothing better by this share of the cost is looked for at first, nor by the second when that takes long.
constexpr double kGoodEnough = 0.005;
constexpr double kAcceptable = 0.02;
/// A statement's bound need not be closer than this share of the workload's cost, nor all bounds together.
constexpr double kTolerance = 0.0003;
constexpr double kTotalTolerance = 0.006;
/// A relaxation that raises the bound by less than this is near enough to what it proposes to try that.
constexpr double kStall = 0.0005;
/// Effort of the first phase, in relaxations.
constexpr int kMaxRelaxations = 60;
/// Effort of the second phase, in branches: those up to a good answer, and all until an acceptable one.
constexpr int kBranches = 40;
constexpr int kMostBranches = 120;
/// Effort of both, in questions: for the workload, and for each of its statements. After that the planner is
/// asked about what is tried only, no more about what the bound rests on.
constexpr int kEffort = 200;
constexpr int kEffortEach = 100;
/// Changes by less than this share of the workload's cost are rounding errors.
constexpr double kNegligible = 1e-11;
/// Candidates with more than this share in a relaxation are worth a try.
constexpr double kWorthTrying = 0.05;
/// Regions with more than this share in it are worth asking about.
constexpr double kWorthAsking = 0.1;

class Search {
 public:
  Search(const Problem& problem, const Constraints& constraints, std::stop_token stop)
      : constraints_(constraints),
        stop_(std::move(stop)),
        bounds_(problem),
        relaxation_(bounds_, constraints_) {}

  Result<Selection> run() {
    // Everything the answer has to know is asked before a stop request counts.
    const auto base = bounds_.cost({}, {});
    if (!base) return base.error();
    before_ = cost_ = *base;
    for (const auto phase : {&Search::relax, &Search::branch, &Search::trim}) {
      if (auto done = (this->*phase)(); !done && !stop_.stop_requested()) return done.error();
    }
    return answer();
  }

 private:
  /// Cost of a configuration as the programmes see it.
  [[nodiscard]] double charged(double cost, const Configuration& configuration) const {
    return cost + bounds_.charge(configuration, rents_);
  }
  [[nodiscard]] LeastGain least_gain() const { return {constraints_.min_gain, before_}; }
  /// Shares of what a configuration leaves of each statement, as far as is known: the best so far, or where
  /// there is none yet what the relaxation heads for. Those of what is left at the end decide.
  void set_rents(const Configuration& reference) {
    std::vector<double> costs;
    for (const auto& tree : bounds_.trees()) costs.push_back(std::min(tree.bound(reference), tree.bound({})));
    rents_ = least_gain().rents(bounds_, costs);
    relaxation_.set_rents(rents_);
  }
  /// What is spent of the effort in questions, as a share.
  [[nodiscard]] double spent() const {
    return bounds_.questions() / (kEffort + kEffortEach * static_cast<double>(bounds_.trees().size()));
  }
  /// What is better than the best so far has to cost less than this: the less, the more effort is spent.
  [[nodiscard]] double limit() const {
    const double share = std::min(1.0, spent());
    return charged(cost_, chosen_) - std::lerp(kGoodEnough, kAcceptable, share * share) * cost_;
  }
  /// Of one statement's bound.
  [[nodiscard]] double tolerance() const {
    const auto statements = static_cast<double>(std::max<std::size_t>(1, bounds_.trees().size()));
    return cost_ * std::min(kTolerance, kTotalTolerance / statements);
  }

  /// A relaxation's bound, with what it charges for.
  void raise_bound(double least) { proofs_.emplace_back(least, rents_); }

  /// Learns the true cost of a configuration that fits and may be better than the best so far; true when it
  /// is.
  Result<bool> try_one(const Configuration& configuration) {
    const double enough = charged(cost_, chosen_) * (1 - 1e-9) - bounds_.charge(configuration, rents_);
    if (!bounds_.fits(configuration, constraints_) || bounds_.bound(configuration) >= enough) return false;
    const auto cost = bounds_.learn(configuration, enough, tolerance(), stop_);
    if (!cost) return cost.error();
    if (*cost >= enough) return false;
    cost_ = *cost;
    chosen_ = configuration;
    return true;
  }

  [[nodiscard]] Configuration improved(const Configuration& start, const Configuration& pool) const {
    return improve(bounds_, constraints_, rents_, kNegligible * before_, start, pool);
  }

  /// Goes on from a configuration, and from the best so far, for as long as that helps.
  Result<void> try_around(const Configuration& start, const Configuration& pool) {
    auto better = try_one(improved(start, pool));
    while (better) {
      better = try_one(improved(chosen_, pool));
      if (better && !*better) return {};
    }
    return better.error();
  }

  /// Those with more than this share.
  static Configuration above(double least, const Relaxation::Point& point) {
    Configuration result;
    for (const auto& [id, share] : point.shares) {
      if (share > least) result.insert(id);
    }
    return result;
  }

  /// Asks about the regions that a relaxation rests on; answers of how many there was more to learn.
  Result<int> refine(const Configuration& half) {
    return bounds_.refine(relaxation_.leaves(kWorthAsking), half, tolerance(), stop_);
  }

  Result<void> relax() {
    double last = 0;
    Configuration half;
    for (int round = 0; round < kMaxRelaxations; ++round) {
      set_rents(chosen_.empty() ? half : chosen_);
      relaxation_.follow(tolerance());
      const auto point = relaxation_.solve();
      raise_bound(point.least);
      half = above(0.5, point);
      const auto refined = refine(half);
      if (!refined) return refined.error();
      const bool exhausted = spent() >= 1;
      const bool stalled = *refined == 0 || exhausted || point.least <= last * (1 + kStall);
      last = point.least;
      if (!stalled) continue;  // the first one never raises it: what no index costs is asked then
      const auto best = chosen_;
      if (auto done = try_around(half, above(kWorthTrying, point)); !done) return done;
      // A better one has other rents.
      if (exhausted || (chosen_ == best && (*refined == 0 || point.least >= limit()))) break;
    }
    return {};
  }

  Result<void> branch() {
    set_rents(chosen_);
    Branching branching(relaxation_);
    for (int branches = 0; !stop_.stop_requested() && branches < kMostBranches && branching.next(limit());
         ++branches) {
      if (auto done = look(branching); !done) return done;
      const double acceptable = charged(cost_, chosen_) - kAcceptable * cost_;
      if (branches > kBranches && branching.least(limit()) >= acceptable) break;
    }
    raise_bound(branching.least(limit()));
    return {};
  }

  /// Splits or closes the branch at hand.
  Result<void> look(Branching& branching) {
    Configuration last;
    while (true) {
      relaxation_.follow(tolerance());
      const auto point = branching.relax(limit());
      if (!point.feasible || point.least >= limit()) {
        branching.close(limit());
        return {};
      }
      const auto half = above(0.5, point);
      if (half == last) {
        if (std::ranges::any_of(point.shares, is_fraction, &std::pair<const CandidateId, double>::second)) {
          branching.split(point, limit());
        } else {
          branching.close(point.least);
        }
        return {};
      }
      if (auto better = try_one(half); !better) return better.error();
      if (spent() < 1) {
        if (auto refined = refine(half); !refined) return refined.error();
      }
      if (auto done = try_around(half, above(kWorthTrying, point)); !done) return done;
      last = half;
    }
  }

  Result<void> trim() {
    auto trimmed = selection::trim(bounds_, constraints_, least_gain(), stop_, {chosen_, cost_});
    if (!trimmed) return trimmed.error();
    chosen_ = std::move(trimmed->set);
    cost_ = trimmed->cost;
    return {};
  }

  /// By what the workload would lose without each; then what each adds to those before it.
  Result<std::vector<Step>> order() const {
    std::vector<Step> steps;
    for (const auto id : chosen_) {
      const auto loss = bounds_.compare(without(chosen_, id), chosen_);
      if (!loss) return loss.error();
      steps.push_back({id, loss->fall});
    }
    std::ranges::stable_sort(steps, std::ranges::greater{}, &Step::gain);
    Configuration so_far;
    for (auto& step : steps) {
      auto next = so_far;
      next.insert(step.candidate);
      const auto gain = bounds_.compare(so_far, next);
      if (!gain) return gain.error();
      step.gain = gain->fall;
      so_far = std::move(next);
    }
    return steps;
  }

  Result<Selection> answer() {
    auto steps = order();
    if (!steps) return steps.error();
    Selection selection{std::move(*steps), before_, cost_, 0};
    for (const auto& [least, rents] : proofs_) {
      selection.bound = std::max(selection.bound, least - bounds_.charge(chosen_, rents));
    }
    selection.bound = std::min(selection.bound, cost_);
    return selection;
  }

  Constraints constraints_;
  std::stop_token stop_;
  Bounds bounds_;
  Relaxation relaxation_;
  Rents rents_;
  Configuration chosen_;  ///< the best so far
  double before_ = 0;
  double cost_ = 0;                               ///< true cost under chosen_
  std::vector<std::pair<double, Rents>> proofs_;  ///< bounds and the rents they include
};

}  // namespace

Result<Selection> select(const Problem& problem, const Constraints& constraints, std::stop_token stop) {
  return Search(problem, constraints, std::move(stop)).run();
}

}  // namespace pgadvisor::selection
