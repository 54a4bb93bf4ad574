#include "advisor/selection/programme.hpp"

#include <coin/Cbc_C_Interface.h>

#include <algorithm>
#include <array>
#include <memory>

namespace pgadvisor::selection {
namespace {

constexpr int kBudgetRow = 0;
constexpr int kCountRow = 1;
/// Relative gap at which the solver may take an answer for the best one.
constexpr double kSolverGap = 0.005;

using Model = std::unique_ptr<Cbc_Model, decltype(&Cbc_deleteModel)>;

double megabytes(model::Bytes bytes) {
  return static_cast<double>(bytes.value) / (1 << 20);
}

Model quiet_model() {
  Model model(Cbc_newModel(), &Cbc_deleteModel);
  Cbc_setLogLevel(model.get(), 0);
  Cbc_setParameter(model.get(), "log", "0");
  Cbc_setParameter(model.get(), "slog", "0");
  // Measured on these programmes: cutting planes and heuristics take more time than they save, and a little
  // strong branching goes a long way.
  Cbc_setParameter(model.get(), "cuts", "off");
  Cbc_setParameter(model.get(), "heuristicsOnOff", "off");
  Cbc_setParameter(model.get(), "strongBranching", "3");
  return model;
}

}  // namespace

Programme::Programme(const Bounds& bounds, const Constraints& constraints, double rent, double tolerance) {
  std::vector<std::pair<const CostTree*, std::vector<CostTree::Outline>>> statements;
  Configuration named;
  double highest = 0;
  for (const auto& tree : bounds.trees()) {
    auto outline = tree.outline(tolerance);
    if (outline.size() == 1) {
      constant_ += tree.node(0).cost;
      continue;
    }
    for (const auto& [node, leaf] : outline) highest = std::max(highest, tree.node(node).cost);
    named.insert(tree.named().begin(), tree.named().end());
    statements.emplace_back(&tree, std::move(outline));
  }
  if (highest > 0) scale_ = 1000 / highest;
  row(0, constraints.budget.value > 0 ? megabytes(constraints.budget) : 1e30);
  row(0, constraints.max_count);
  for (const auto id : named) add_candidate(id, bounds.problem().candidates.at(id), constraints, rent);
  for (const auto& one_of : bounds.problem().exclusive) add_exclusion(one_of);
  for (const auto& [tree, outline] : statements) add_statement(*tree, outline);
}

int Programme::row(double lower, double upper) {
  row_lower_.push_back(lower);
  row_upper_.push_back(upper);
  return static_cast<int>(row_lower_.size()) - 1;
}

int Programme::column(double objective) {
  objective_.push_back(objective * scale_);
  entries_.emplace_back();
  return static_cast<int>(objective_.size()) - 1;
}

void Programme::entry(int row, int column, double value) {
  entries_[static_cast<std::size_t>(column)].push_back({row, value});
}

void Programme::add_candidate(CandidateId id, const Price& price, const Constraints& constraints,
                              double rent) {
  const int x = column(price.writes + rent);
  columns_[id] = x;
  if (constraints.budget.value > 0) entry(kBudgetRow, x, megabytes(price.size));
  entry(kCountRow, x, 1);
}

void Programme::add_exclusion(const Configuration& one_of) {
  std::vector<int> members;
  for (const auto id : one_of) {
    if (const auto known = columns_.find(id); known != columns_.end()) members.push_back(known->second);
  }
  if (members.size() < 2) return;
  const int most_one = row(0, 1);
  for (const int member : members) entry(most_one, member, 1);
}

void Programme::add_statement(const CostTree& tree, const std::vector<CostTree::Outline>& outline) {
  std::map<std::size_t, int> children_of;  // row of a node: its share less those of its children
  std::map<CandidateId, int> needing;
  std::map<CandidateId, int> banning;
  std::map<Configuration, int> grouping;
  const auto row_of = [this](auto& rows, const auto& key, double upper, auto candidates, double sign) {
    const auto [found, fresh] = rows.try_emplace(key, 0);
    if (fresh) {
      found->second = row(-1e30, upper);
      for (const auto id : candidates) entry(found->second, columns_.at(id), sign);
    }
    return found->second;
  };
  children_of[0] = row(1, 1);
  for (const auto& [index, leaf] : outline) {
    const auto& node = tree.node(index);
    if (index == 0 || node.forbidden()) continue;
    const int share = column(leaf ? node.cost : 0);
    entry(children_of.at(node.parent), share, 1);
    if (!leaf) {
      children_of[index] = row(0, 0);
      entry(children_of[index], share, -1);
    }
    for (const auto id : node.decided.needs) {
      entry(row_of(needing, id, 0, std::array{id}, -1), share, 1);
    }
    for (const auto id : node.decided.bans) entry(row_of(banning, id, 1, std::array{id}, 1), share, 1);
    for (const auto& group : node.decided.groups) entry(row_of(grouping, group, 0, group, -1), share, 1);
  }
}

void Programme::load(void* model) const {
  std::vector<int> starts{0};
  std::vector<int> rows;
  std::vector<double> values;
  for (const auto& column : entries_) {
    for (const auto& [row, value] : column) {
      rows.push_back(row);
      values.push_back(value);
    }
    starts.push_back(static_cast<int>(rows.size()));
  }
  const std::vector<double> lower(objective_.size(), 0);
  const std::vector<double> upper(objective_.size(), 1);
  Cbc_loadProblem(model, static_cast<int>(objective_.size()), static_cast<int>(row_lower_.size()),
                  starts.data(), rows.data(), values.data(), lower.data(), upper.data(), objective_.data(),
                  row_lower_.data(), row_upper_.data());
}

Programme::Relaxed Programme::relax() const {
  if (columns_.empty()) return {{}, constant_};
  const auto model = quiet_model();
  load(model.get());
  Cbc_solve(model.get());
  Relaxed relaxed;
  relaxed.least = constant_ + Cbc_getObjValue(model.get()) / scale_;
  const double* solution = Cbc_getColSolution(model.get());
  for (const auto& [id, x] : columns_) {
    if (solution[x] > 1e-6) relaxed.shares[id] = solution[x];
  }
  return relaxed;
}

Programme::Better Programme::better_than(double limit, int nodes) const {
  if (columns_.empty()) return {{}, std::min(limit, constant_), 0};
  const auto model = quiet_model();
  load(model.get());
  for (const auto& [id, x] : columns_) Cbc_setInteger(model.get(), x);
  Cbc_setAllowableFractionGap(model.get(), kSolverGap);
  Cbc_setMaximumNodes(model.get(), nodes);
  Cbc_setCutoff(model.get(), (limit - constant_) * scale_);
  Cbc_solve(model.get());
  Better better;
  better.nodes = Cbc_getNodeCount(model.get());
  const bool none = Cbc_isProvenInfeasible(model.get()) != 0;
  better.least =
      none ? limit : std::min(limit, constant_ + Cbc_getBestPossibleObjValue(model.get()) / scale_);
  if (none || Cbc_numberSavedSolutions(model.get()) == 0) return better;
  const double* solution = Cbc_getColSolution(model.get());
  better.configuration.emplace();
  for (const auto& [id, x] : columns_) {
    if (solution[x] > 0.5) better.configuration->insert(id);
  }
  return better;
}

}  // namespace pgadvisor::selection
