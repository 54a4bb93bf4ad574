#pragma once

#include "collectors/model/activity.hpp"
#include "collectors/model/units.hpp"

#include <map>
#include <vector>

namespace pgadvisor::model {

/// What was counted from `from` on for `length`: the history's finest grain, hours where it is old.
template <class Counters>
struct Slice {
  Timestamp from{};
  Seconds length{};
  Counters counters;
};

using StatementSlice = Slice<StatementCounters>;
using TableSlice = Slice<TableCounters>;
using IndexSlice = Slice<IndexCounters>;

/// Statements by queryid, whoever executed them; without those that did nothing. Slices in their order.
using StatementSlices = std::map<QueryId, std::vector<StatementSlice>>;

}  // namespace pgadvisor::model
