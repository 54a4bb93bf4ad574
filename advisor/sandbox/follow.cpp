#include "advisor/sandbox/database.hpp"
#include "advisor/sandbox/existing_gin.hpp"
#include "advisor/sandbox/manners.hpp"
#include "advisor/sandbox/production_timer.hpp"
#include "advisor/sandbox/relation_sizes.hpp"
#include "advisor/sandbox/settings_loader.hpp"
#include "advisor/sandbox/statistics_difference.hpp"
#include "advisor/sandbox/statistics_loader.hpp"
#include "advisor/sandbox/table_parts.hpp"
#include "advisor/sandbox/twin.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <iterator>
#include <map>

namespace pgadvisor::sandbox {
namespace {

/// DDL on empty tables takes milliseconds, unless a function in it never ends.
constexpr const char* kMannersInTwin =
    "set search_path = ''; set statement_timeout = '10s'; set client_min_messages = error; begin";

constexpr const char* kForget = R"(
delete from pg_catalog.pg_statistic s
using pg_catalog.json_to_recordset($1::pg_catalog.json) as w(schema text, name text), pg_catalog.pg_namespace n,
      pg_catalog.pg_class c
where n.nspname = w.schema and c.relnamespace = n.oid and c.relname = w.name and s.starelid = c.oid)";

struct TableChanges {
  std::vector<model::ObjectName> changed;
  std::vector<const model::Table*> dropped;
  bool has_new = false;
};

TableChanges table_changes(const model::DatabaseSnapshot& from, const model::DatabaseSnapshot& to) {
  std::map<model::ObjectName, const model::Table*> before;
  for (const auto& table : from.tables) before[table.name] = &table;
  TableChanges changes;
  for (const auto& table : to.tables) {
    const auto old = before.find(table.name);
    if (old == before.end() || old->second->oid != table.oid || old->second->kind != table.kind) {
      changes.has_new = true;
      return changes;
    }
    if (old->second->version != table.version) changes.changed.push_back(table.name);
    before.erase(old);
  }
  for (const auto& [name, table] : before) changes.dropped.push_back(table);
  return changes;
}

bool same_database(const model::DatabaseSnapshot& from, const model::DatabaseSnapshot& to) {
  return from.server.system_identifier == to.server.system_identifier &&
         from.server.version / 10000 == to.server.version / 10000 && from.database.oid == to.database.oid &&
         from.database.name == to.database.name && from.other_objects == to.other_objects;
}

std::string drop_statement(const model::Table& table) {
  const char* const kind = table.kind == 'm'   ? "MATERIALIZED VIEW"
                           : table.kind == 'f' ? "FOREIGN TABLE"
                                               : "TABLE";
  return fmt::format("DROP {} IF EXISTS {} CASCADE", kind, sql::quote_name(table.name));
}

model::Error behind(const std::string& why) {
  return model::Error{model::NextStep::kReconnect, "the twin cannot follow: " + why};
}

model::Result<std::vector<TablePart>> parts_in_production(Server& server, const pg::Dsn& production,
                                                          const std::vector<model::ObjectName>& tables) {
  const ProductionTimer timer(server);
  auto session = pg::BlockingConnection::connect(production, "pgadvisor");
  if (!session) return session.error();
  if (auto set = session->execute(kMannersInProduction); !set) return set.error();
  return read_table_parts(*session, tables);
}

/// As the owner, so that functions in the definitions have no powers; all or nothing.
model::Result<void> follow_tables(Server& server, const pg::Dsn& owner_of_twin, const pg::Dsn& production,
                                  const TableChanges& changes) {
  const auto wanted = parts_in_production(server, production, changes.changed);
  if (!wanted) return wanted.error();
  auto twin = pg::BlockingConnection::connect(owner_of_twin, "pgadvisor sandbox");
  if (!twin) return twin.error();
  if (auto set = twin->execute(kMannersInTwin); !set) return set;
  for (const auto* table : changes.dropped) {
    if (auto done = twin->execute(drop_statement(*table)); !done) return done;
  }
  const auto present = read_table_parts(*twin, changes.changed);
  if (!present) return present.error();
  const auto script = difference(*present, *wanted);
  if (!script) return behind("a table was changed beyond its columns, indexes and constraints");
  for (const auto& statement : *script) {
    if (auto done = twin->execute(statement); !done) return done;
  }
  const auto result = read_table_parts(*twin, changes.changed);
  if (!result) return result.error();
  if (!same_parts(*result, *wanted)) return behind("the change of a table had other effects here");
  return twin->execute("commit");
}

std::string names_of(const std::vector<model::ObjectName>& relations) {
  boost::json::array names;
  for (const auto& relation : relations)
    names.push_back({{"schema", relation.schema}, {"name", relation.name}});
  return boost::json::serialize(names);
}

/// Takes back what was said of statistics that are loaded anew.
void forget_notes(std::vector<std::string>& notes, const StatisticsDifference& again) {
  const auto erase = [&](const std::string& start) {
    std::erase_if(notes, [&](const std::string& note) { return note.starts_with(start); });
  };
  for (const auto& relation : again.relations)
    erase(fmt::format("statistics of {} (", sql::quote_name(relation)));
  for (const auto& object : again.objects)
    erase("values of the statistics object " + sql::quote_name(object.object));
}

}  // namespace

model::Result<void> Database::follow(Server& server, const pg::Dsn& production,
                                     const model::DatabaseSnapshot& from, const model::DatabaseSnapshot& to) {
  const TableChanges changes = table_changes(from, to);
  if (!same_database(from, to) || changes.has_new) return behind("more changed than tables that it has");
  if (!server.alive()) return behind("the sandbox's server died");
  if (auto ready = reset(); !ready) return ready;
  const std::string& name = to.database.name;
  if (!changes.changed.empty() || !changes.dropped.empty()) {
    auto done = follow_tables(server, server.dsn(name).with("user", kOwnerRole),
                              production.with_database(name), changes);
    if (!done) return done;
  }
  const StatisticsDifference again = statistics_difference(from, to, changes.changed);
  if (auto forgotten = main().ask(kForget, {names_of(again.relations)}); !forgotten) return forgotten.error();
  auto notes = load_statistics(main().connection(), again.columns, again.objects);
  if (!notes) return notes.error();
  forget_notes(left_out_, again);
  std::erase_if(left_out_, [&](const std::string& note) {
    return std::ranges::find(from.limitations, note) != from.limitations.end();
  });
  left_out_.insert(left_out_.begin(), to.limitations.begin(), to.limitations.end());
  std::ranges::move(*notes, std::back_inserter(left_out_));
  if (auto set = apply_settings(main().connection(), to.settings); !set) return set.error();
  if (auto sized = set_sizes(relation_sizes(to)); !sized) return sized.error();
  return size_existing_gin(*this, to);
}

}  // namespace pgadvisor::sandbox
