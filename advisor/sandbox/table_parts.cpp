#include "advisor/sandbox/table_parts.hpp"

#include "collectors/sql/quote.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <map>
#include <tuple>

namespace pgadvisor::sandbox {
namespace {

using Kind = TablePart::Kind;

/// Kinds are numbered as in TablePart::Kind. Invalid indexes are none of the schema's: pg_dump has none
/// either.
constexpr const char* kQuery = R"SQL(
with t as (
  select c.oid, n.nspname, c.relname, c.relkind, c.relpersistence, c.reloptions, c.relpartbound
  from pg_catalog.json_to_recordset($1::pg_catalog.json) as w(schema text, name text)
  join pg_catalog.pg_namespace n on n.nspname = w.schema
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.name),
i as (
  select t.nspname, t.relname, c.oid, c.relname as index
  from t join pg_catalog.pg_index x on x.indrelid = t.oid join pg_catalog.pg_class c on c.oid = x.indexrelid
  where (x.indisvalid or t.relkind = 'p') and x.indisready)
select 0, nspname, relname, '', pg_catalog.concat_ws(' ', relkind, relpersistence, reloptions, pg_catalog.pg_get_partkeydef(oid)), null, false, false from t
union all
select 1, t.nspname, t.relname, h.inhparent::pg_catalog.regclass::text, pg_catalog.concat_ws(' ', h.inhseqno, pg_catalog.pg_get_expr(t.relpartbound, t.oid)), null, false, false
from t join pg_catalog.pg_inherits h on h.inhrelid = t.oid
union all
select 2, t.nspname, t.relname, a.attname, pg_catalog.concat_ws(' ', pg_catalog.format_type(a.atttypid, a.atttypmod),
         case when a.attcollation <> y.typcollation then 'COLLATE ' || a.attcollation::pg_catalog.regcollation::text end,
         case a.attgenerated when 's' then 'GENERATED ALWAYS AS (' || pg_catalog.pg_get_expr(d.adbin, d.adrelid) || ') STORED'
                             when 'v' then 'GENERATED ALWAYS AS (' || pg_catalog.pg_get_expr(d.adbin, d.adrelid) || ') VIRTUAL' end),
       case when a.attgenerated = '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end, a.attnotnull, a.attinhcount > 0
from t join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
join pg_catalog.pg_type y on y.oid = a.atttypid
left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
union all
select 3, nspname, relname, index, pg_catalog.pg_get_indexdef(oid), null, false, false
from i where not exists (select from pg_catalog.pg_constraint k where k.conindid = i.oid and k.contype in ('p', 'u', 'x'))
union all
select 4, i.nspname, i.relname, i.oid::pg_catalog.regclass::text, h.inhparent::pg_catalog.regclass::text, null, false, false
from i join pg_catalog.pg_inherits h on h.inhrelid = i.oid
union all
select 5, t.nspname, t.relname, k.conname, pg_catalog.pg_get_constraintdef(k.oid), null, false, k.coninhcount > 0
from t join pg_catalog.pg_constraint k on k.conrelid = t.oid and k.contype in ('c', 'p', 'u', 'x', 'f')
)SQL";

using Key = std::tuple<Kind, model::ObjectName, std::string>;
using PartsByKey = std::map<Key, const TablePart*>;

PartsByKey by_key(std::span<const TablePart> parts) {
  PartsByKey result;
  for (const TablePart& part : parts) result[{part.kind, part.table, part.name}] = &part;
  return result;
}

/// The statements by when their turn comes.
struct Script {
  enum Turn {
    kDropConstraints,
    kDropIndexes,
    kDropColumns,
    kAddColumns,
    kAlterColumns,
    kCreateIndexes,
    kAttachIndexes,
    kAddKeys,
    kAddConstraints,
    kTurns
  };
  std::vector<std::string> turns[kTurns];
  bool possible = true;

