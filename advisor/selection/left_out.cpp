#include "advisor/selection/left_out.hpp"

#include "advisor/selection/least_gain.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace pgadvisor::selection {
namespace {

using model::Result;

constexpr std::size_t kMostLeftOut = 20;
/// Statements whose plans name candidates: those that indexes could save most of.
constexpr std::size_t kStatements = 30;
/// Costs of statements under one candidate that are asked for: the most promising are looked at until then.
constexpr std::size_t kQuestions = 80;
/// Of what a candidate saves alone and not beside the chosen ones: one that does so much of it serves it.
constexpr double kServedShare = 0.5;

Configuration with(Configuration configuration, CandidateId id) {
  configuration.insert(id);
  return configuration;
}

Configuration minus(const Configuration& configuration, const Configuration& others) {
  Configuration result;
  for (const auto id : configuration) {
    if (!others.contains(id)) result.insert(result.end(), id);
  }
  return result;
}

class Review {
 public:
  Review(const Problem& problem, const Selection& selection, const Constraints& constraints,
         std::stop_token stop)
      : problem_(problem),
        constraints_(constraints),
        stop_(std::move(stop)),
        bounds_(problem),
        least_(constraints.min_gain, selection.cost_before),
        chosen_(selection.chosen()) {}

  Result<std::vector<LeftOut>> run() {
    if (auto done = price_statements(); !done) return done.error();
    const auto promising = shortlist();
    if (!promising) return promising.error();
    std::vector<LeftOut> result;
    std::set<int> families;
    std::size_t asked = 0;
    for (const auto id : *promising) {
      if (stop_.stop_requested() || asked >= kQuestions || result.size() == kMostLeftOut) break;
      if (families.contains(price(id).family)) continue;
      asked += questions(id);
      auto entry = judge(id);
      if (!entry) return entry.error();
      if (!*entry) continue;
      result.push_back(**entry);
      families.insert(price(id).family);
    }
    std::ranges::stable_sort(result, std::ranges::greater{}, &LeftOut::alone);
    return result;
  }

 private:
  [[nodiscard]] const Price& price(CandidateId id) const { return problem_.candidates.at(id); }

  Result<void> price_statements() {
    for (std::size_t s = 0; s < problem_.statements; ++s) {
      const auto bare = problem_.plan(s, {});
      if (!bare) return bare.error();
      const auto now = problem_.plan(s, chosen_);
      if (!now) return now.error();
      const auto best = problem_.plan(s, bounds_.trees()[s].all());
      if (!best) return best.error();
      bare_.push_back(bare->cost);
      now_.push_back(now->cost);
      best_.push_back(best->cost);
    }
    rents_before_ = least_.rents(bounds_, bare_);
    rents_ = least_.rents(bounds_, now_);
    return {};
  }

