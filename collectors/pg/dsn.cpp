#include "collectors/pg/dsn.hpp"

#include "collectors/pg/libpq.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace pgadvisor::pg {

namespace {

model::Error malformed(const std::string& hint) {
  return model::give_up("the connection string is malformed", hint);
}

constexpr const char* kForms =
    "expected \"host=... port=... dbname=... user=...\" or postgresql://user@host:port/database";
constexpr const char* kPercent = "write @ / : ? in the user name or password of a URI as %40 %2F %3A %3F";

bool is_uri(std::string_view text) {
  return text.starts_with("postgresql://") || text.starts_with("postgres://");
}

/// A second @, or one behind the first /: libpq would take the end of such a password for host and port.
bool has_stray_at(std::string_view uri) {
  const auto rest = uri.substr(uri.find("://") + 3);
  const auto path = rest.substr(0, rest.find('?'));
  const auto at = path.find('@');
  return at != std::string_view::npos &&
         (path.find('@', at + 1) != std::string_view::npos || path.find('/') < at);
}

/// "@" may only begin a host (an abstract Unix socket): elsewhere it is the rest of an unescaped password.
bool has_at_inside(std::string_view hosts) {
  for (std::size_t at = hosts.find('@'); at != std::string_view::npos; at = hosts.find('@', at + 1)) {
    if (at != 0 && hosts[at - 1] != ',') return true;
  }
  return false;
}

bool is_port_list(std::string_view ports) {
  return std::all_of(ports.begin(), ports.end(),
                     [](unsigned char c) { return std::isdigit(c) != 0 || c == ',' || c == ' '; });
}

/// As libpq would want it in a connection string; control characters become spaces, for logs.
std::string quoted(std::string_view value) {
  const auto plain = [](unsigned char c) { return std::isgraph(c) != 0 && c != '\'' && c != '\\'; };
  if (!value.empty() && std::all_of(value.begin(), value.end(), plain)) return std::string(value);
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += std::iscntrl(static_cast<unsigned char>(c)) != 0 ? ' ' : c;
  }
  return text + "'";
}

}  // namespace

model::Result<Dsn> Dsn::parse(const std::string& text) {
  if (text.find('\0') != std::string::npos) return malformed(kForms);
  if (is_uri(text) && has_stray_at(text)) return malformed(kPercent);
  // libpq's own error text may repeat the password: it is not asked for.
  const OptionsHandle parsed(PQconninfoParse(text.c_str(), nullptr));
  if (!parsed) return malformed(kForms);
  Dsn dsn;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) dsn.options_.emplace(option->keyword, option->val);
  }
  const auto value = [&](const char* keyword) {
    const auto found = dsn.options_.find(keyword);
    return found == dsn.options_.end() ? std::string_view() : std::string_view(found->second);
  };
  if (has_at_inside(value("host"))) return malformed(kPercent);
  if (!is_port_list(value("port"))) return malformed("the port must be a number; " + std::string(kPercent));
  if (is_uri(value("dbname")) || value("dbname").find('=') != std::string_view::npos) {
    return malformed("dbname must be a plain database name, not a connection string");
  }
  return dsn;
}

Dsn Dsn::with_database(const std::string& name) const {
  return with("dbname", name);
}

Dsn Dsn::with(const std::string& keyword, const std::string& value) const {
  Dsn copy = *this;
  copy.options_[keyword] = value;
  return copy;
}

std::string Dsn::display() const {
  constexpr std::array<const char*, 4> kShown{"host", "port", "dbname", "user"};
  std::string text;
  for (const char* keyword : kShown) {
    const auto found = options_.find(keyword);
    if (found == options_.end()) continue;
    if (!text.empty()) text += ' ';
    text += std::string(keyword) + '=' + quoted(found->second);
  }
  return text;
}

std::string Dsn::server() const {
  const auto value = [&](const char* keyword, const char* otherwise) {
    const auto found = options_.find(keyword);
    return found == options_.end() || found->second.empty() ? std::string(otherwise) : found->second;
  };
  const auto address = value("hostaddr", "localhost");
  return quoted(value("host", address.c_str())) + ':' + quoted(value("port", "5432"));
}

std::map<std::string, std::string> Dsn::environment() const {
  std::map<std::string, std::string> variables;
  const OptionsHandle known(PQconninfoParse("", nullptr));
  for (const PQconninfoOption* option = known.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    const auto found = options_.find(option->keyword);
    if (option->envvar != nullptr && found != options_.end())
      variables.emplace(option->envvar, found->second);
  }
  return variables;
}

}  // namespace pgadvisor::pg
