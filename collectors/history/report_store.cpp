#include "collectors/history/report_store.hpp"

#include "collectors/history/server_store.hpp"

namespace pgadvisor::history {

void ReportStore::record(const ReportRow& report) {
  Transaction transaction(database_);
  remove(report.id);
  database_
      .prepare(
          "INSERT INTO report (id, window_from, window_to, made_at, subject, summary, json, html, markdown, "
          "sql) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(1, std::string_view(report.id))
      .bind(2, to_microseconds(report.from))
      .bind(3, to_microseconds(report.to))
      .bind(4, to_microseconds(report.made_at))
      .bind(5, std::string_view(report.subject))
      .bind(6, std::string_view(report.summary))
      .bind(7, std::string_view(report.json))
      .bind(8, std::string_view(report.html))
      .bind(9, std::string_view(report.markdown))
      .bind(10, std::string_view(report.sql))
      .run();
  for (const auto& delivery : report.deliveries) store(report.id, delivery);
  transaction.commit();
}

void ReportStore::record_delivery(const std::string& report, const DeliveryRow& delivery) {
  Transaction transaction(database_);
  Statement known = database_.prepare("SELECT 1 FROM report WHERE id = ?");
  if (known.bind(1, std::string_view(report)).step()) store(report, delivery);
  transaction.commit();
}

void ReportStore::store(const std::string& report, const DeliveryRow& delivery) {
  database_
      .prepare(
          "INSERT OR REPLACE INTO report_delivery (report, channel, state, attempts, since, next_at, "
          "delivered_at, trouble) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(1, std::string_view(report))
      .bind(2, std::string_view(delivery.channel))
      .bind(3, std::string_view(delivery.state))
      .bind(4, delivery.attempts)
      .bind(5, to_microseconds(delivery.since))
      .bind(6, to_microseconds(delivery.next_at))
      .bind(7, to_microseconds(delivery.delivered_at))
      .bind(8, std::string_view(delivery.trouble))
      .run();
}

void ReportStore::remove(const std::string& id) {
  for (const char* sql :
       {"DELETE FROM report_delivery WHERE report = ?", "DELETE FROM report WHERE id = ?"}) {
    database_.prepare(sql).bind(1, std::string_view(id)).run();
  }
}

void ReportStore::forget(const std::vector<std::string>& ids) {
  Transaction transaction(database_);
  for (const auto& id : ids) remove(id);
  transaction.commit();
}

std::vector<ReportRow> ReportStore::reports() {
  std::vector<ReportRow> reports;
  Statement row = database_.prepare(
      "SELECT id, window_from, window_to, made_at, subject, summary, json, html, markdown, sql FROM report "
      "ORDER BY window_to DESC, id DESC");
  while (row.step()) {
    const auto id = row.text(0);
    reports.push_back({id, from_microseconds(row.integer(1)), from_microseconds(row.integer(2)),
                       from_microseconds(row.integer(3)), row.text(4), row.text(5), row.text(6), row.text(7),
                       row.text(8), row.text(9), deliveries(id)});
  }
  return reports;
}

std::vector<DeliveryRow> ReportStore::deliveries(const std::string& report) {
  std::vector<DeliveryRow> found;
  Statement row = database_.prepare(
      "SELECT channel, state, attempts, since, next_at, delivered_at, trouble FROM report_delivery "
      "WHERE report = ? ORDER BY channel");
  row.bind(1, std::string_view(report));
  while (row.step()) {
    found.push_back({row.text(0), row.text(1), row.integer(2), from_microseconds(row.integer(3)),
                     optional_time(row, 4), optional_time(row, 5), row.text(6)});
  }
  return found;
}

}  // namespace pgadvisor::history
