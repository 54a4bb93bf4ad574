#pragma once

// Private to collectors/pg: what every file here needs of libpq.

#include "collectors/pg/dsn.hpp"

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace pgadvisor::pg {

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using ConnectionHandle = std::unique_ptr<PGconn, FreeWith<PQfinish>>;
using ResultHandle = std::unique_ptr<PGresult, FreeWith<PQclear>>;
using CancelHandle = std::unique_ptr<PGcancel, FreeWith<PQfreeCancel>>;
using OptionsHandle = std::unique_ptr<PQconninfoOption, FreeWith<PQconninfoFree>>;

/// Keywords and values as PQconnectdbParams takes them (with expand_dbname = 0: a database may be named like
/// a connection string). Adds what a DSN seldom says: UTF-8, TCP keepalives and our fallback application
/// name.
class ConnectParameters {
 public:
  ConnectParameters(const Dsn& dsn, const std::string& name);

  [[nodiscard]] const char* const* keywords() const { return keywords_.data(); }
  [[nodiscard]] const char* const* values() const { return values_.data(); }

 private:
  std::map<std::string, std::string> options_;
  std::vector<const char*> keywords_;
  std::vector<const char*> values_;
};

/// The process's stderr is ours: notices of the server are not printed there.
void silence_notices(PGconn* connection);

}  // namespace pgadvisor::pg
