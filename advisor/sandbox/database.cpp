#include "advisor/sandbox/database.hpp"

#include "advisor/sandbox/planner_answers.hpp"
#include "advisor/sandbox/planner_functions.hpp"
#include "collectors/index_rows.hpp"
#include "collectors/model/clock.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <type_traits>
#include <utility>

namespace pgadvisor::sandbox {

namespace {

/// Candidates made and planner runs until the session forgets what it remembers of relations.
constexpr std::size_t kRemembered = 1000;

template <class Id>
std::string number(Id id) {
  return fmt::format("{}", static_cast<std::underlying_type_t<Id>>(id));
}

/// {1,2,3}: the text form of oid[].
std::string oid_array(std::span<const Configuration> configurations) {
  std::string list;
  for (const auto& configuration : configurations) {
    for (const auto candidate : configuration) list += (list.empty() ? "" : ",") + number(candidate);
  }
  return '{' + list + '}';
}

std::string length_array(std::span<const Configuration> configurations) {
  std::string list;
  for (const auto& configuration : configurations) {
    list += fmt::format("{}{}", list.empty() ? "" : ",", configuration.size());
  }
  return '{' + list + '}';
}

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

/// PostgreSQL quotes the text it could not read; that may be a literal of a monitored statement.
std::string without_literal(std::string message, const std::string& sqlstate) {
  const auto cut = [&](const char* mark) { message.resize(std::min(message.size(), message.find(mark))); };
  if (sqlstate.starts_with("22")) cut(": \"");
  if (sqlstate == "42601") cut(" at or near \"'");
  return message;
}

}  // namespace

Database::Database(pg::BlockingConnection connection, int server_version)
    : connection_(std::move(connection)), server_version_(server_version) {}

model::Result<Database> Database::attach(pg::BlockingConnection connection,
                                         const std::filesystem::path& module) {
  auto version = connection.query("SELECT pg_catalog.current_setting('server_version_num')");
  if (!version) return version.error();
  Database database(std::move(connection), static_cast<int>(version->integer(0, 0)));
  // Roles belong to the server: another twin may have made it, even at this moment.
  auto role = database.connection_.execute(planner_role_setup(database.server_version_));
  if (!role && role.error().sqlstate != "42710" && role.error().sqlstate != "23505") return role.error();
  auto functions = database.connection_.execute(planner_functions_setup(module, database.server_version_));
  if (!functions) {
    auto error = database.judged(functions.error());
    if (error.next == model::NextStep::kSkip) error.next = model::NextStep::kGiveUp;
    return error;
  }
  return database;
}

/// The connection judges as for production; here a refusal is about one statement or candidate, and only a
/// dead server calls for a new twin.
model::Error Database::judged(model::Error error) const {
  const bool gone =
      !connection_.usable() || error.sqlstate.starts_with("08") || error.sqlstate.starts_with("57P");
  error.next = gone ? model::NextStep::kReconnect : model::NextStep::kSkip;
  error.message = without_literal(std::move(error.message), error.sqlstate);
  return error;
}

model::Result<pg::Rows> Database::ask(const std::string& sql, const pg::Parameters& parameters) {
  auto rows = connection_.query(sql, parameters);
  if (!rows) return judged(rows.error());
  return rows;
}

model::Result<pg::Rows> Database::ask_planner(std::size_t calls, const std::string& sql,
                                              const pg::Parameters& parameters) {
  const model::SystemClock clock;
  const auto begin = clock.monotonic();
  auto rows = ask(sql, parameters);
  planner_calls_ += static_cast<std::int64_t>(calls);
  planner_time_ += clock.monotonic() - begin;
  if (auto bounded = bound_memory(calls); !bounded) return bounded.error();
  return rows;
}

model::Result<std::int64_t> Database::set_sizes(std::span<const RelationSize> sizes) {
  auto rows = ask(R"(
SELECT count(pgadvisor_sandbox.set_size(c.oid, w.pages, w.tuples, w.visible, w.height))
FROM pg_catalog.json_to_recordset($1::pg_catalog.json)
       AS w(schema text, name text, pages float8, tuples float8, visible float8, height int4)
JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name)",
                  {to_json(sizes)});
  if (!rows) return rows.error();
  return rows->integer(0, 0);
}

