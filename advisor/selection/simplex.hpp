#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

class ClpSimplex;

namespace pgadvisor::selection {

/// A linear programme that grows: minimise the sum of objective x column, rows and columns within their
/// limits. Columns are from 0 to 1 at first, and entries of rows are expected to be near 1: they are not
/// scaled. What is added is handed to Clp at the next solve(), which starts from where the last one ended.
class Simplex {
 public:
  static constexpr double kUnlimited = 1e30;

  Simplex();
  ~Simplex();

  int add_row(double lower, double upper);
  int add_column(double objective);
  void add_entry(int row, int column, double value);
  void set_objective(int column, double objective);
  void set_limits(int column, double lower, double upper);

  /// Which of the columns and rows a solution is where they meet.
  struct Basis {
    std::vector<unsigned char> columns;  ///< ClpSimplex::Status
    std::vector<unsigned char> rows;
  };
  /// Of the last solution.
  [[nodiscard]] Basis basis() const;
  /// The next solve() starts from there; what was added since joins it as it is at first.
  void start_from(Basis basis) { start_ = std::move(basis); }

  /// False when nothing is within the limits, or only what is not below `ceiling`.
  [[nodiscard]] bool solve(double ceiling);
  /// Of the last solution.
  [[nodiscard]] double objective() const;
  [[nodiscard]] double value(int column) const;

 private:
  /// New rows, with entries in columns that Clp has already, or new columns, with entries in all rows.
  struct Added {
    struct Entry {
      int one;    ///< of the new ones, from 0
      int other;  ///< column of a row, row of a column
      double value;
    };
    std::vector<double> lower;
    std::vector<double> upper;
    std::vector<double> objective;
    std::vector<Entry> entries;
  };

  void hand_over();
  void take_start();

  std::unique_ptr<ClpSimplex> clp_;
  int rows_ = 0;     ///< those that Clp has already
  int columns_ = 0;  ///< those that Clp has already
  Added new_rows_;
  Added new_columns_;
  std::optional<Basis> start_;
};

}  // namespace pgadvisor::selection
