#include "advisor/selection/branching.hpp"

#include <utility>

namespace pgadvisor::selection {
namespace {

/// So many candidates without experience are tried out at most before one is decided.
constexpr int kTried = 4;
/// Decisions each way after which experience is relied on.
constexpr int kReliable = 2;
/// Candidates looked at, those nearest to one half.
constexpr std::size_t kConsidered = 12;

}  // namespace

bool is_fraction(double share) {
  constexpr double kNearlyDecided = 1e-5;
  return share > kNearlyDecided && share < 1 - kNearlyDecided;
}

void Branching::enter(Branch branch) {
  for (const auto& [id, in] : now_.decided) {
    if (!branch.decided.contains(id)) relaxation_.limit(id, 0, 1);
  }
  for (const auto& [id, in] : branch.decided) relaxation_.limit(id, in ? 1 : 0, in ? 1 : 0);
  if (branch.basis) relaxation_.start_from(*branch.basis);
  now_ = std::move(branch);
}

bool Branching::next(double limit) {
  const auto best = std::ranges::min_element(open_, {}, &Branch::least);
  if (best == open_.end()) return false;
  auto branch = std::move(*best);
  *best = std::move(open_.back());
  open_.pop_back();
  if (branch.least < limit) {
    enter(std::move(branch));
    return true;
  }
  close(branch.least);  // and all others are no lower
  open_.clear();
  return false;
}

void Branching::learn(const Decision& decision, double least) {
  auto& experience = experience_[{decision.candidate, decision.in}];
  experience.sum += std::max(0.0, least - decision.least) / std::max(1e-3, decision.distance);
  ++experience.count;
}

Relaxation::Point Branching::relax(double limit) {
  ++relaxations_;
  auto point = relaxation_.solve(limit);
  if (!point.feasible) return point;
  now_.least = std::max(now_.least, point.least);
  if (now_.last) learn(*now_.last, point.least);
  now_.last.reset();
  return point;
}

bool Branching::is_reliable(CandidateId candidate) const {
  return std::ranges::all_of(std::initializer_list<bool>{false, true}, [&](bool in) {
    const auto known = experience_.find({candidate, in});
    return known != experience_.end() && known->second.count >= kReliable;
  });
}

double Branching::estimate(const Decision& decision) const {
  const auto& experience = experience_.at({decision.candidate, decision.in});
  return decision.least + experience.sum / experience.count * decision.distance;
}

double Branching::try_out(const Decision& decision, const Simplex::Basis& basis, double limit) {
  ++relaxations_;
  relaxation_.start_from(basis);
  const double value = decision.in ? 1 : 0;
  relaxation_.limit(decision.candidate, value, value);
  const auto point = relaxation_.solve(limit);
  relaxation_.limit(decision.candidate, 0, 1);
  const double least = point.feasible ? std::max(now_.least, point.least) : limit;
  learn(decision, least);
  return least;
}

void Branching::split(const Relaxation::Point& point, double limit) {
  std::vector<std::pair<CandidateId, double>> fractions;
  std::ranges::copy_if(point.shares, std::back_inserter(fractions),
                       [](const auto& share) { return is_fraction(share.second); });
  std::ranges::stable_sort(fractions, std::ranges::greater{},
                           [](const auto& share) { return std::min(share.second, 1 - share.second); });
  if (fractions.size() > kConsidered) fractions.resize(kConsidered);
  const auto basis = std::make_shared<const Simplex::Basis>(relaxation_.basis());
  int tries = 0;
  double best = -1;
  std::vector<Branch> branches;
  for (const auto& [id, share] : fractions) {
    const bool reliable = is_reliable(id);
    if (!reliable && ++tries > kTried) continue;
    std::vector<Branch> both;
    double score = 1;
    for (const bool in : {false, true}) {
      const Decision decision{id, in, in ? 1 - share : share, now_.least};
      const double least = reliable ? estimate(decision) : try_out(decision, *basis, limit);
      auto& branch = both.emplace_back(Branch{now_.least, now_.decided, std::nullopt, basis});
      branch.decided[id] = in;
      if (reliable) {
        branch.last = decision;
      } else {
        branch.least = least;
      }
      // A rise beyond the limit is worth no more than one up to it.
      score *= std::min(least, limit) - now_.least + 1e-6 * limit;
    }
    if (score <= best) continue;
    best = score;
    branches = std::move(both);
  }
  std::ranges::move(branches, std::back_inserter(open_));
}

double Branching::least(double limit) const {
  double least = std::min(limit, closed_);
  for (const auto& branch : open_) least = std::min(least, branch.least);
  return least;
}

}  // namespace pgadvisor::selection