model::Result<StatementId> Database::prepare(const std::string& text) {
  auto rows = ask("SELECT pgadvisor_sandbox.prepare($1)", {text});
  if (!rows) return rows.error();
  return *statements_.insert(StatementId{static_cast<std::int32_t>(rows->integer(0, 0))}).first;
}

model::Result<void> Database::release(StatementId statement) {
  auto rows = ask("SELECT pgadvisor_sandbox.release($1)", {number(statement)});
  if (!rows) return rows.error();
  statements_.erase(statement);
  return {};
}

model::Result<StatementScans> Database::scans(StatementId statement) {
  auto rows = ask_planner(1, "SELECT pgadvisor_sandbox.scans($1)", {number(statement)});
  if (!rows) return rows.error();
  return parse_scans(rows->text(0, 0));
}

model::Result<std::vector<PlanCost>> Database::costs(StatementId statement,
                                                     std::span<const Configuration> configurations) {
  auto rows = ask_planner(configurations.size(), "SELECT pgadvisor_sandbox.costs($1, $2, $3)",
                          {number(statement), oid_array(configurations), length_array(configurations)});
  if (!rows) return rows.error();
  return parse_costs(rows->text(0, 0));
}

model::Result<std::string> Database::explain(StatementId statement, const Configuration& configuration) {
  auto rows = ask_planner(1, "SELECT pgadvisor_sandbox.explain($1, $2)",
                          {number(statement), oid_array(std::span(&configuration, 1))});
  if (!rows) return rows.error();
  return rows->string(0, 0);
}

model::Result<CandidateId> Database::create_candidate(const model::IndexDefinition& definition,
                                                      const std::string& name) {
  return create_candidate(sql::create_index(definition, name, false));
}

model::Result<CandidateId> Database::create_candidate(const std::string& create_index_sql) {
  auto rows = ask("SELECT pgadvisor_sandbox.create_candidate($1)", {create_index_sql});
  if (!rows) return rows.error();
  const auto id = *candidates_.insert(CandidateId{static_cast<std::uint32_t>(rows->integer(0, 0))}).first;
  if (auto bounded = bound_memory(1); !bounded) return bounded.error();
  return id;
}

model::Result<model::IndexDefinition> Database::definition(CandidateId candidate) {
  // On a partitioned table the candidate's first index is on a partition, whose column names are the same.
  static const auto sql =
      collectors::definitions_sql("pgadvisor_sandbox.candidate_table($1)", "i.indexrelid = $1");
  auto rows = ask(sql, {number(candidate)});
  if (!rows) return rows.error();
  if (rows->size() == 0) return model::skip("candidate " + number(candidate) + " does not exist");
  return collectors::definitions_of(*rows).at(candidate);
}

model::Result<std::vector<CandidatePart>> Database::parts(CandidateId candidate) {
  auto rows = ask(R"(
SELECT i.indexrelid, n.nspname, c.relname FROM unnest(pgadvisor_sandbox.candidate_parts($1)) AS part(oid)
JOIN pg_catalog.pg_index i ON i.indexrelid = part.oid
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace)",
                  {number(candidate)});
  if (!rows) return rows.error();
  std::vector<CandidatePart> parts;
  for (int row = 0; row < rows->size(); ++row)
    parts.push_back({CandidateId{static_cast<std::uint32_t>(rows->integer(row, 0))},
                     {rows->string(row, 1), rows->string(row, 2)}});
  return parts;
}

model::Result<void> Database::set_part_size(CandidateId index, const IndexSize& size) {
  auto rows = ask("SELECT pgadvisor_sandbox.set_part_size($1, $2, $3, $4)",
                  {number(index), fmt::format("{}", size.pages), fmt::format("{}", size.tuples),
                   fmt::format("{}", size.tree_height)});
  if (!rows) return rows.error();
  return size.gin ? set_gin_contents(index, *size.gin) : model::Result<void>{};
}

