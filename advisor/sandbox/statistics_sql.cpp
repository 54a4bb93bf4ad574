#include "advisor/sandbox/statistics_sql.hpp"

namespace pgadvisor::sandbox {

// array_in(text, element type, typmod) returns anyarray, which turns pg_stats' text form back into what
// pg_statistic holds. The values were checked and rounded when they were stored: typmod -1 reads them as they
// are, and the base type of a domain spares its checks.
//
// Operators are those of the type cache (lookup_type_cache): the default B-tree operator class of the type,
// or of the one it is binary-compatible with, the preferred one first (varchar has two: text and bpchar); for
// equality alone a hash class will do.
const char* const kCreateStatisticsLoader = R"SQL(
create function pg_temp.pgadvisor_base_type(type oid) returns oid
language sql stable set search_path = pg_catalog as $$
  with recursive bases(type, base) as (
    select t.oid, case when t.typtype = 'd' then t.typbasetype else 0 end from pg_type t where t.oid = $1
    union all
    select t.oid, case when t.typtype = 'd' then t.typbasetype else 0 end
    from bases b join pg_type t on t.oid = b.base)
  select type from bases where base = 0
$$;

create function pg_temp.pgadvisor_operators(type oid, out eq oid, out lt oid)
language sql stable set search_path = pg_catalog as $$
  with class as (
    select m.amname, c.opcfamily, c.opcintype,
           row_number() over (partition by m.amname
                              order by c.opcintype = t.oid desc, accepted.typispreferred desc) as preference
    from pg_type t, pg_opclass c
      join pg_am m on m.oid = c.opcmethod and m.amname in ('btree', 'hash')
      join pg_type accepted on accepted.oid = c.opcintype
    where t.oid = $1 and c.opcdefault and (
      c.opcintype = t.oid
      or accepted.typname = case when t.typcategory = 'A' then 'anyarray' when t.typtype = 'e' then 'anyenum'
                                 when t.typtype = 'r' then 'anyrange' when t.typtype = 'm' then 'anymultirange'
                                 when t.typtype = 'c' then 'record' end
         and accepted.typtype = 'p'
      or exists (select from pg_cast k where k.castsource = t.oid and k.casttarget = c.opcintype
                                         and k.castmethod = 'b' and k.castcontext = 'i'))),
  operator as (
    select c.amname, o.amopstrategy, o.amopopr
    from class c join pg_amop o on o.amopfamily = c.opcfamily and o.amoplefttype = c.opcintype
                               and o.amoprighttype = c.opcintype
    where c.preference = 1)
  select coalesce(max(amopopr) filter (where amname = 'btree' and amopstrategy = 3),
                  max(amopopr) filter (where amname = 'hash' and amopstrategy = 1), 0::oid),
         coalesce(max(amopopr) filter (where amname = 'btree' and amopstrategy = 1), 0::oid)
  from operator
$$;

create function pg_temp.pgadvisor_load_statistics(input json) returns setof text
language plpgsql set search_path = pg_catalog as $body$
declare
  s record;
  a record;
  element record;
begin
  for s in
    select * from json_to_recordset(input) as r(
      schema_name text, relation text, column_name text, inherited bool, null_fraction float4, average_width int4,
      n_distinct float4, most_common_values text, most_common_frequencies text, histogram_bounds text,
      correlation float4, most_common_elements text, most_common_element_frequencies text,
      element_count_histogram text, range_length_histogram text, range_empty_fraction float4,
      range_bounds_histogram text)
  loop
    begin
      -- The column of an expression index has the type its operator class stores; what was analysed is the input's.
      select c.oid as relation, t.attnum as number, t.attcollation as collation, v.oid as type, v.typtype as kind,
             o.eq, o.lt, v.typelem as element_type,
             case v.typtype when 'm' then (select rngtypid from pg_range where rngmultitypid = v.oid) else v.oid end
               as range_type
        into a
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute t on t.attrelid = c.oid and t.attname = s.column_name and not t.attisdropped
        left join pg_index i on i.indexrelid = c.oid
        left join pg_opclass k on k.oid = i.indclass[t.attnum - 1] and k.opckeytype <> 0
                              and k.opcintype not in (select oid from pg_type where typtype = 'p')
        join pg_type v on v.oid = pg_temp.pgadvisor_base_type(coalesce(k.opcintype, t.atttypid))
        cross join lateral pg_temp.pgadvisor_operators(v.oid) o
        where n.nspname = s.schema_name and c.relname = s.relation;
      if not found then
        if exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                   where n.nspname = s.schema_name and c.relname = s.relation) then
          return next format('statistics of %I.%I (%I): no such column in the twin', s.schema_name, s.relation,
                             s.column_name);
        end if;
        continue;
      end if;
      if s.most_common_values is not null and a.eq = 0 or s.histogram_bounds is not null and a.lt = 0 then
        raise exception 'type % has no default operators here', format_type(a.type, null);
      end if;
      -- A tsvector's elements are texts in the default collation, an array's are of its element type.
      if a.type = 'tsvector'::regtype then
        select 25::oid as type, 100::oid as collation, 98::oid as eq into element;
      else
        select e.type, a.collation as collation, o.eq into element
          from (select coalesce(pg_temp.pgadvisor_base_type(a.element_type), 0) as type) e
          cross join lateral pg_temp.pgadvisor_operators(e.type) o;
      end if;
      if a.kind in ('r', 'm') then
        if s.range_bounds_histogram is null and s.null_fraction < 1 then
          return next format('statistics of %I.%I (%I): pg_stats shows those of ranges from PostgreSQL 17 on, so '
                             'default estimates are used', s.schema_name, s.relation, s.column_name);
        end if;
        insert into pg_statistic values (
          a.relation, a.number, s.inherited, s.null_fraction, s.average_width, s.n_distinct,
          case when s.range_bounds_histogram is null then 0 else 7 end,
          case when s.range_length_histogram is null then 0 else 6 end, 0, 0, 0,
          0, case when s.range_length_histogram is null then 0 else 672 end, 0, 0, 0,
          0, 0, 0, 0, 0,
          null, array[s.range_empty_fraction], null, null, null,
          array_in(textout(s.range_bounds_histogram), a.range_type, -1),
          array_in(textout(s.range_length_histogram), 'float8'::regtype, -1), null, null, null);
        continue;
      end if;
      insert into pg_statistic values (
        a.relation, a.number, s.inherited, s.null_fraction, s.average_width, s.n_distinct,
        case when s.most_common_values is null then 0 else 1 end,
        case when s.histogram_bounds is null then 0 else 2 end,
        case when s.correlation is null then 0 else 3 end,
        case when s.most_common_elements is null then 0 else 4 end,
        case when s.element_count_histogram is null then 0 else 5 end,
        case when s.most_common_values is null then 0 else a.eq end,
        case when s.histogram_bounds is null then 0 else a.lt end,
        case when s.correlation is null then 0 else a.lt end,
        case when s.most_common_elements is null then 0 else element.eq end,
        case when s.element_count_histogram is null then 0 else element.eq end,
        case when s.most_common_values is null then 0 else a.collation end,
        case when s.histogram_bounds is null then 0 else a.collation end,
        case when s.correlation is null then 0 else a.collation end,
        case when s.most_common_elements is null then 0 else element.collation end,
        case when s.element_count_histogram is null then 0 else element.collation end,
        s.most_common_frequencies::float4[], null, array[s.correlation],
        s.most_common_element_frequencies::float4[], s.element_count_histogram::float4[],
        array_in(textout(s.most_common_values), a.type, -1), array_in(textout(s.histogram_bounds), a.type, -1), null,
        array_in(textout(s.most_common_elements), element.type, -1), null);
    exception when others then
      -- The server's own words may quote a value of the column: its SQLSTATE has to do.
      return next format('statistics of %I.%I (%I) cannot be read here (SQLSTATE %s)', s.schema_name, s.relation,
                         s.column_name, sqlstate);
    end;
  end loop;
end
$body$;
)SQL";

}  // namespace pgadvisor::sandbox