  std::vector<std::string> in_order() const {
    std::vector<std::string> all;
    for (const auto& turn : turns) all.insert(all.end(), turn.begin(), turn.end());
    return all;
  }
};

std::string alter(const TablePart& part, const std::string& action) {
  return fmt::format("ALTER TABLE {} {}", sql::quote_name(part.table), action);
}

std::string index_name(const TablePart& part) {
  return sql::quote_name({part.table.schema, part.name});
}

bool refers(const TablePart& constraint) {
  return constraint.definition.starts_with("FOREIGN KEY");
}

/// With a partitioned index those of its partitions go too, hence IF EXISTS.
void remove(const TablePart& part, Script& script) {
  if (part.inherited) return;
  const std::string name = sql::quote_identifier(part.name);
  switch (part.kind) {
    case Kind::kColumn:
      script.turns[Script::kDropColumns].push_back(alter(part, "DROP COLUMN " + name));
      break;
    case Kind::kIndex: {
      auto& drops = script.turns[Script::kDropIndexes];
      const bool partitioned = part.definition.find(" ON ONLY ") != std::string::npos;
      drops.insert(partitioned ? drops.begin() : drops.end(), "DROP INDEX IF EXISTS " + index_name(part));
      break;
    }
    case Kind::kConstraint: {
      auto& drops = script.turns[Script::kDropConstraints];
      drops.insert(refers(part) ? drops.begin() : drops.end(),
                   alter(part, "DROP CONSTRAINT IF EXISTS " + name));
      break;
    }
    case Kind::kAttachment:  // goes with its index
      break;
    default:
      script.possible = false;
  }
}

void add(const TablePart& part, Script& script) {
  if (part.inherited) return;
  const std::string name = sql::quote_identifier(part.name);
  switch (part.kind) {
    case Kind::kColumn: {
      const std::string value = part.default_value ? " DEFAULT " + *part.default_value : "";
      script.turns[Script::kAddColumns].push_back(
          alter(part, fmt::format("ADD COLUMN {} {}{}{}", name, part.definition, value,
                                  part.not_null ? " NOT NULL" : "")));
      break;
    }
    case Kind::kIndex:
      script.turns[Script::kCreateIndexes].push_back(part.definition);
      break;
    case Kind::kConstraint: {
      script.turns[refers(part) ? Script::kAddConstraints : Script::kAddKeys].push_back(
          alter(part, fmt::format("ADD CONSTRAINT {} {}", name, part.definition)));
      break;
    }
    case Kind::kAttachment:  // both names are regclass's, quoted
      script.turns[Script::kAttachIndexes].push_back(
          fmt::format("ALTER INDEX {} ATTACH PARTITION {}", part.definition, part.name));
      break;
    default:
      script.possible = false;
  }
}

void change_column(const TablePart& twin, const TablePart& production, Script& script) {
  const std::string column = "ALTER COLUMN " + sql::quote_identifier(production.name);
  auto& statements = script.turns[Script::kAlterColumns];
  if (twin.definition != production.definition && !production.inherited) {
    constexpr std::string_view kGenerated = "GENERATED ALWAYS";
    script.possible = script.possible && twin.definition.find(kGenerated) == std::string::npos &&
                      production.definition.find(kGenerated) == std::string::npos;
    statements.push_back(
        alter(production, fmt::format("{} TYPE {} USING NULL", column, production.definition)));
  }
  if (twin.default_value != production.default_value) {
    statements.push_back(alter(production, production.default_value ? fmt::format("{} SET DEFAULT {}", column,
                                                                                  *production.default_value)
                                                                    : column + " DROP DEFAULT"));
  }
  if (twin.not_null != production.not_null && !production.inherited)
    statements.push_back(
        alter(production, column + (production.not_null ? " SET NOT NULL" : " DROP NOT NULL")));
}

}  // namespace

model::Result<std::vector<TablePart>> read_table_parts(pg::BlockingConnection& connection,
                                                       std::span<const model::ObjectName> tables) {
  boost::json::array names;
  for (const auto& table : tables) names.push_back({{"schema", table.schema}, {"name", table.name}});
  const auto rows = connection.query(kQuery, {boost::json::serialize(names)});
  if (!rows) return rows.error();
  std::vector<TablePart> parts;
  for (int row = 0; row < rows->size(); ++row) {
    parts.push_back({static_cast<Kind>(rows->integer(row, 0)),
                     {rows->string(row, 1), rows->string(row, 2)},
                     rows->string(row, 3),
                     rows->string(row, 4),
                     rows->optional_string(row, 5),
                     rows->boolean(row, 6),
                     rows->boolean(row, 7)});
  }
  return parts;
}

bool same_parts(std::span<const TablePart> a, std::span<const TablePart> b) {
  return std::ranges::equal(by_key(a), by_key(b), [](const auto& one, const auto& other) {
    return one.first == other.first && *one.second == *other.second;
  });
}

std::optional<std::vector<std::string>> difference(std::span<const TablePart> twin,
                                                   std::span<const TablePart> production) {
  const PartsByKey ours = by_key(twin), theirs = by_key(production);
  Script script;
  for (const auto& [key, part] : ours) {
    if (!theirs.contains(key)) remove(*part, script);
  }
  for (const auto& [key, part] : theirs) {
    const auto own = ours.find(key);
    if (own == ours.end()) {
      add(*part, script);
    } else if (*own->second != *part && part->kind == Kind::kColumn) {
      change_column(*own->second, *part, script);
    } else if (*own->second != *part) {
      remove(*own->second, script);
      add(*part, script);
    }
  }
  if (!script.possible) return std::nullopt;
  return script.in_order();
}

}  // namespace pgadvisor::sandbox