model::Result<std::optional<CandidateId>> Database::find_index(const model::ObjectName& name) {
  auto rows =
      ask("SELECT i.indexrelid FROM pg_catalog.pg_index i WHERE i.indexrelid = pg_catalog.to_regclass($1)",
          {sql::quote_name(name)});
  if (!rows) return rows.error();
  if (rows->size() == 0) return std::optional<CandidateId>{};
  return std::optional(CandidateId{static_cast<std::uint32_t>(rows->integer(0, 0))});
}

model::Result<void> Database::set_gin_contents(CandidateId index, const GinContents& contents) {
  auto rows = ask("SELECT pgadvisor_sandbox.set_gin_contents($1, $2, $3, $4)",
                  {number(index), fmt::format("{}", contents.entry_pages),
                   fmt::format("{}", contents.data_pages), fmt::format("{}", contents.entries)});
  if (!rows) return rows.error();
  return {};
}

model::Result<KeyFacts> Database::key_facts(CandidateId index, double rows) {
  const auto described = [&](const char* evaluate) {
    return ask("SELECT pgadvisor_sandbox.key_facts($1, $2, $3)",
               {number(index), fmt::format("{}", rows), evaluate});
  };
  auto facts = described("true");
  if (!facts && facts.error().next == model::NextStep::kSkip) facts = described("false");
  if (!facts) return facts.error();
  return parse_key_facts(facts->text(0, 0));
}

model::Result<void> Database::set_size(CandidateId candidate, const IndexSize& size) {
  auto rows = ask("SELECT pgadvisor_sandbox.set_size($1, $2, $3, 0, $4)",
                  {number(candidate), fmt::format("{}", size.pages), fmt::format("{}", size.tuples),
                   fmt::format("{}", size.tree_height)});
  if (!rows) return rows.error();
  return {};
}

model::Result<void> Database::drop_candidate(CandidateId candidate) {
  auto rows = ask("SELECT pgadvisor_sandbox.drop_candidate($1)", {number(candidate)});
  if (!rows) return rows.error();
  candidates_.erase(candidate);
  return {};
}

model::Result<void> Database::bound_memory(std::size_t added) {
  remembered_ += added;
  if (remembered_ < kRemembered) return {};
  remembered_ = 0;
  auto rows = ask("SELECT pgadvisor_sandbox.forget_relations()", {});
  if (!rows) return rows.error();
  return {};
}

model::Result<void> Database::create_view(const std::string& create_view_sql) {
  auto done = connection_.execute(create_view_sql);
  if (!done) return judged(done.error());
  return {};
}

model::Result<void> Database::reset() {
  for (const auto statement : std::set<StatementId>(statements_)) {
    if (auto done = release(statement); !done) return done;
  }
  for (const auto candidate : Configuration(candidates_)) {
    if (auto done = drop_candidate(candidate); !done) return done;
  }
  planner_calls_ = 0;
  planner_time_ = {};
  return hide({});
}

/// Asked of the planner as a scan of the table. ONLY: an index is on this table, not on those that inherit
/// from it; a partitioned table on the other hand is nothing but its partitions.
model::Result<double> Database::selectivity(const model::ObjectName& table, const std::string& predicate) {
  const std::string name = sql::quote_name(table);
  auto kind =
      ask("SELECT relkind = 'p' FROM pg_catalog.pg_class WHERE oid = $1::pg_catalog.regclass", {name});
  if (!kind) return kind.error();
  const bool partitioned = kind->boolean(0, 0);
  auto statement =
      prepare(fmt::format("SELECT 1 FROM {}{} WHERE ({}\n)", partitioned ? "" : "ONLY ", name, predicate));
  if (!statement) return statement.error();
  auto found = scans(*statement);
  if (auto released = release(*statement); !released) return released.error();
  if (!found) return found.error();
  if (found->scans.empty()) return 0.0;  // refuted by a constraint: no scan is left
  const auto& scan = found->scans.front();
  return scan.tuples > 0 ? std::min(1.0, scan.rows / scan.tuples) : 1.0;
}

}  // namespace pgadvisor::sandbox
