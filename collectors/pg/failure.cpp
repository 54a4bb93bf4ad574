#include "collectors/pg/failure.hpp"

#include "collectors/pg/libpq.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace pgadvisor::pg {

namespace {

using model::NextStep;

struct Code {
  std::string_view prefix;
  NextStep next;
};

constexpr std::array<Code, 14> kCodes{{
    {"57014", NextStep::kRetry},      // statement timeout or cancel
    {"55P03", NextStep::kRetry},      // lock timeout
    {"40", NextStep::kRetry},         // deadlock; on a standby: conflict with recovery
    {"57P", NextStep::kReconnect},    // shutdown, crash, starting up, database dropped, idle timeout
    {"08", NextStep::kReconnect},     // connection exceptions
    {"53300", NextStep::kReconnect},  // too many connections
    {"25P03", NextStep::kReconnect},  // idle-in-transaction timeout
    {"28", NextStep::kGiveUp},        // authentication
    {"3D000", NextStep::kGiveUp},     // no such database
    {"42501", NextStep::kGiveUp},     // privilege
    {"42P01", NextStep::kGiveUp},     // no such table
    {"42883", NextStep::kGiveUp},     // no such function
    {"3F000", NextStep::kGiveUp},     // no such schema
    {"42704", NextStep::kGiveUp},     // no such object (a setting, a role)
}};

/// Up to the first line break, so that a hostile server cannot forge lines of our log.
std::string first_line(std::string_view text) {
  const auto end = text.find_first_of("\r\n");
  std::string line(text.substr(0, end));
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return std::iscntrl(c) != 0; }, ' ');
  return line;
}

bool is_sqlstate(std::string_view text) {
  return text.size() == 5 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isdigit(c) != 0 || std::isupper(c) != 0;
         });
}

struct VerboseMessage {
  std::string sqlstate;
  std::string message;
};

/// "... failed: FATAL:  28P01: password authentication failed\nLOCATION: ..." taken apart. With several hosts
/// there are several lines: the last host's code counts, as it is the last word of the attempt.
VerboseMessage take_apart(std::string_view verbose) {
  constexpr std::string_view kBefore = ":  ";
  VerboseMessage parts;
  std::size_t line_start = 0;
  while (line_start < verbose.size()) {
    const auto line_end = std::min(verbose.find('\n', line_start), verbose.size());
    std::string line = first_line(verbose.substr(line_start, line_end - line_start));
    line_start = line_end + 1;
    const auto mark = line.find(kBefore);
    if (mark != std::string::npos && is_sqlstate(std::string_view(line).substr(mark + kBefore.size(), 5))) {
      parts.sqlstate = line.substr(mark + kBefore.size(), 5);
      line.erase(mark + 1, kBefore.size() - 1 + 5 + 1);
    } else if (line.starts_with("LOCATION:")) {
      continue;
    }
    const auto first = line.find_first_not_of(" \t");
    if (first == std::string::npos) continue;
    if (!parts.message.empty()) parts.message += "; ";
    parts.message += line.substr(first);
  }
  return parts;
}

std::string connect_hint(std::string_view sqlstate) {
  if (sqlstate.empty()) return "start the server, or check host and port";
  if (sqlstate == "28P01") return "check user and password: in the DSN, PGPASSWORD or ~/.pgpass";
  if (sqlstate.starts_with("28")) return "check the role's LOGIN right and pg_hba.conf";
  if (sqlstate == "3D000") return "check the database name";
  if (sqlstate == "53300") return "raise max_connections, or reserve a connection for this role";
  if (sqlstate == "42501") return "GRANT CONNECT ON DATABASE to this role";
  return {};
}

}  // namespace

NextStep next_step(std::string_view sqlstate) {
  if (sqlstate.empty()) return NextStep::kReconnect;
  const auto* code = std::find_if(kCodes.begin(), kCodes.end(),
                                  [&](const Code& entry) { return sqlstate.starts_with(entry.prefix); });
  return code == kCodes.end() ? NextStep::kSkip : code->next;
}

model::Error connect_failure(const std::string& name, std::string_view message, bool needs_password) {
  VerboseMessage parts = take_apart(message);
  if (needs_password && parts.sqlstate.empty()) parts.sqlstate = "28P01";
  if (parts.message.empty()) parts.message = "the server did not answer in time";
  // libpq names an option it does not accept before it tries any host.
  const bool bad_option = parts.sqlstate.empty() && parts.message.starts_with("invalid ");
  return {bad_option ? NextStep::kGiveUp : next_step(parts.sqlstate),
          fmt::format("{}: {}", name, parts.message), connect_hint(parts.sqlstate), parts.sqlstate};
}

model::Error statement_failure(const std::string& name, const pg_conn* connection, const pg_result* result) {
  const char* code = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* primary = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string sqlstate = code == nullptr ? "" : code;
  const std::string message = first_line(primary != nullptr ? primary : PQerrorMessage(connection));
  const bool lost = PQstatus(connection) != CONNECTION_OK;
  return {
      lost ? NextStep::kReconnect : next_step(sqlstate), fmt::format("{}: {}", name, message), {}, sqlstate};
}

}  // namespace pgadvisor::pg
