#include "advisor/sandbox/twin.hpp"

#include "collectors/pg/blocking_connection.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

namespace pgadvisor::sandbox {
namespace {

/// The clauses of CREATE DATABASE for its locale.
std::string locale_clauses(const model::DatabaseProperties& properties) {
  std::string clauses = fmt::format(" LC_COLLATE {} LC_CTYPE {}", sql::quote_literal(properties.collate),
                                    sql::quote_literal(properties.ctype));
  if (properties.locale_provider == 'i') {
    clauses += " LOCALE_PROVIDER icu ICU_LOCALE " + sql::quote_literal(properties.locale);
    if (!properties.icu_rules.empty()) clauses += " ICU_RULES " + sql::quote_literal(properties.icu_rules);
  }
  if (properties.locale_provider == 'b')
    clauses += " LOCALE_PROVIDER builtin BUILTIN_LOCALE " + sql::quote_literal(properties.locale);
  return clauses;
}

std::string create_database(const model::DatabaseProperties& properties) {
  return fmt::format("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING {}{}",
                     sql::quote_identifier(properties.name), kOwnerRole,
                     sql::quote_literal(properties.encoding), locale_clauses(properties));
}

std::string describe_locale(const model::DatabaseProperties& properties) {
  std::string text = fmt::format("{} (collate), {} (ctype)", properties.collate, properties.ctype);
  if (!properties.locale.empty())
    text += fmt::format(", {} (provider {})", properties.locale, properties.locale_provider);
  return text;
}

/// A database is about to be dropped: it has to be the sandbox's, wherever the environment may have led us.
model::Result<void> check_server(pg::BlockingConnection& connection, const Server& server) {
  const auto folder = connection.query("select current_setting('data_directory')");
  if (folder.has_error()) return folder.error();
  if (folder->text(0, 0) == (server.folder() / "data").string()) return {};
  return model::give_up("a connection to the planner sandbox led to another server");
}

model::Result<void> ensure_owner(pg::BlockingConnection& connection) {
  const auto known = connection.query("select from pg_catalog.pg_roles where rolname = $1", {kOwnerRole});
  if (known.has_error()) return known.error();
  if (known->size() > 0) return {};
  return connection.execute(fmt::format("CREATE ROLE {} LOGIN", kOwnerRole));
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
  if (const auto owner = ensure_owner(*connection); owner.has_error()) return owner.error();
  auto created = connection->execute(create_database(properties));
  if (created.has_value()) return std::vector<std::string>{};
  for (const char* locale : {"C.UTF-8", "C"}) {
    created = connection->execute(
        create_database({properties.oid, properties.name, properties.encoding, locale, locale}));
    if (created.has_error()) continue;
    return std::vector<std::string>{
        fmt::format("locale {}: not installed here, {} is used, so ranges of texts may be "
                    "estimated otherwise (apt-get install locales-all, then restart pgadvisor)",
                    describe_locale(properties), locale)};
  }
  return created.error();
}

}  // namespace pgadvisor::sandbox
