#pragma once

#include "collectors/model/units.hpp"

#include <optional>

namespace pgadvisor::advisor {

/// What keeping an index up to date takes in the window.
struct WriteOverhead {
  double writes = 0;                             ///< row versions that enter it
  double lost_hot = 0;                           ///< updates that would be HOT without it
  std::optional<model::Milliseconds> time = {};  ///< estimated; where times are known
  model::Bytes wal = {};                         ///< estimated

  WriteOverhead& operator+=(const WriteOverhead& other) {
    writes += other.writes;
    lost_hot += other.lost_hot;
    if (other.time) time = time.value_or(model::Milliseconds{}) + *other.time;
    wal += other.wal;
    return *this;
  }
};

}  // namespace pgadvisor::advisor
