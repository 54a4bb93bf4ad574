#pragma once

// Private to collectors/history.

#include "collectors/history/server_store.hpp"
#include "collectors/history/sqlite.hpp"
#include "collectors/sql/shape.hpp"

#include <string>
#include <vector>

namespace pgadvisor::history {

/// Sampled literals: counts per day, statement (its shape) and slot.
class SampleStore {
 public:
  SampleStore(Database& database, ServerStore& servers) : database_(database), servers_(servers) {}

  void record(const model::SamplePoll& poll);
  void forget();
  /// The most frequent values of each slot since the day of `from`.
  [[nodiscard]] std::vector<model::SampledSlot> values(const std::string& database, model::Timestamp from);

 private:
  [[nodiscard]] std::int64_t shape_id(const std::string& database, const std::string& shape);
  void count(std::int64_t day, std::int64_t shape, std::size_t slot, const std::string& literal);
  void fold_rarest(std::int64_t day, std::int64_t shape, std::size_t slot, const std::string& newest);

  Database& database_;
  ServerStore& servers_;
};

}  // namespace pgadvisor::history
