#pragma once

// Private to collectors/history.

#include "collectors/history/report_rows.hpp"
#include "collectors/history/sqlite.hpp"

#include <string>
#include <vector>

namespace pgadvisor::history {

/// Weekly reports. How many are kept is the caller's affair: they are not pruned by age. Writing methods take
/// transactions of their own.
class ReportStore {
 public:
  explicit ReportStore(Database& database) : database_(database) {}

  void record(const ReportRow& report);
  void record_delivery(const std::string& report, const DeliveryRow& delivery);
  /// With their deliveries.
  void forget(const std::vector<std::string>& ids);
  [[nodiscard]] std::vector<ReportRow> reports();

 private:
  void store(const std::string& report, const DeliveryRow& delivery);
  void remove(const std::string& id);
  [[nodiscard]] std::vector<DeliveryRow> deliveries(const std::string& report);

  Database& database_;
};

}  // namespace pgadvisor::history
