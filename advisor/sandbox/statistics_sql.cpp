#include "advisor/sandbox/statistics_sql.hpp"

namespace pgadvisor::sandbox {

// The module's functions turn pg_stats' text form back into what pg_statistic holds. The values were checked
// and rounded when they were stored: they are read without typmod, and as the base type of a domain.
const char* const kCreateStatisticsLoader = R"SQL(
-- The row of pg_statistic for what s holds (keys: model::ColumnStatistics), of values of this type.
create or replace function pg_temp.pgadvisor_statistic(relation oid, number int2, type oid, collating oid, input json)
returns pg_catalog.pg_statistic
language plpgsql set search_path = pg_catalog as $body$
declare
  s record;
  a record;
  element record;
  operators oid[] := pgadvisor_sandbox.type_operators(type);
begin
  select * into s from json_to_record(input) as r(
    inherited bool, null_fraction float4, average_width int4, n_distinct float4, most_common_values text,
    most_common_frequencies text, histogram_bounds text, correlation float4, most_common_elements text,
    most_common_element_frequencies text, element_count_histogram text, range_length_histogram text,
    range_empty_fraction float4, range_bounds_histogram text, ends text);
  select v.oid, v.typtype as kind, v.typelem as element_type, operators[2] as eq, operators[3] as lt,
         case v.typtype when 'm' then (select rngtypid from pg_range where rngmultitypid = v.oid) else v.oid end as range_type
    into a from pg_type v where v.oid = operators[1];
  if s.most_common_values is not null and a.eq = 0 or s.histogram_bounds is not null and a.lt = 0 then
    raise exception 'type % has no default operators here', format_type(a.oid, null);
  end if;
  if a.kind in ('r', 'm') then
    return pgadvisor_sandbox.statistic(
      relation, number, s.inherited, s.null_fraction, s.average_width, s.n_distinct,
      array[case when s.range_bounds_histogram is null then 0 else 7 end,
            case when s.range_empty_fraction is null then 0 else 6 end, 0, 0, 0]::int2[],
      array[0, case when s.range_empty_fraction is null then 0 else 672 end, 0, 0, 0]::oid[],
      array[0, 0, 0, 0, 0]::oid[],
      array[null, '{' || s.range_empty_fraction || '}', null, null, null],
      array[a.range_type, 'float8'::regtype, 0, 0, 0]::oid[],
      array[s.range_bounds_histogram, s.range_length_histogram, null, null, null]);
  end if;
  -- A tsvector's elements are texts in the default collation, an array's are of its element type.
  if a.oid = 'tsvector'::regtype then
    select 25::oid as type, 100::oid as collating, 98::oid as eq into element;
  elsif a.element_type <> 0 then
    operators := pgadvisor_sandbox.type_operators(a.element_type);
    select operators[1] as type, pgadvisor_statistic.collating as collating, operators[2] as eq into element;
  else
    select 0::oid as type, 0::oid as collating, 0::oid as eq into element;
  end if;
  -- Five slots there are: an array's are all taken. The last kind is PGA_STATISTIC_KIND_ENDS of the module.
  return (
    select pgadvisor_sandbox.statistic(
      relation, number, s.inherited, s.null_fraction, s.average_width, s.n_distinct,
      array_agg(case when slot.used then slot.kind else 0 end order by slot.kind)::int2[],
      array_agg(case when slot.used then slot.operator else 0 end order by slot.kind)::oid[],
      array_agg(case when slot.used then slot.collating else 0 end order by slot.kind)::oid[],
      array_agg(slot.numbers order by slot.kind), array_agg(slot.type order by slot.kind)::oid[],
      array_agg(slot.contents order by slot.kind))
    from (select * from (values
      (1, s.most_common_values is not null, a.eq, pgadvisor_statistic.collating, s.most_common_frequencies, a.oid,
       s.most_common_values),
      (2, s.histogram_bounds is not null, a.lt, pgadvisor_statistic.collating, null, a.oid, s.histogram_bounds),
      (3, s.correlation is not null, a.lt, pgadvisor_statistic.collating, '{' || s.correlation || '}', 0::oid, null),
      (4, s.most_common_elements is not null, element.eq, element.collating, s.most_common_element_frequencies,
       element.type, s.most_common_elements),
      (5, s.element_count_histogram is not null, element.eq, element.collating, s.element_count_histogram, 0::oid,
       null),
      (17432, s.ends is not null, a.lt, pgadvisor_statistic.collating, null, a.oid, s.ends))
        every(kind, used, operator, collating, numbers, type, contents)
      order by used desc, kind limit 5) slot);
end
$body$;

create or replace function pg_temp.pgadvisor_load_statistics(input json) returns setof text
language plpgsql set search_path = pg_catalog as $body$
declare
  s record;
  a record;
begin
  for s in
    select e.value as row, r.* from json_array_elements(input) e
    cross join lateral json_to_record(e.value) as r(schema_name text, relation text, column_name text, inherited bool)
  loop
    begin
      -- The column of an expression index has the type its operator class stores; what was analysed is the input's.
      select c.oid as relation, t.attnum as number, t.attcollation as collating,
             coalesce(k.opcintype, t.atttypid) as type
        into a
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute t on t.attrelid = c.oid and t.attname = s.column_name and not t.attisdropped
        left join pg_index i on i.indexrelid = c.oid
        left join pg_opclass k on k.oid = i.indclass[t.attnum - 1] and k.opckeytype <> 0
                              and k.opcintype not in (select oid from pg_type where typtype = 'p')
        where n.nspname = s.schema_name and c.relname = s.relation;
      if not found then
        if exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                   where n.nspname = s.schema_name and c.relname = s.relation) then
          return next format('statistics of %I.%I (%I): no such column in the twin', s.schema_name, s.relation,
                             s.column_name);
        end if;
        continue;
      end if;
      delete from pg_statistic
        where starelid = a.relation and staattnum = a.number and stainherit = s.inherited;
      insert into pg_statistic
        select r.* from pg_temp.pgadvisor_statistic(a.relation, a.number, a.type, a.collating, s.row) r;
    exception when others then
      -- The server's own words may quote a value of the column: its SQLSTATE has to do.
      return next format('statistics of %I.%I (%I) cannot be read here (SQLSTATE %s)', s.schema_name, s.relation,
                         s.column_name, sqlstate);
    end;
  end loop;
