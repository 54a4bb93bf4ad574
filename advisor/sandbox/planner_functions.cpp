#include "advisor/sandbox/planner_functions.hpp"

#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace pgadvisor::sandbox {

namespace {

constexpr int kFirstWithDataRoles = 140000;  // pg_read_all_data, pg_write_all_data

struct Function {
  std::string_view name;  ///< the C symbol is pgadvisor_<name>
  std::string_view arguments;
  std::string_view result;
};

constexpr std::array<Function, 24> kFunctions{{
    {"set_size", "oid, float8, float8, float8, int4", "void"},
    {"prepare", "text", "int4"},
    {"release", "int4", "void"},
    {"costs", "int4, oid[], int4[]", "text"},
    {"explain", "int4, oid[]", "text"},
    {"scans", "int4", "text"},
    {"create_candidate", "text", "oid"},
    {"create_candidates", "text[]", "oid[]"},
    {"drop_candidate", "oid", "void"},
    {"candidate_table", "oid", "oid"},
    {"forget_relations", "", "void"},
    {"statistic", "oid, int2, bool, float4, int4, float4, int2[], oid[], oid[], text[], oid[], text[]",
     "pg_catalog.pg_statistic"},
    {"type_operators", "oid", "oid[]"},
    {"ndistinct", "int2[], int4[], float8[]", "pg_catalog.pg_ndistinct"},
    {"dependencies", "int2[], int4[], float8[]", "pg_catalog.pg_dependencies"},
    {"mcv_list", "oid[], oid[], text[], bool[], float8[], float8[]", "pg_catalog.pg_mcv_list"},
    {"expression_types", "oid", "oid[]"},
    {"key_facts", "oid, float8, bool", "text"},
    {"candidate_parts", "oid", "oid[]"},
    {"set_gin_contents", "oid, float8, float8, float8", "void"},
    {"set_part_size", "oid, float8, float8, int4", "void"},
    {"hide", "oid[]", "void"},
    {"beliefs", "", "bytea"},
    {"believe", "bytea", "void"},
}};

// How the session writes expressions, so that ours can be read back, compared and put into DDL. As a replica
// no event trigger of the monitored database fires; rules would not either, hence only while functions are
// created.
constexpr std::string_view kSession = R"(
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET quote_all_identifiers = off;
SET session_replication_role = replica;
CREATE SCHEMA IF NOT EXISTS pgadvisor_sandbox;
)";

// For the planner's role, where no role reads all tables; also on what is created later.
constexpr std::string_view kPrivileges = R"(
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO pgadvisor_planner;
DO $$ DECLARE schema name; BEGIN
  FOR schema IN SELECT nspname FROM pg_catalog.pg_namespace
                WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema' LOOP
    EXECUTE pg_catalog.format('GRANT ALL ON ALL TABLES IN SCHEMA %I TO pgadvisor_planner', schema);
  END LOOP;
END $$;
)";

}  // namespace

std::string planner_functions_setup(const std::filesystem::path& module, int server_version) {
  std::string sql(kSession);
  if (server_version < kFirstWithDataRoles) sql += kPrivileges;
  const std::string library = sql::quote_literal(module.string());
  for (const auto& function : kFunctions) {
    sql += fmt::format(
        "CREATE OR REPLACE FUNCTION pgadvisor_sandbox.{0}({1}) RETURNS {2} AS {3}, 'pgadvisor_{0}' "
        "LANGUAGE c STRICT VOLATILE PARALLEL UNSAFE;\n",
        function.name, function.arguments, function.result, library);
  }
  return sql + "RESET session_replication_role;\n";
}

std::string planner_role_setup(int server_version) {
  return std::string("CREATE ROLE pgadvisor_planner NOLOGIN BYPASSRLS") +
         (server_version >= kFirstWithDataRoles ? " IN ROLE pg_read_all_data, pg_write_all_data" : "");
}

}  // namespace pgadvisor::sandbox
