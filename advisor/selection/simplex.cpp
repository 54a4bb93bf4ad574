#include "advisor/selection/simplex.hpp"

#include <coin/ClpSimplex.hpp>

#include <cstddef>
#include <numeric>

namespace pgadvisor::selection {
namespace {

/// Compressed, as Clp takes them.
struct Vectors {
  std::vector<int> starts;
  std::vector<int> indexes;
  std::vector<double> values;

  template <class Entries>
  Vectors(std::size_t count, const Entries& entries)
      : starts(count + 1), indexes(entries.size()), values(entries.size()) {
    for (const auto& entry : entries) ++starts[static_cast<std::size_t>(entry.one) + 1];
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    auto next = starts;
    for (const auto& entry : entries) {
      const auto at = static_cast<std::size_t>(next[static_cast<std::size_t>(entry.one)]++);
      indexes[at] = entry.other;
      values[at] = entry.value;
    }
  }
};

}  // namespace

Simplex::Simplex() : clp_(std::make_unique<ClpSimplex>()) {
  clp_->setLogLevel(0);
  clp_->scaling(0);
}

Simplex::~Simplex() = default;

int Simplex::add_row(double lower, double upper) {
  new_rows_.lower.push_back(lower);
  new_rows_.upper.push_back(upper);
  return rows_ + static_cast<int>(new_rows_.lower.size()) - 1;
}

int Simplex::add_column(double objective) {
  new_columns_.lower.push_back(0);
  new_columns_.upper.push_back(1);
  new_columns_.objective.push_back(objective);
  return columns_ + static_cast<int>(new_columns_.lower.size()) - 1;
}

void Simplex::add_entry(int row, int column, double value) {
  if (column >= columns_) {
    new_columns_.entries.push_back({column - columns_, row, value});
  } else if (row >= rows_) {
    new_rows_.entries.push_back({row - rows_, column, value});
  } else {
    clp_->modifyCoefficient(row, column, value);
  }
}

void Simplex::set_objective(int column, double objective) {
  if (column >= columns_) {
    new_columns_.objective[static_cast<std::size_t>(column - columns_)] = objective;
  } else {
    clp_->setObjectiveCoefficient(column, objective);
  }
}

void Simplex::set_limits(int column, double lower, double upper) {
  if (column >= columns_) {
    new_columns_.lower[static_cast<std::size_t>(column - columns_)] = lower;
    new_columns_.upper[static_cast<std::size_t>(column - columns_)] = upper;
  } else {
    clp_->setColumnBounds(column, lower, upper);
  }
}

void Simplex::hand_over() {
  const auto count = [](const Added& added) { return static_cast<int>(added.lower.size()); };
  if (const int rows = count(new_rows_); rows > 0) {
    const Vectors vectors(new_rows_.lower.size(), new_rows_.entries);
    clp_->addRows(rows, new_rows_.lower.data(), new_rows_.upper.data(), vectors.starts.data(),
                  vectors.indexes.data(), vectors.values.data());
    rows_ += rows;
    new_rows_ = {};
  }
  if (const int columns = count(new_columns_); columns > 0) {
    const Vectors vectors(new_columns_.lower.size(), new_columns_.entries);
    clp_->addColumns(columns, new_columns_.lower.data(), new_columns_.upper.data(),
                     new_columns_.objective.data(), vectors.starts.data(), vectors.indexes.data(),
                     vectors.values.data());
    columns_ += columns;
    new_columns_ = {};
  }
}

Simplex::Basis Simplex::basis() const {
  Basis basis;
  for (int column = 0; column < columns_; ++column)
    basis.columns.push_back(static_cast<unsigned char>(clp_->getColumnStatus(column)));
  for (int row = 0; row < rows_; ++row)
    basis.rows.push_back(static_cast<unsigned char>(clp_->getRowStatus(row)));
  return basis;
}

/// A column that was fixed may no longer be.
void Simplex::take_start() {
  const auto status = [](const std::vector<unsigned char>& known, int at, ClpSimplex::Status fresh) {
    const auto position = static_cast<std::size_t>(at);
    const auto its = position < known.size() ? static_cast<ClpSimplex::Status>(known[position]) : fresh;
    return its == ClpSimplex::isFixed ? ClpSimplex::atLowerBound : its;
  };
  for (int column = 0; column < columns_; ++column)
    clp_->setColumnStatus(column, status(start_->columns, column, ClpSimplex::atLowerBound));
  for (int row = 0; row < rows_; ++row) clp_->setRowStatus(row, status(start_->rows, row, ClpSimplex::basic));
  start_.reset();
}

bool Simplex::solve(double ceiling) {
  const bool anew = !new_rows_.lower.empty() || !new_columns_.lower.empty() || start_;
  hand_over();
  if (start_) take_start();
  if (columns_ == 0) return true;
  clp_->setDualObjectiveLimit(ceiling);
  // Unless it grew or starts elsewhere, Clp goes on with the factors and the arrays that it has.
  constexpr int kKeep = 1;
  constexpr int kGoOn = 7;
  clp_->dual(0, anew ? kKeep : kGoOn);
  return clp_->status() != 1;
}

double Simplex::objective() const {
  return columns_ == 0 ? 0 : clp_->objectiveValue();
}

double Simplex::value(int column) const {
  return clp_->getColSolution()[column];
}

}  // namespace pgadvisor::selection
