#pragma once

#include "daemon/reports/weekly_report.hpp"

#include <string>
#include <vector>

namespace pgadvisor::daemon::reports {

/// A piece of a line. Its text may hold anything: whoever writes it down makes it safe for his format.
struct Span {
  enum class Kind { kText, kStrong, kCode };
  Kind kind = Kind::kText;
  std::string text;
};
using Line = std::vector<Span>;

[[nodiscard]] inline Span text(std::string value) {
  return {Span::Kind::kText, std::move(value)};
}
[[nodiscard]] inline Span strong(std::string value) {
  return {Span::Kind::kStrong, std::move(value)};
}
[[nodiscard]] inline Span code(std::string value) {
  return {Span::Kind::kCode, std::move(value)};
}

struct Item {
  Line title;
  std::vector<Line> details = {};
  std::string sql = {};   ///< one statement without its semicolon; empty: none
  std::string link = {};  ///< to the page; empty: none
};

struct Row {
  std::string label;
  std::string value;
  std::string before;
  std::string change;
};

struct Section {
  std::string heading;
  std::vector<Line> intro = {};
  std::vector<Row> figures = {};  ///< a table with these and no other columns
  std::vector<Item> items = {};
  std::size_t left_out = 0;  ///< items that are not shown
  bool in_summary = false;   ///< its first items belong to a short message, too
};

/// A report as people read it, before it has a format: all of its sentences are here.
struct Document {
  std::string title;
  std::vector<Line> lead;
  std::vector<Section> sections;
  std::string foot;
};

[[nodiscard]] Document document_of(const WeeklyReport& report);

/// The subject of a mail: one line of printable text.
[[nodiscard]] std::string subject_of(const WeeklyReport& report);

}  // namespace pgadvisor::daemon::reports
