#include "collectors/pg/libpq.hpp"

namespace pgadvisor::pg {

ConnectParameters::ConnectParameters(const Dsn& dsn, const std::string& name) : options_(dsn.options()) {
  options_.insert({{"fallback_application_name", name},
                   {"client_encoding", "UTF8"},
                   {"connect_timeout", "10"},  // obeyed by the blocking connection only
                   {"keepalives_idle", "30"},
                   {"keepalives_interval", "10"},
                   {"keepalives_count", "3"}});
  for (const auto& [keyword, value] : options_) {
    keywords_.push_back(keyword.c_str());
    values_.push_back(value.c_str());
  }
  keywords_.push_back(nullptr);
  values_.push_back(nullptr);
}

void silence_notices(PGconn* connection) {
  PQsetNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);
}

}  // namespace pgadvisor::pg
