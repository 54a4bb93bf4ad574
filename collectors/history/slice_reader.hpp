#pragma once

// Private to collectors/history.

#include "collectors/history/relation_rows.hpp"
#include "collectors/history/sqlite.hpp"
#include "collectors/model/ids.hpp"
#include "collectors/model/slices.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace pgadvisor::history {

/// Reads deltas slice by slice. The tables are keyed by slice: the slices that exist are stepped through by
/// the index, and each is asked for a handful of statements or relations, so that ten thousand others cost
/// nothing.
class SliceReader {
 public:
  /// `length`: of a fine slice, in seconds. Slices of full hours that begin before `coarse_before` are hours.
  SliceReader(Database& database, std::int64_t length, std::int64_t coarse_before)
      : database_(database), length_(length), coarse_before_(coarse_before) {}

  [[nodiscard]] model::StatementSlices statements(const std::string& database,
                                                  const std::vector<model::QueryId>& statements,
                                                  const model::Window& window);
  [[nodiscard]] std::vector<model::TableSlice> table(const std::string& database,
                                                     const model::ObjectName& table,
                                                     const model::Window& window);
  /// Whatever table it is on: summed up.
  [[nodiscard]] std::vector<model::IndexSlice> index(const std::string& database,
                                                     const model::ObjectName& index,
                                                     const model::Window& window);

 private:
  struct Row {
    std::int64_t slice = 0;
    RelationCounters counters{};
  };
  [[nodiscard]] std::vector<Row> relation(const std::string& database, bool is_index,
                                          const model::ObjectName& name, const model::Window& window);
  template <class Counters>
  [[nodiscard]] model::Slice<Counters> made_of(std::int64_t slice, const Counters& counters) const;

  Database& database_;
  std::int64_t length_;
  std::int64_t coarse_before_;
};

}  // namespace pgadvisor::history
