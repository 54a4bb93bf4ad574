#include "collectors/table_details.hpp"

#include "collectors/relation_sizes.hpp"

#include <sstream>

namespace pgadvisor::collectors {

namespace {

/// One text a table, NULL when it is just being dropped: what ask_relations() takes.
constexpr const char* kDetailsSql =
    "SELECT o.relation, pg_catalog.pg_relation_size(c.oid) / "
    "pg_catalog.current_setting('block_size')::bigint "
    "|| ' ' || pg_catalog.pg_stat_get_live_tuples(c.oid) || ' ' || "
    "pg_catalog.pg_stat_get_mod_since_analyze(c.oid) || ' ' || c.reltuples "
    "FROM pg_catalog.unnest($1::oid[]) o(relation) JOIN pg_catalog.pg_class c ON c.oid = o.relation";

}  // namespace

boost::asio::awaitable<model::Result<DetailsByTable>> collect_table_details(pg::Connection& connection,
                                                                            std::vector<model::Oid> tables) {
  DetailsByTable details;
  if (tables.empty()) co_return details;
  const auto answers = co_await ask_relations(connection, kDetailsSql, std::move(tables));
  if (!answers) co_return answers.error();
  for (const auto& [table, text] : *answers) {
    std::istringstream numbers(text);
    auto& one = details[table];
    numbers >> one.pages >> one.live_rows >> one.changed_rows >> one.reltuples;
  }
  co_return details;
}

}  // namespace pgadvisor::collectors
