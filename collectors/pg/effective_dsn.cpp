#include "collectors/pg/effective_dsn.hpp"

namespace pgadvisor::pg {

Dsn effective_dsn(PGconn* connection) {
  Dsn dsn;
  if (connection == nullptr) return dsn;
  const OptionsHandle options(PQconninfo(connection));
  for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    const std::string keyword = option->keyword;
    const bool resolved = keyword == "service" || keyword == "passfile" ||
                          keyword == "fallback_application_name" || keyword == "application_name" ||
                          keyword == "hostaddr";
    if (option->val == nullptr || *option->val == '\0' || resolved) continue;
    dsn = dsn.with(keyword, keyword == "hostaddr" ? PQhostaddr(connection) : option->val);
  }
  dsn = dsn.with("host", PQhost(connection)).with("port", PQport(connection));
  const char* password = PQpass(connection);
  return password == nullptr || *password == '\0' ? dsn : dsn.with("password", password);
}

}  // namespace pgadvisor::pg
