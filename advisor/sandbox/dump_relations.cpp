#include "advisor/sandbox/dump_relations.hpp"

#include <charconv>

namespace pgadvisor::sandbox {
namespace {

constexpr const char* kSql = R"SQL(
select c.oid, n.nspname, c.relname, c.relkind, coalesce(x.indexes, 0), h.parents
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join (select indrelid, pg_catalog.count(*) as indexes from pg_catalog.pg_index group by indrelid) x
  on x.indrelid = c.oid
left join (select inhrelid, pg_catalog.string_agg(inhparent::text, ' ') as parents from pg_catalog.pg_inherits
           group by inhrelid) h on h.inhrelid = c.oid
where c.relkind in ('r', 'p', 'f', 'v', 'm', 'S') and c.relpersistence <> 't'
  and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\_toast%'
  and n.nspname not like 'pg\_temp%'
  and not (c.relkind = 'S' and exists (
    select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
      and d.objid = c.oid and d.deptype in ('a', 'i')
      and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass))
order by c.oid)SQL";

constexpr const char* kStatisticsSql =
    "select pg_catalog.pg_get_statisticsobjdef(s.oid) from pg_catalog.pg_statistic_ext s "
    "join pg_catalog.pg_namespace n on n.oid = s.stxnamespace "
    "where n.nspname not in ('pg_catalog', 'information_schema') order by s.oid";

std::vector<model::Oid> oids(std::string_view text) {
  std::vector<model::Oid> found;
  const char* position = text.data();
  const char* const end = position + text.size();
  while (position < end) {
    std::uint32_t number = 0;
    const auto [next, error] = std::from_chars(position, end, number);
    if (error == std::errc{}) found.push_back(model::Oid{number});
    position = error == std::errc{} ? next : position + 1;
  }
  return found;
}

}  // namespace

model::Result<std::vector<DumpRelation>> read_dump_relations(pg::BlockingConnection& session) {
  const auto rows = session.query(kSql);
  if (!rows) return rows.error();
  std::vector<DumpRelation> relations;
  for (int row = 0; row < rows->size(); ++row) {
    relations.push_back({model::Oid{static_cast<std::uint32_t>(rows->integer(row, 0))},
                         {rows->string(row, 1), rows->string(row, 2)},
                         rows->text(row, 3).front(),
                         static_cast<std::size_t>(rows->integer(row, 4)),
                         oids(rows->text(row, 5))});
  }
  return relations;
}

model::Result<std::vector<std::string>> read_statistics_objects(pg::BlockingConnection& session) {
  const auto rows = session.query(kStatisticsSql);
  if (!rows) return rows.error();
  std::vector<std::string> definitions;
  for (int row = 0; row < rows->size(); ++row) {
    if (!rows->is_null(row, 0)) definitions.push_back(rows->string(row, 0));
  }
  return definitions;
}

}  // namespace pgadvisor::sandbox
