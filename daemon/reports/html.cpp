#include "daemon/reports/words.hpp"
#include "daemon/reports/writers.hpp"

#include <fmt/format.h>

namespace pgadvisor::daemon::reports {
namespace {

constexpr std::string_view kFont = "font-family:Helvetica,Arial,sans-serif;color:#1f2933";
constexpr std::string_view kCode =
    "font-family:Menlo,Consolas,monospace;font-size:13px;background:#eef1f4;padding:1px 3px;"
    "word-break:break-word";
constexpr std::string_view kBlock =
    "font-family:Menlo,Consolas,monospace;font-size:13px;background:#eef1f4;padding:8px;margin:6px 0;"
    "white-space:pre-wrap;word-break:break-word";
constexpr std::string_view kCell = "padding:4px 12px 4px 0;border-bottom:1px solid #d5dbe1;text-align:left";

std::string escaped_html(std::string_view text) {
  std::string result;
  for (const char byte : visible(text)) {
    switch (byte) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += byte;
    }
  }
  return result;
}

std::string as_html(const Line& line) {
  std::string html;
  for (const auto& span : line) {
    switch (span.kind) {
      case Span::Kind::kText:
        html += escaped_html(span.text);
        break;
      case Span::Kind::kStrong:
        html += fmt::format("<strong>{}</strong>", escaped_html(span.text));
        break;
      case Span::Kind::kCode:
        html += fmt::format("<code style=\"{}\">{}</code>", kCode, escaped_html(span.text));
        break;
    }
  }
  return html;
}

std::string as_html(const Item& item) {
  auto html = fmt::format("<li style=\"margin:0 0 14px\">{}", as_html(item.title));
  if (!item.link.empty()) {
    html += fmt::format(" <a href=\"{}\" style=\"color:#0b5cad\">details</a>", escaped_html(item.link));
  }
  for (const auto& detail : item.details) {
    html +=
        fmt::format("\n<div style=\"font-size:14px;color:#52606d;margin-top:2px\">{}</div>", as_html(detail));
  }
  if (!item.sql.empty()) html += fmt::format("\n<pre style=\"{}\">{};</pre>", kBlock, escaped_html(item.sql));
  return html + "</li>\n";
}

std::string html_table(const std::vector<Row>& rows) {
  if (rows.empty()) return {};
  auto html = fmt::format(
      "<table style=\"border-collapse:collapse;font-size:14px\">\n<tr><th scope=\"col\" style=\"{0}\"></th>"
      "<th scope=\"col\" style=\"{0}\">now</th><th scope=\"col\" style=\"{0}\">before</th>"
      "<th scope=\"col\" style=\"{0}\">change</th></tr>\n",
      kCell);
  for (const auto& row : rows) {
    html += fmt::format(
        "<tr><th scope=\"row\" style=\"{0};font-weight:normal\">{1}</th><td style=\"{0}\">{2}</td>"
        "<td style=\"{0}\">{3}</td><td style=\"{0}\">{4}</td></tr>\n",
        kCell, escaped_html(row.label), escaped_html(row.value), escaped_html(row.before),
        escaped_html(row.change));
  }
  return html + "</table>\n";
}

std::string as_html(const Section& section) {
  auto html =
      fmt::format("<h2 style=\"font-size:18px;margin:28px 0 8px\">{}</h2>\n", escaped_html(section.heading));
  for (const auto& line : section.intro)
    html += fmt::format("<p style=\"margin:6px 0\">{}</p>\n", as_html(line));
  html += html_table(section.figures);
  if (!section.items.empty()) {
    html += "<ul style=\"padding-left:18px;margin:8px 0\">\n";
    for (const auto& item : section.items) html += as_html(item);
    html += "</ul>\n";
  }
  if (section.left_out > 0)
    html += fmt::format("<p style=\"margin:6px 0\">and {} more</p>\n", section.left_out);
  return html;
}

}  // namespace

std::string as_html(const Document& document) {
  auto html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>{0}</title>\n</head>\n"
      "<body style=\"margin:0;padding:16px;background:#ffffff;{1};font-size:15px;line-height:1.45\">\n"
      "<div style=\"max-width:720px;margin:0 auto\">\n<h1 style=\"font-size:22px;margin:0 0 8px\">{0}</h1>\n",
      escaped_html(document.title), kFont);
  for (const auto& line : document.lead)
    html += fmt::format("<p style=\"margin:6px 0\">{}</p>\n", as_html(line));
  for (const auto& section : document.sections) html += as_html(section);
  html += fmt::format("<p style=\"margin:28px 0 0;font-size:13px;color:#52606d\">{}</p>\n",
                      escaped_html(document.foot));
  return html + "</div>\n</body>\n</html>\n";
}

}  // namespace pgadvisor::daemon::reports