end
$body$;

-- "1, 3" or "1 => 3", columns of production, as the twin numbers them; expressions are negative in both.
create or replace function pg_temp.pgadvisor_attributes(key text, theirs int2[], ours int2[]) returns int2[]
language sql immutable set search_path = pg_catalog as $$
  select array_agg(case when m.number[1]::int2 < 0 then m.number[1]::int2
                        else ours[array_position(theirs, m.number[1]::int2)] end order by m.position)
  from regexp_matches(key, '-?[0-9]+', 'g') with ordinality m(number, position)
$$;

-- What pg_ndistinct and pg_dependencies are made from: the attributes of one combination after the other, how many each
-- has, and its value. No row where there is none.
create or replace function pg_temp.pgadvisor_combinations(input json, theirs int2[], ours int2[],
  out attributes int2[], out lengths int4[], out numbers float8[]) returns setof record
language sql stable set search_path = pg_catalog as $$
  select array_agg(u.number order by e.position, u.position),
         array(select cardinality(pg_temp.pgadvisor_attributes(key, theirs, ours)) from json_each_text(input)),
         array(select value::float8 from json_each_text(input))
  from json_each_text(input) with ordinality e(key, value, position)
  cross join lateral unnest(pg_temp.pgadvisor_attributes(e.key, theirs, ours)) with ordinality u(number, position)
  having count(*) > 0
$$;

