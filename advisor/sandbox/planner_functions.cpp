#include "advisor/sandbox/planner_functions.hpp"

#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace pgadvisor::sandbox {

namespace {

struct Function {
  std::string_view name;  ///< the C symbol is pgadvisor_<name>
  std::string_view arguments;
  std::string_view result;
};

constexpr std::array<Function, 18> kFunctions{{
    {"set_size", "oid, float8, float8, float8, int4", "void"},
    {"prepare", "text", "int4"},
    {"release", "int4", "void"},
    {"costs", "int4, oid[], int4[]", "text"},
    {"explain", "int4, oid[]", "text"},
    {"scans", "int4", "text"},
    {"create_candidate", "text", "oid"},
    {"drop_candidate", "oid", "void"},
    {"candidate_table", "oid", "oid"},
    {"statistic", "oid, int2, bool, float4, int4, float4, int2[], oid[], oid[], text[], oid[], text[]",
     "pg_catalog.pg_statistic"},
    {"ndistinct", "int2[], int4[], float8[]", "pg_catalog.pg_ndistinct"},
    {"dependencies", "int2[], int4[], float8[]", "pg_catalog.pg_dependencies"},
    {"mcv_list", "oid[], oid[], text[], bool[], float8[], float8[]", "pg_catalog.pg_mcv_list"},
    {"expression_types", "oid", "oid[]"},
    {"key_facts", "oid, float8, bool", "text"},
    {"candidate_parts", "oid", "oid[]"},
    {"set_gin_contents", "oid, float8, float8, float8", "void"},
    {"set_part_size", "oid, float8, float8, int4", "void"},
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

}  // namespace

std::string planner_functions_setup(const std::filesystem::path& module) {
  std::string sql(kSession);
  const std::string library = sql::quote_literal(module.string());
  for (const auto& function : kFunctions) {
    sql += fmt::format(
        "CREATE OR REPLACE FUNCTION pgadvisor_sandbox.{0}({1}) RETURNS {2} AS {3}, 'pgadvisor_{0}' "
        "LANGUAGE c STRICT VOLATILE PARALLEL UNSAFE;\n",
        function.name, function.arguments, function.result, library);
  }
  return sql + "RESET session_replication_role;\n";
}

std::string planner_role_setup() {
  return "CREATE ROLE pgadvisor_planner NOLOGIN BYPASSRLS IN ROLE pg_read_all_data, pg_write_all_data";
}

}  // namespace pgadvisor::sandbox
