#include "advisor/sandbox/twin.hpp"

#include "collectors/pg/blocking_connection.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

namespace pgadvisor::sandbox {
namespace {

std::string create_database(const model::DatabaseProperties& properties, const std::string& collate,
                            const std::string& ctype) {
  return fmt::format("CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}",
                     sql::quote_identifier(properties.name), sql::quote_literal(properties.encoding),
                     sql::quote_literal(collate), sql::quote_literal(ctype));
}

/// A database is about to be dropped: it has to be the sandbox's, wherever the environment may have led us.
model::Result<void> check_server(pg::BlockingConnection& connection, const Server& server) {
  const auto folder = connection.query("select current_setting('data_directory')");
  if (folder.has_error()) return folder.error();
  if (folder->text(0, 0) == (server.folder() / "data").string()) return {};
  return model::give_up("a connection to the planner sandbox led to another server");
}

}  // namespace

model::Result<std::vector<std::string>> create_twin(const Server& server,
                                                    const model::DatabaseProperties& properties) {
  // Not "postgres": production's database may be called that.
  auto connection = pg::BlockingConnection::connect(server.dsn("template1"), "pgadvisor sandbox");
  if (connection.has_error()) return connection.error();
  if (const auto ours = check_server(*connection, server); ours.has_error()) return ours.error();
  const auto dropped = connection->execute(
      fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", sql::quote_identifier(properties.name)));
  if (dropped.has_error()) return dropped.error();
  auto created = connection->execute(create_database(properties, properties.collate, properties.ctype));
  if (created.has_value()) return std::vector<std::string>{};
  for (const char* locale : {"C.UTF-8", "C"}) {
    created = connection->execute(create_database(properties, locale, locale));
    if (created.has_error()) continue;
    return std::vector<std::string>{fmt::format(
        "locale {} (collate), {} (ctype): not installed here, {} is used, so ranges of texts may be "
        "estimated otherwise (apt-get install locales-all, then restart pgadvisor)",
        properties.collate, properties.ctype, locale)};
  }
  return created.error();
}

}  // namespace pgadvisor::sandbox
