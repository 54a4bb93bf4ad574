#include "tests/bench/own_cost/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pgadvisor::bench {
namespace {

constexpr std::array<const char*, 9> kKeys{"a", "b", "c", "d", "e", "f", "g", "a, b", "b, c"};

/// Transactions of a hundred tables: their locks have to fit.
constexpr const char* kMake = R"sql(
CREATE PROCEDURE make_tables(tables int, keys text[]) LANGUAGE plpgsql AS $$
DECLARE name text; key text;
BEGIN
  FOR i IN 0 .. tables - 1 LOOP
    IF i % 100 = 0 THEN EXECUTE format('CREATE SCHEMA area_%s', i / 100); END IF;
    name := format('area_%s.table_%s', i / 100, i);
    EXECUTE format('CREATE TABLE %s (id int PRIMARY KEY, a int, b int, c int, d text, e text, f date, g numeric)', name);
    EXECUTE format('INSERT INTO %s SELECT i, i, i %% 7, i %% 13, ''d'' || i, ''e'' || i %% 5, date ''2024-01-01'' + i, i '
                   'FROM generate_series(1, 100) i', name);
    FOREACH key IN ARRAY keys LOOP EXECUTE format('CREATE INDEX ON %s (%s)', name, key); END LOOP;
    IF i % 100 = 99 THEN COMMIT; END IF;
  END LOOP;
END $$;
CREATE PROCEDURE use_tables(tables int) LANGUAGE plpgsql AS $$
DECLARE name text; condition text;
BEGIN
  SET LOCAL enable_seqscan = off;
  FOR i IN 0 .. tables - 1 LOOP
    name := format('area_%s.table_%s', i / 100, i);
    FOREACH condition IN ARRAY ARRAY['a = 1', 'd = ''d1''', 'g = 1', 'f = ''2024-01-02''', 'id = 3', 'b = 3'] LOOP
      EXECUTE format('SELECT FROM %s WHERE %s', name, condition);
    END LOOP;
    IF i % 100 = 99 THEN COMMIT; SET LOCAL enable_seqscan = off; END IF;
  END LOOP;
END $$;
CREATE PROCEDURE fill_statements(statements int, tables int) LANGUAGE plpgsql AS $$
BEGIN
  FOR i IN 0 .. statements - 1 LOOP
    EXECUTE format('SELECT id, a, b, c, d, e, f, g FROM area_%s.table_%s WHERE a > 1000 AND %s', i % tables / 100,
                   i % tables, rtrim(repeat('b <> 7 AND ', 1 + i / tables), 'AND '));
  END LOOP;
END $$
)sql";

}  // namespace

std::string make_large_catalog(testing::Cluster& cluster, const CatalogShape& shape) {
  const auto database = cluster.create_database();
  cluster.execute(kMake, database);
  std::string keys;
  for (int i = 0; i + 1 < std::min<int>(shape.indexes, kKeys.size() + 1); ++i) {
    keys += fmt::format("{}'{}'", keys.empty() ? "" : ",", kKeys.at(static_cast<std::size_t>(i)));
  }
  cluster.execute(fmt::format("CALL make_tables({}, ARRAY[{}]::text[])", shape.tables, keys), database);
  cluster.execute("ANALYZE", database);
  cluster.execute(fmt::format("CALL use_tables({})", shape.tables), database);
  cluster.execute("SELECT pg_stat_statements_reset()");
  cluster.execute("SET pg_stat_statements.track = 'all'; CALL fill_statements(" +
                      std::to_string(shape.statements) + ", " + std::to_string(shape.tables) + ")",
                  database);
  return database;
}

}  // namespace pgadvisor::bench
