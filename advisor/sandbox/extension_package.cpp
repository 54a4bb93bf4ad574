#include "advisor/sandbox/extension_package.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace pgadvisor::sandbox {
namespace {

const std::set<std::string_view> kContrib = {"adminpack",
                                             "amcheck",
                                             "autoinc",
                                             "bloom",
                                             "btree_gin",
                                             "btree_gist",
                                             "citext",
                                             "cube",
                                             "dblink",
                                             "dict_int",
                                             "dict_xsyn",
                                             "earthdistance",
                                             "file_fdw",
                                             "fuzzystrmatch",
                                             "hstore",
                                             "insert_username",
                                             "intagg",
                                             "intarray",
                                             "isn",
                                             "lo",
                                             "ltree",
                                             "moddatetime",
                                             "old_snapshot",
                                             "pageinspect",
                                             "pg_buffercache",
                                             "pg_freespacemap",
                                             "pg_logicalinspect",
                                             "pg_overexplain",
                                             "pg_prewarm",
                                             "pg_stat_statements",
                                             "pg_surgery",
                                             "pg_trgm",
                                             "pg_visibility",
                                             "pg_walinspect",
                                             "pgcrypto",
                                             "pgrowlocks",
                                             "pgstattuple",
                                             "postgres_fdw",
                                             "refint",
                                             "seg",
                                             "sslinfo",
                                             "tablefunc",
                                             "tcn",
                                             "tsm_system_rows",
                                             "tsm_system_time",
                                             "unaccent",
                                             "uuid-ossp",
                                             "xml2"};

/// Where the package is not named after the extension; {} is the major version.
const std::map<std::string_view, const char*> kPackages = {
    {"postgis", "postgresql-{}-postgis-3"},
    {"postgis_raster", "postgresql-{}-postgis-3"},
    {"postgis_topology", "postgresql-{}-postgis-3"},
    {"postgis_tiger_geocoder", "postgresql-{}-postgis-3"},
    {"vector", "postgresql-{}-pgvector"},
    {"pg_cron", "postgresql-{}-cron"},
    {"pg_partman", "postgresql-{}-partman"},
    {"pg_repack", "postgresql-{}-repack"},
    {"pg_squeeze", "postgresql-{}-squeeze"},
    {"hll", "postgresql-{}-hll"},
    {"plpython3u", "postgresql-plpython3-{}"},
    {"plperl", "postgresql-plperl-{}"},
    {"plperlu", "postgresql-plperl-{}"},
    {"pltcl", "postgresql-pltcl-{}"},
    {"pltclu", "postgresql-pltcl-{}"}};

}  // namespace

std::string extension_package(std::string_view extension, int major) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789_-";
  if (extension.empty() || extension.find_first_not_of(kAllowed) != std::string_view::npos) return {};
  if (kContrib.contains(extension)) return fmt::format("postgresql-{}", major);
  if (const auto known = kPackages.find(extension); known != kPackages.end()) {
    return fmt::format(fmt::runtime(known->second), major);
  }
  std::string name(extension);
  std::ranges::replace(name, '_', '-');
  return fmt::format("postgresql-{}-{}", major, name);
}

}  // namespace pgadvisor::sandbox
