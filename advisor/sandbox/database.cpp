#include "advisor/sandbox/database.hpp"

#include "advisor/sandbox/planner_functions.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <future>
#include <iterator>
#include <utility>

namespace pgadvisor::sandbox {

namespace {

std::string to_json(std::span<const RelationSize> sizes) {
  boost::json::array list;
  for (const auto& size : sizes) {
    list.push_back({{"schema", size.relation.schema},
                    {"name", size.relation.name},
                    {"pages", size.pages},
                    {"tuples", size.tuples},
                    {"visible", size.all_visible},
                    {"height", size.tree_height}});
  }
  return boost::json::serialize(list);
}

}  // namespace

Database::Database(pg::BlockingConnection connection, int server_version) : server_version_(server_version) {
  sessions_.emplace_back(std::move(connection), 0);
}

model::Result<Database> Database::attach(pg::BlockingConnection connection,
                                         const std::filesystem::path& module) {
  auto version = connection.query("SELECT pg_catalog.current_setting('server_version_num')");
  if (!version) return version.error();
  Database database(std::move(connection), static_cast<int>(version->integer(0, 0)));
  // Roles belong to the server: another twin may have made it, even at this moment.
  auto done = database.main().execute(planner_role_setup(database.server_version_));
  if (!done && (done.error().sqlstate == "42710" || done.error().sqlstate == "23505")) done = {};
  if (done) done = database.main().execute(planner_functions_setup(module, database.server_version_));
  if (!done) {
    auto error = done.error();
    if (error.next == model::NextStep::kSkip) error.next = model::NextStep::kGiveUp;
    return error;
  }
  return database;
}

model::Result<pg::Rows> Database::tell(const std::string& sql, const pg::Parameters& parameters,
                                       std::size_t relations) {
  ++beliefs_;
  auto rows = main().ask(sql, parameters);
  if (!rows) return rows;
  if (auto bounded = main().bound_memory(relations); !bounded) return bounded.error();
  return rows;
}

model::Result<void> Database::open_sessions(int count) {
  while (sessions() < std::min(count, kMostSessions)) {
    auto connection = main().connection().another();
    if (!connection) return connection.error();
    Session session(std::move(*connection), sessions());
    auto settings = main().ask(R"(
SELECT pg_catalog.json_object_agg(name, setting) FROM pg_catalog.pg_settings WHERE source = 'session')");
    if (!settings) return settings.error();
    auto set = session.ask(R"(
SELECT pg_catalog.set_config(key, value, false) FROM pg_catalog.json_each_text($1::pg_catalog.json))",
                           {settings->string(0, 0)});
    if (!set) return set.error();
    sessions_.push_back(std::move(session));
  }
  return {};
}

model::Result<Session*> Database::ready(int session) {
  if (session >= sessions()) return model::skip("a statement of a session that was closed");
  auto& one = sessions_[static_cast<std::size_t>(session)];
  if (session == 0 || one.beliefs() == beliefs_) return &one;
  auto beliefs = main().ask("SELECT pgadvisor_sandbox.beliefs()");
  if (!beliefs) return beliefs.error();
  auto done = one.ask("SELECT pgadvisor_sandbox.believe($1)", {beliefs->string(0, 0)});
  if (!done) return done.error();
  one.set_beliefs(beliefs_);
  return &one;
}

model::Result<void> Database::side_by_side(const std::function<model::Result<void>(int session)>& work) {
  for (int session = 1; session < sessions(); ++session) {
    if (auto one = ready(session); !one) return one.error();
  }
  std::vector<std::future<model::Result<void>>> others;
  for (int session = 1; session < sessions(); ++session) {
    others.push_back(std::async(std::launch::async, work, session));
  }
  auto done = work(0);
  for (auto& other : others) {
    auto its = other.get();
    if (done) done = std::move(its);
  }
  return done;
}

model::Result<std::int64_t> Database::set_sizes(std::span<const RelationSize> sizes) {
  auto rows = tell(R"(
SELECT count(pgadvisor_sandbox.set_size(c.oid, w.pages, w.tuples, w.visible, w.height))
FROM pg_catalog.json_to_recordset($1::pg_catalog.json)
       AS w(schema text, name text, pages float8, tuples float8, visible float8, height int4)
JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name)",
                   {to_json(sizes)});
  if (!rows) return rows.error();
  return rows->integer(0, 0);
}

model::Result<StatementId> Database::prepare(const std::string& text, int session) {
  auto one = ready(session);
  if (!one) return one.error();
  return (*one)->prepare(text);
}

model::Result<void> Database::release(StatementId statement) {
  auto session = ready(session_of(statement));
  if (!session) return session.error();
  return (*session)->release(statement);
}

model::Result<StatementScans> Database::scans(StatementId statement) {
  auto session = ready(session_of(statement));
  if (!session) return session.error();
  return (*session)->scans(statement);
}

model::Result<std::vector<PlanCost>> Database::costs(StatementId statement,
                                                     std::span<const Configuration> configurations) {
  auto session = ready(session_of(statement));
  if (!session) return session.error();
  return (*session)->costs(statement, configurations);
}

model::Result<std::string> Database::explain(StatementId statement, const Configuration& configuration) {
  auto session = ready(session_of(statement));
  if (!session) return session.error();
  return (*session)->explain(statement, configuration);
}

std::int64_t Database::planner_calls() const {
  std::int64_t calls = 0;
  for (const auto& session : sessions_) calls += session.planner_calls();
  return calls;
}

model::Seconds Database::planner_time() const {
  model::Seconds time{};
  for (const auto& session : sessions_) time += session.planner_time();
  return time;
}

model::Result<void> Database::create_view(const std::string& create_view_sql) {
  return main().execute(create_view_sql);
}

model::Result<void> Database::reset() {
  sessions_.erase(std::next(sessions_.begin()), sessions_.end());
  if (auto done = main().reset(); !done) return done;
  for (const auto candidate : Configuration(candidates_)) {
    if (auto done = drop_candidate(candidate); !done) return done;
  }
  return hide({});
}

/// Asked of the planner as a scan of the table. ONLY: an index is on this table, not on those that inherit
/// from it; a partitioned table on the other hand is nothing but its partitions.
model::Result<double> Database::selectivity(const model::ObjectName& table, const std::string& predicate,
                                            int session) {
  auto one = ready(session);
  if (!one) return one.error();
  const std::string name = sql::quote_name(table);
  auto kind = (*one)->ask("SELECT relkind = 'p' FROM pg_catalog.pg_class WHERE oid = $1::pg_catalog.regclass",
                          {name});
  if (!kind) return kind.error();
  const bool partitioned = kind->boolean(0, 0);
  auto statement = (*one)->prepare(
      fmt::format("SELECT 1 FROM {}{} WHERE ({}\n)", partitioned ? "" : "ONLY ", name, predicate));
  if (!statement) return statement.error();
  auto found = (*one)->scans(*statement);
  if (auto released = (*one)->release(*statement); !released) return released.error();
  if (!found) return found.error();
  if (found->scans.empty()) return 0.0;  // refuted by a constraint: no scan is left
  const auto& scan = found->scans.front();
  return scan.tuples > 0 ? std::min(1.0, scan.rows / scan.tuples) : 1.0;
}

}  // namespace pgadvisor::sandbox
