#pragma once

#include "collectors/model/units.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::history {

/// Where the delivery of a report by one channel stands. The words of `channel` and `state` are the caller's
/// affair.
struct DeliveryRow {
  std::string channel;
  std::string state;
  std::int64_t attempts = 0;
  model::Timestamp since{};
  std::optional<model::Timestamp> next_at;
  std::optional<model::Timestamp> delivered_at;
  std::string trouble;  ///< of the last attempt; empty: none

  bool operator==(const DeliveryRow&) const = default;
};

/// A weekly report as it was made.
struct ReportRow {
  std::string id;
  model::Timestamp from{};
  model::Timestamp to{};
  model::Timestamp made_at{};
  std::string subject;
  std::string summary;
  std::string json;
  std::string html;
  std::string markdown;
  std::string sql;
  std::vector<DeliveryRow> deliveries;  ///< by channel

  bool operator==(const ReportRow&) const = default;
};

}  // namespace pgadvisor::history