  /// Those that gain nothing by all candidates gain nothing by one, which the planner need not be asked.
  [[nodiscard]] std::size_t questions(CandidateId id) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(bounds_.touched(id), [&](auto s) { return best_[s] < bare_[s]; }));
  }

  [[nodiscard]] bool varies_chosen(CandidateId id) const {
    return std::ranges::any_of(chosen_, [&](auto other) {
      return other == id || (price(id).keys >= 0 && price(other).keys == price(id).keys);
    });
  }
  /// Chosen ones that nobody would have beside it.
  [[nodiscard]] Configuration excluded_by(CandidateId id) const {
    Configuration result;
    for (const auto set : bounds_.exclusive(id)) {
      for (const auto other : problem_.exclusive[set]) {
        if (other != id && chosen_.contains(other)) result.insert(other);
      }
    }
    return result;
  }

  /// Nothing that could be chosen.
  [[nodiscard]] bool oversized(CandidateId id) const {
    return constraints_.budget.value > 0 && price(id).size > constraints_.budget;
  }

  /// The most promising first, what is too large for the budget last: of a family, what could be chosen
  /// counts.
  Result<std::vector<CandidateId>> shortlist() {
    const auto promises = promise();
    if (!promises) return promises.error();
    std::vector<CandidateId> result;
    for (const auto& [id, promised] : *promises) result.push_back(id);
    std::ranges::stable_sort(result, {},
                             [&](auto id) { return std::pair(oversized(id), -promises->at(id)); });
    return result;
  }

  /// What those save that the planner takes, shared among all of a plan.
  Result<std::map<CandidateId, double>> promise() const {
    std::map<CandidateId, double> promises;
    const auto add = [&](std::size_t statement, const Plan& plan) {
      const double saved =
          (bare_[statement] - plan.cost) / static_cast<double>(std::max<std::size_t>(1, plan.used.size()));
      for (const auto id : plan.used) {
        if (saved > 0 && !varies_chosen(id)) promises[id] += saved;
      }
    };
    for (const auto statement : heaviest()) {
      for (const auto& visible : {bounds_.trees()[statement].all(), rivals(statement)}) {
        if (stop_.stop_requested()) break;
        const auto plan = problem_.plan(statement, visible);
        if (!plan) return plan.error();
        add(statement, *plan);
      }
    }
    return promises;
  }

  /// Those that all candidates together would save most of.
  [[nodiscard]] std::vector<std::size_t> heaviest() const {
    std::vector<std::size_t> result;
    for (std::size_t s = 0; s < problem_.statements; ++s) {
      if (best_[s] < bare_[s]) result.push_back(s);
    }
    std::ranges::stable_sort(result, std::ranges::greater{}, [&](auto s) { return bare_[s] - best_[s]; });
    if (result.size() > kStatements) result.resize(kStatements);
    return result;
  }

  /// What could be chosen for a statement without the chosen ones and their variants.
  [[nodiscard]] Configuration rivals(std::size_t statement) const {
    Configuration result;
    for (const auto id : bounds_.trees()[statement].all()) {
      if (!varies_chosen(id) && !oversized(id) && excluded_by(id).empty()) result.insert(id);
    }
    return result;
  }

  /// Nothing when it is not strong.
  Result<std::optional<LeftOut>> judge(CandidateId id) const {
    const auto alone = bounds_.compare({}, with({}, id));
    if (!alone) return alone.error();
    if (alone->fall < rents_before_.tables[static_cast<std::size_t>(price(id).table)]) return std::nullopt;
    const auto excluded = excluded_by(id);
    const auto target = with(minus(chosen_, excluded), id);
    const auto beside = bounds_.compare(chosen_, target);
    if (!beside) return beside.error();
    LeftOut entry{id, alone->fall, beside->fall};
    if (auto done = explain(entry, *beside, excluded, target); !done) return done.error();
    return entry;
  }

  Result<void> explain(LeftOut& entry, const Bounds::Change& beside, const Configuration& excluded,
                       const Configuration& target) const {
    const auto& its = price(entry.candidate);
    const double needed = rents_.of(its);
    double writes = its.writes;
    for (const auto other : excluded) writes -= price(other).writes;
    if (its.writes >= entry.alone) {
      entry.obstacle = Obstacle::kWrites;
    } else if (oversized(entry.candidate)) {
      entry.obstacle = Obstacle::kBudget;
    } else if (beside.refused) {
      return explain_slowdown(entry, target);
    } else if (beside.fall < needed || !least_.reached(beside, its.extends)) {
      return explain_little(entry, excluded, target);
    } else if (beside.fall - writes < needed) {
      entry.obstacle = Obstacle::kWrites;
    } else if (std::ssize(target) > constraints_.max_count) {
      entry.obstacle = Obstacle::kMaxCount;
    } else if (!bounds_.fits(target, constraints_)) {
      entry.obstacle = Obstacle::kRestOfBudget;
    }
    return {};
  }

  Result<void> explain_slowdown(LeftOut& entry, const Configuration& target) const {
    entry.obstacle = Obstacle::kSlowdown;
    for (const auto statement : bounds_.touched(entry.candidate)) {
      const auto plan = problem_.plan(statement, target);
      if (!plan) return plan.error();
      if (plan->refused && !entry.slowed) entry.slowed = statement;
    }
    return {};
  }

  /// A chosen index serves it when plans use it for most of what the candidate would save alone.
  Result<void> explain_little(LeftOut& entry, const Configuration& excluded,
                              const Configuration& target) const {
    entry.obstacle = Obstacle::kTooLittle;
    std::map<CandidateId, double> served;
    double all = 0;
    for (const auto statement : bounds_.touched(entry.candidate)) {
      const auto alone = problem_.plan(statement, with({}, entry.candidate));
      if (!alone) return alone.error();
      const auto beside = problem_.plan(statement, target);
      if (!beside) return beside.error();
      const auto now = problem_.plan(statement, chosen_);
      if (!now) return now.error();
      const double lost = bare_[statement] - alone->cost - (now_[statement] - beside->cost);
      if (lost <= 0) continue;
      all += lost;
      for (const auto id : now->used) {
        if (price(id).table == price(entry.candidate).table) served[id] += lost;
      }
    }
    const auto best = std::ranges::max_element(served, {}, [](const auto& one) { return one.second; });
    if (best != served.end() && best->second >= kServedShare * all) {
      entry.obstacle = Obstacle::kServed;
      entry.server = best->first;
    } else if (!excluded.empty()) {
      entry.obstacle = Obstacle::kServed;
      entry.server = *excluded.begin();
    }
    return {};
  }

  const Problem& problem_;
  const Constraints& constraints_;
  std::stop_token stop_;
  Bounds bounds_;
  LeastGain least_;
  Configuration chosen_;
  std::vector<double> bare_;  ///< by statement: cost without any candidate
  std::vector<double> now_;   ///< with the chosen ones
  std::vector<double> best_;  ///< with all
  Rents rents_before_;        ///< what an index has to save where there is no other
  Rents rents_;               ///< and beside the chosen ones
};

}  // namespace

Result<std::vector<LeftOut>> left_out(const Problem& problem, const Selection& selection,
                                      const Constraints& constraints, std::stop_token stop) {
  return Review(problem, selection, constraints, std::move(stop)).run();
}

}  // namespace pgadvisor::selection
