#include "tests/bench/workloads/generator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>

namespace pgadvisor::bench {
namespace {

constexpr int kFacts = 5;
constexpr int kDimensions = 20;
constexpr int kKeysOfAFact = 8;
constexpr int kDimensionRows = 20000;

/// Distributions of the standard library differ between libraries; these do not.
class Chance {
 public:
  explicit Chance(std::uint32_t seed) : engine_(seed) {}
  int below(int limit) { return static_cast<int>(engine_() % static_cast<std::uint32_t>(limit)); }
  bool one_in(int times) { return below(times) == 0; }

 private:
  std::mt19937 engine_;
};

struct Table {
  std::string name;
  std::vector<int> parents;  ///< positions of the dimensions it refers to by its columns p0, p1, ...
};

/// Every dimension refers to two later ones, every fact to kKeysOfAFact of them.
std::vector<Table> tables_of(Chance& chance) {
  std::vector<Table> tables;
  for (int i = 0; i < kDimensions; ++i) {
    Table table{fmt::format("dimension_{}", i), {}};
    for (int next = i + 1; next < kDimensions && next <= i + 2; ++next) table.parents.push_back(next);
    tables.push_back(std::move(table));
  }
  for (int i = 0; i < kFacts; ++i) {
    Table table{fmt::format("fact_{}", i), {}};
    std::set<int> parents;
    while (static_cast<int>(parents.size()) < kKeysOfAFact) parents.insert(chance.below(kDimensions));
    table.parents.assign(parents.begin(), parents.end());
    tables.push_back(std::move(table));
  }
  return tables;
}

/// Columns: keys of many values, `code` of a thousand, `kind` of ten with one that is rare, a day and an
/// amount.
std::string table_sql(const Table& table, int rows) {
  std::string columns;
  std::string values;
  for (std::size_t i = 0; i < table.parents.size(); ++i) {
    columns += fmt::format(", p{} int NOT NULL", i);
    values += fmt::format(", 1 + (i * {}) % {}", 101 + 2 * i, kDimensionRows);
  }
  return fmt::format(
      "CREATE TABLE {0} (id int PRIMARY KEY{1}, code int, kind text, day date, amount numeric, note text);"
      "INSERT INTO {0} SELECT i{2}, (i * 31) % 1000, 'kind ' || CASE WHEN i % 500 = 0 THEN 9 ELSE i % 9 END, "
      "date '2024-01-01' + (i * 13) % 700, (i * 17) % 10000 / 7.0, repeat('n', 60) FROM generate_series(1, "
      "{3}) i;",
      table.name, columns, values, rows);
}

std::string filter(Chance& chance, const std::string& alias) {
  switch (chance.below(4)) {
    case 0:
      return fmt::format("{}.code = {}", alias, chance.below(1000));
    case 1:
      return fmt::format("{}.kind = 'kind {}'", alias, chance.below(10));
    case 2: {
      const int day = chance.below(600);
      return fmt::format("{0}.day BETWEEN date '2024-01-01' + {1} AND date '2024-01-01' + {2}", alias, day,
                         day + 1 + chance.below(60));
    }
    default:
      return fmt::format("{}.amount > {}", alias, chance.below(1400));
  }
}

/// Joins along foreign keys from one fact; each table once.
std::string joined_statement(Chance& chance, const std::vector<Table>& tables, int most_joined) {
  const int count = 1 + chance.below(most_joined);
  std::vector<int> joined{kDimensions + chance.below(kFacts)};
  std::string from = tables[static_cast<std::size_t>(joined.front())].name + " t0";
  for (int attempt = 0; static_cast<int>(joined.size()) < count && attempt < 100; ++attempt) {
    const int child = chance.below(static_cast<int>(joined.size()));
    const auto& parents = tables[static_cast<std::size_t>(joined[static_cast<std::size_t>(child)])].parents;
    if (parents.empty()) continue;
    const int key = chance.below(static_cast<int>(parents.size()));
    const int parent = parents[static_cast<std::size_t>(key)];
    if (std::ranges::find(joined, parent) != joined.end()) continue;
    from += fmt::format(" JOIN {0} t{1} ON t{1}.id = t{2}.p{3}",
                        tables[static_cast<std::size_t>(parent)].name, joined.size(), child, key);
    joined.push_back(parent);
  }
  std::string where;
  for (std::size_t i = 0; i < joined.size(); ++i) {
    if (i == 0 || chance.one_in(3)) {
      where += (where.empty() ? "" : " AND ") + filter(chance, fmt::format("t{}", i));
    }
  }
  const auto last = fmt::format("t{}", joined.size() - 1);
  if (chance.one_in(3)) {
    return fmt::format("SELECT t0.id, {0}.code, t0.amount FROM {1} WHERE {2} ORDER BY t0.day DESC LIMIT {3}",
                       last, from, where, 10 + chance.below(90));
  }
  return fmt::format("SELECT {0}.kind, count(*), sum(t0.amount) FROM {1} WHERE {2} GROUP BY {0}.kind", last,
                     from, where);
}

constexpr std::array kColumns{"account", "code", "kind", "day", "amount", "owner"};

std::string comparison(Chance& chance, const std::string& column) {
  if (column == "kind") return fmt::format("kind = 'kind {}'", chance.below(9));
  if (column == "day") return fmt::format("day > date '2024-01-01' + {}", 680 + chance.below(15));
  if (column == "amount") return fmt::format("amount < {}", chance.below(5));
  return fmt::format("{} = {}", column, chance.below(300));
}

/// The position is in the text, so that no two are one statement without their literals.
std::string short_statement(Chance& chance, int position, int tables) {
  const int table = position % tables;
  const int shape = position / tables;
  const std::string first = kColumns[static_cast<std::size_t>(shape % 6)];
  const std::string second = kColumns[static_cast<std::size_t>((shape % 6 + 1 + shape / 6) % 6)];
  const auto where =
      comparison(chance, first) + (first == second ? "" : " AND " + comparison(chance, second));
  const auto alias = fmt::format("AS c{}", shape);
  if (chance.one_in(8)) {
    return fmt::format(
        "SELECT count(*) {0} FROM data_{1} JOIN data_{2} other ON other.id = data_{1}.account WHERE "
        "data_{1}.{3}",
        alias, table, (table + 1) % tables, comparison(chance, first));
  }
  if (chance.one_in(3)) {
    return fmt::format("SELECT id {}, amount FROM data_{} WHERE {} ORDER BY day DESC LIMIT 20", alias, table,
                       where);
  }
  return fmt::format("SELECT id {}, note FROM data_{} WHERE {}", alias, table, where);
}

}  // namespace

Generated joined_tables(std::uint32_t seed, int statements, int most_joined, int rows) {
  Chance chance(seed);
  Generated result;
  const auto tables = tables_of(chance);
  for (const auto& table : tables) {
    result.schema += table_sql(table, table.name.starts_with("fact") ? rows : kDimensionRows);
  }
  for (int i = 0; i < statements; ++i)
    result.statements.push_back(joined_statement(chance, tables, most_joined));
  return result;
}

Generated many_tables(std::uint32_t seed, int statements, int tables, int rows) {
  Chance chance(seed);
  Generated result;
  for (int i = 0; i < tables; ++i) {
    result.schema += fmt::format(
        "CREATE TABLE data_{0} (id int PRIMARY KEY, account int, code int, kind text, day date, amount "
        "numeric, owner int, "
        "note text);"
        "INSERT INTO data_{0} SELECT i, (i * 7919) % {1}, (i * 31) % 1000, 'kind ' || i % 9, "
        "date '2024-01-01' + i % 700, (i * 17) % 10000 / 7.0, i % 300, repeat('n', 500) FROM "
        "generate_series(1, {1}) i;",
        i, rows);
  }
  for (int i = 0; i < statements; ++i) result.statements.push_back(short_statement(chance, i, tables));
  return result;
}

}  // namespace pgadvisor::bench