create or replace function pg_temp.pgadvisor_load_extended_statistics(input json) returns setof text
language plpgsql set search_path = pg_catalog as $body$
declare
  s record;
  a record;
  distincts pg_ndistinct;
  depending pg_dependencies;
  common pg_mcv_list;
  expressions pg_catalog.pg_statistic[];
begin
  for s in
    select * from json_to_recordset(input) as r(
      schema_name text, name text, inherited bool, columns text, n_distinct json, dependencies json,
      most_common_values text, most_common_nulls text, most_common_frequencies text,
      most_common_base_frequencies text, expressions json)
  loop
    begin
      select x.oid, string_to_array(s.columns, ' ')::int2[] as theirs,
             string_to_array(x.stxkeys::text, ' ')::int2[] as ours,
             pgadvisor_sandbox.expression_types(x.oid) as expression_types,
             array(select t.atttypid from unnest(x.stxkeys::int2[]) with ordinality k(number, position)
                   join pg_attribute t on t.attrelid = x.stxrelid and t.attnum = k.number order by k.position) as types,
             array(select t.attcollation from unnest(x.stxkeys::int2[]) with ordinality k(number, position)
                   join pg_attribute t on t.attrelid = x.stxrelid and t.attnum = k.number order by k.position) as collations
        into a
        from pg_statistic_ext x join pg_namespace n on n.oid = x.stxnamespace
        where n.nspname = s.schema_name and x.stxname = s.name;
      if not found then
        continue;
      end if;
      if cardinality(a.theirs) <> cardinality(a.ours) then
        raise exception 'the statistics object has other columns here';
      end if;
      select pgadvisor_sandbox.ndistinct(c.attributes, c.lengths, c.numbers) into distincts
        from pg_temp.pgadvisor_combinations(s.n_distinct, a.theirs, a.ours) c;
      select pgadvisor_sandbox.dependencies(c.attributes, c.lengths, c.numbers) into depending
        from pg_temp.pgadvisor_combinations(s.dependencies, a.theirs, a.ours) c;
      common := pgadvisor_sandbox.mcv_list(
        a.types || array(select t from unnest(a.expression_types) with ordinality e(t, i) where i % 2 = 1 order by i),
        a.collations || array(select t from unnest(a.expression_types) with ordinality e(t, i) where i % 2 = 0 order by i),
        s.most_common_values::text[], s.most_common_nulls::bool[], s.most_common_frequencies::float8[],
        s.most_common_base_frequencies::float8[]);
      expressions := array(
        select case when json_typeof(e.value) <> 'null' then
                 pg_temp.pgadvisor_statistic(0, 0::int2, a.expression_types[e.position * 2 - 1],
                                             a.expression_types[e.position * 2], e.value) end
        from json_array_elements(s.expressions) with ordinality e(value, position) order by e.position);
      if current_setting('server_version_num')::int >= 150000 then
        delete from pg_statistic_ext_data where stxoid = a.oid and stxdinherit = s.inherited;
        insert into pg_statistic_ext_data (stxoid, stxdinherit, stxdndistinct, stxddependencies, stxdmcv, stxdexpr)
          values (a.oid, s.inherited, distincts, depending, common,
                  case when cardinality(expressions) > 0 then expressions end);
      elsif current_setting('server_version_num')::int >= 140000 then
        update pg_statistic_ext_data set stxdndistinct = distincts, stxddependencies = depending, stxdmcv = common,
          stxdexpr = case when cardinality(expressions) > 0 then expressions end where stxoid = a.oid;
      else
        update pg_statistic_ext_data set stxdndistinct = distincts, stxddependencies = depending, stxdmcv = common
          where stxoid = a.oid;
      end if;
    exception when others then
      return next format('values of the statistics object %I.%I cannot be read here (SQLSTATE %s)', s.schema_name,
                         s.name, sqlstate);
    end;
  end loop;
end
$body$;
)SQL";

}  // namespace pgadvisor::sandbox
