// Random sets of indexes on a table, and by brute force: whatever an index that we call redundant can do, the
// keeper can do. PostgreSQL's planner and its executor are the judges. PGADVISOR_GENERATOR_ROUNDS asks for
// more sets, PGADVISOR_GENERATOR_SEED for others.
#include "advisor/index_health/redundancy.hpp"
#include "advisor/sandbox/database.hpp"
#include "advisor/sandbox/installation.hpp"
#include "collectors/pg/blocking_connection.hpp"
#include "daemon/observe.hpp"
#include "tests/support/cluster.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace pgadvisor::index_health {
namespace {

namespace json = boost::json;
using testing::Cluster;

struct KeySpec {
  std::string expression;  ///< "a", "(a + 1)"
  std::string value;       ///< something to compare it with
  std::string collation;   ///< " COLLATE ..." or nothing
  std::string operators;   ///< operator class, or nothing
  std::string compare = "=";
  bool descending = false;
  bool nulls_first = false;
};

struct IndexSpec {
  std::string name;
  std::string method = "btree";
  std::vector<KeySpec> keys;
  std::vector<std::string> include;
  std::string predicate;
  bool unique = false;
  bool nulls_not_distinct = false;
  bool constraint = false;
  std::string ddl;
};

std::string order_of(const KeySpec& key, bool inverted) {
  const bool descending = key.descending != inverted;
  const bool nulls_first = key.nulls_first != inverted;
  const std::string direction = key.operators == "text_pattern_ops" ? (descending ? "USING ~>~" : "USING ~<~")
                                                                    : (descending ? "DESC" : "ASC");
  return fmt::format("{}{} {} NULLS {}", key.expression, key.collation, direction,
                     nulls_first ? "FIRST" : "LAST");
}

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::vector<IndexSpec> indexes(std::size_t count) {
    std::vector<IndexSpec> specs;
    for (std::size_t i = 0; i < count; ++i) {
      auto name = fmt::format("ix_{}", i);
      specs.push_back(i > 0 && chance(50) ? variant(pick(specs), std::move(name)) : index(std::move(name)));
    }
    return specs;
  }

  bool chance(int percent) { return std::uniform_int_distribution<>(1, 100)(random_) <= percent; }

 private:
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[std::uniform_int_distribution<std::size_t>(0, from.size() - 1)(random_)];
  }

  KeySpec btree_key() {
    static const std::vector<KeySpec> kKeys{{"a", "7", "", ""},           {"a", "7", "", ""},
                                            {"b", "7", "", ""},           {"b", "7", "", ""},
                                            {"c", "7", "", ""},           {"s", "'v7'", "", ""},
                                            {"t", "'v7'", "", ""},        {"(a + 1)", "7", "", ""},
                                            {"lower(s)", "'v7'", "", ""}, {"(a * b)", "7", "", ""}};
    KeySpec key = pick(kKeys);
    const bool text = key.value.front() == '\'';
    if (text && chance(25)) key.collation = " COLLATE \"C\"";
    if (text && chance(25)) key.operators = "text_pattern_ops";
    key.descending = chance(25);
    key.nulls_first = chance(20) != key.descending;
    return key;
  }

  KeySpec other_key(const std::string& method) {
    if (method == "gin")
      return pick(std::vector<KeySpec>{{"x", "'{7}'", "", "", "@>"}, {"y", "'{7}'", "", "", "@>"}});
    if (method == "gist")
      return pick(std::vector<KeySpec>{{"p", "'[7,8)'", "", "", "&&"}, {"q", "'[7,8)'", "", "", "&&"}});
    return pick(std::vector<KeySpec>{{"a", "7", "", ""}, {"b", "7", "", ""}, {"c", "7", "", ""}});
  }

  IndexSpec index(std::string name) {
    static const std::vector<std::string> kPredicates{"b > 5", "c IS NOT NULL", "b > 5 AND c IS NOT NULL",
                                                      "c IS NOT NULL AND b > 5", "b > 50"};
    IndexSpec spec;
    spec.name = std::move(name);
    spec.method = chance(76) ? "btree" : pick(std::vector<std::string>{"hash", "gin", "brin", "gist"});
    const int most = spec.method == "hash" ? 1 : spec.method == "btree" ? 3 : 2;
    const auto keys = std::uniform_int_distribution<>(1, most)(random_);
    for (int i = 0; i < keys; ++i) {
      spec.keys.push_back(spec.method == "btree" ? btree_key() : other_key(spec.method));
      for (int j = 0; j < i; ++j) {
        if (spec.keys[static_cast<std::size_t>(j)].expression == spec.keys.back().expression)
          spec.keys.pop_back(), j = i;
      }
    }
    if (chance(20)) spec.predicate = pick(kPredicates);
    if (spec.method != "btree") return with_ddl(std::move(spec));
    if (chance(25)) spec.include = {pick(std::vector<std::string>{"b", "c", "t"})};
    if (chance(15)) spec.include.push_back("u");
    spec.unique = chance(25);
    spec.nulls_not_distinct = spec.unique && chance(25);
    spec.constraint = spec.unique && spec.predicate.empty() && chance(20) && plain(spec);
    return with_ddl(std::move(spec));
  }

  /// One that differs in one thing: what has to be told apart.
  IndexSpec variant(IndexSpec spec, std::string name) {
    spec.name = std::move(name);
    auto& key = spec.keys[std::uniform_int_distribution<std::size_t>(0, spec.keys.size() - 1)(random_)];
    const bool btree = spec.method == "btree";
    switch (std::uniform_int_distribution<>(0, 9)(random_)) {
      case 0:
        if (btree) key.descending = !key.descending;
        break;
      case 1:
        if (btree) key.nulls_first = !key.nulls_first;
        break;
      case 2:
        if (key.value.front() == '\'' && btree) key.collation = key.collation.empty() ? " COLLATE \"C\"" : "";
        break;
      case 3:
        if (key.value.front() == '\'' && btree)
          key.operators = key.operators.empty() ? "text_pattern_ops" : "";
        break;
      case 4:
        if (btree) spec.unique = !spec.unique;
        break;
      case 5:
        spec.unique = btree;
        spec.nulls_not_distinct = btree && !spec.nulls_not_distinct;
        break;
      case 6:
        if (spec.keys.size() > 1) spec.keys.pop_back();
        break;
      case 7:
        spec.predicate = spec.predicate.empty() ? "b > 5" : "";
        break;
      case 8:
        spec.include =
            btree && spec.include.empty() ? std::vector<std::string>{"u"} : std::vector<std::string>{};
        break;
      default:  // every direction the other way round, or a twin
        for (auto& each : spec.keys) {
          each.descending = btree && !each.descending;
          each.nulls_first = btree && !each.nulls_first;
        }
    }
    spec.nulls_not_distinct = spec.nulls_not_distinct && spec.unique;
    spec.constraint = false;
    return with_ddl(std::move(spec));
  }

  /// What ALTER TABLE ... ADD UNIQUE can say.
  static bool plain(const IndexSpec& spec) {
    return std::ranges::all_of(spec.keys, [](const KeySpec& key) {
      return key.expression.size() == 1 && key.collation.empty() && key.operators.empty() &&
             !key.descending && !key.nulls_first;
    });
  }

  static IndexSpec with_ddl(IndexSpec spec) {
    std::vector<std::string> keys;
    for (const auto& key : spec.keys) {
      std::string text = fmt::format("{}{} {}", key.expression, key.collation, key.operators);
      if (spec.method == "btree")
        text +=
            fmt::format(" {} NULLS {}", key.descending ? "DESC" : "ASC", key.nulls_first ? "FIRST" : "LAST");
      keys.push_back(spec.constraint ? key.expression : text);
    }
    const auto include =
        spec.include.empty() ? std::string() : fmt::format(" INCLUDE ({})", fmt::join(spec.include, ", "));
    const char* nulls = spec.nulls_not_distinct ? "NULLS NOT DISTINCT" : "";
    if (spec.constraint) {
      spec.ddl = fmt::format("ALTER TABLE g ADD CONSTRAINT {} UNIQUE {} ({}){}", spec.name, nulls,
                             fmt::join(keys, ", "), include);
    } else {
      spec.ddl = fmt::format("CREATE {} INDEX {} ON g USING {} ({}){} {}{}", spec.unique ? "UNIQUE" : "",
                             spec.name, spec.method, fmt::join(keys, ", "), include, nulls,
                             spec.predicate.empty() ? "" : " WHERE " + spec.predicate);
    }
    return spec;
  }

  std::mt19937 random_;
};

/// What a plan says of how it reads the table.
struct PlanFacts {
  std::string text;
  bool sorts = false;
  bool filters = false;
  bool index_only = false;
  bool reads_index = false;
};

void add_facts(const json::object& node, PlanFacts& facts) {
  const auto type = std::string(node.at("Node Type").as_string());
  facts.sorts |= type.find("Sort") != std::string::npos;
  facts.filters |= node.contains("Filter");
  facts.index_only |= type == "Index Only Scan";
  facts.reads_index |= node.contains("Index Name");
  if (!node.contains("Plans")) return;
  for (const auto& child : node.at("Plans").as_array()) add_facts(child.as_object(), facts);
}

/// One table, its random indexes, and the planner's module in its database.
class Trial {
 public:
  Trial(pg::BlockingConnection& connection, sandbox::Database& planner, const std::string& database)
      : connection_(connection), planner_(planner), database_(database) {}

  /// Answers how many indexes are redundant.
  int run(Generator& generator) {
    create(generator);
    const auto observation =
        daemon::observe(Cluster::shared().dsn(database_), {}, daemon::WithActivity::kNo).value();
    const Catalog catalog(observation.snapshot);
    const auto redundancy = find_redundant(catalog);
    for (const auto& subject : catalog.subjects()) ids_.push_back(subject.index->oid);
    int found = 0;
    for (const auto& [oid, redundant] : redundancy.redundant) {
      EXPECT_FALSE(redundancy.redundant.contains(redundant.keeper->oid)) << redundant.keeper->name.name;
      if (redundant.by_keeper.replaces != Replaces::kFully) continue;
      ++found;
      check(specs_.at(catalog.index(oid)->name.name), oid, specs_.at(redundant.keeper->name.name),
            redundant.keeper->oid);
    }
    expect_twins_found(catalog, redundancy);
    return found;
  }

 private:
  void create(Generator& generator) {
    // Equal values enough for duplicates to be refused, and unique ones in `a`.
    must(
        "DROP TABLE IF EXISTS g CASCADE; CREATE TABLE g(a int, b int, c int, s text, t text, u int, x int[], "
        "y int[], "
        "p int4range, q int4range); INSERT INTO g SELECT i, i % 40, CASE WHEN i % 9 > 0 THEN i % 30 END, 'v' "
        "|| i, "
        "'v' || i % 50, i, ARRAY[i % 30], ARRAY[i % 20], int4range(i, i + 3), int4range(i, i + 5) "
        "FROM generate_series(1, 600) i");
    for (auto& spec : generator.indexes(14)) {
      if (connection_.execute(spec.ddl)) specs_.emplace(spec.name, spec);  // a unique one may meet duplicates
    }
    must("VACUUM ANALYZE g");
  }

  void must(const std::string& sql) {
    const auto done = connection_.execute(sql);
    ASSERT_TRUE(done) << sql << ": " << to_string(done.error());
  }

  /// The plan when the table has this index and no other.
  PlanFacts plan_with(model::Oid only, const std::string& query) {
    auto others = ids_;
    std::erase(others, only);
    EXPECT_TRUE(planner_.hide(others));
    const auto statement = planner_.prepare(query);
    if (!statement) {
      ADD_FAILURE() << query << ": " << to_string(statement.error());
      return {};
    }
    PlanFacts facts;
    facts.text = planner_.explain(*statement, {}).value();
    add_facts(json::parse(facts.text).as_array()[0].at("Plan").as_object(), facts);
    EXPECT_TRUE(planner_.release(*statement));
    return facts;
  }

  void check(const IndexSpec& dropped, model::Oid dropped_id, const IndexSpec& kept, model::Oid kept_id) {
    SCOPED_TRACE(dropped.ddl + "\nkeeper: " + kept.ddl);
    for (const auto& query : lookups(dropped)) {
      const auto own = plan_with(dropped_id, query);
      const auto other = plan_with(kept_id, query);
      EXPECT_TRUE(!own.reads_index || other.reads_index) << query << "\n" << other.text;
      EXPECT_TRUE(own.filters || !other.filters) << query << "\n" << other.text;
      EXPECT_TRUE(!own.index_only || other.index_only) << query << "\n" << other.text;
    }
    for (const auto& query : orders(dropped)) {
      const auto own = plan_with(dropped_id, query);
      const auto other = plan_with(kept_id, query);
      EXPECT_TRUE(own.sorts || !other.sorts) << query << "\n" << other.text;
    }
    if (dropped.unique) check_uniqueness(dropped, kept);
  }

  static std::string where(const IndexSpec& spec, std::vector<std::string> conditions) {
    if (!spec.predicate.empty()) conditions.push_back(spec.predicate);
    return conditions.empty() ? std::string() : fmt::format(" WHERE {}", fmt::join(conditions, " AND "));
  }

  /// By each prefix of the keys (of those that look keys up one by one, by each): equality, a range, nulls;
  /// for all rows, and for the columns that the index holds.
  static std::vector<std::string> lookups(const IndexSpec& spec) {
    std::vector<std::string> queries;
    std::vector<std::string> equal;
    std::vector<std::string> columns = spec.include;
    for (const auto& key : spec.keys)
      if (key.expression.size() == 1) columns.push_back(key.expression);
    const auto add = [&](const std::vector<std::string>& conditions) {
      queries.push_back("SELECT * FROM g" + where(spec, conditions));
      if (!columns.empty())
        queries.push_back(
            fmt::format("SELECT {} FROM g{}", fmt::join(columns, ", "), where(spec, conditions)));
    };
    for (const auto& key : spec.keys) {
      const auto side = key.expression + key.collation;
      if (spec.method == "gin" || spec.method == "brin") equal.clear();
      if (spec.method == "btree") {
        auto range = equal;
        range.push_back(fmt::format("{} {} {}", side, key.operators.empty() ? ">=" : "~>=~", key.value));
        add(range);
        auto nulls = equal;
        nulls.push_back(key.expression + " IS NULL");
        add(nulls);
      }
      equal.push_back(fmt::format("{} {} {}", side, key.compare, key.value));
      add(equal);
    }
    return queries;
  }

  static std::vector<std::string> orders(const IndexSpec& spec) {
    std::vector<std::string> queries;
    if (spec.method != "btree") return queries;
    for (const bool inverted : {false, true}) {
      std::vector<std::string> keys;
      for (const auto& key : spec.keys) {
        keys.push_back(order_of(key, inverted));
        queries.push_back(
            fmt::format("SELECT u FROM g{} ORDER BY {}", where(spec, {}), fmt::join(keys, ", ")));
      }
    }
    return queries;
  }

  /// What the index refuses, the keeper by itself refuses too: a row that is there already, two rows of
  /// nulls, and one that has the values of the index's own columns only.
  void check_uniqueness(const IndexSpec& dropped, const IndexSpec& kept) {
    const auto predicate = dropped.predicate.empty() ? "true" : dropped.predicate;
    std::string columns;
    for (const auto& key : dropped.keys)
      if (key.expression.size() == 1) columns += (columns.empty() ? "" : ", ") + key.expression;
    std::vector<std::string> inserts{fmt::format("INSERT INTO g SELECT * FROM g WHERE {} LIMIT 1", predicate),
                                     "INSERT INTO g(u) VALUES (1), (1)"};
    if (!columns.empty())
      inserts.push_back(
          fmt::format("INSERT INTO g({0}) SELECT {0} FROM g WHERE {1} LIMIT 1", columns, predicate));
    for (const auto& insert : inserts)
      EXPECT_TRUE(accepts(dropped.name, insert) || !accepts(kept.name, insert)) << insert;
  }

  /// Whether the table takes the rows when this is its only unique index. Leaves nothing behind.
  bool accepts(const std::string& only, const std::string& insert) {
    must("BEGIN");
    for (const auto& [name, spec] : specs_) {
      if (name == only || !spec.unique) continue;
      must(spec.constraint ? "ALTER TABLE g DROP CONSTRAINT " + name : "DROP INDEX " + name);
    }
    const bool accepted = connection_.execute(insert).has_value();
    must("ROLLBACK");
    return accepted;
  }

  /// Of two that are defined by the same words one is spoken of.
  void expect_twins_found(const Catalog& catalog, const Redundancy& redundancy) {
    std::map<std::string, std::vector<std::string>> by_words;
    for (const auto& [name, spec] : specs_) {
      if (!spec.constraint)
        by_words[spec.ddl.substr(spec.ddl.find(" ON g")) + (spec.unique ? "u" : "")].push_back(name);
    }
    for (const auto& [words, names] : by_words) {
      std::size_t spoken_of = 0;
      for (const auto& subject : catalog.subjects()) {
        if (std::ranges::find(names, subject.index->name.name) != names.end())
          spoken_of += redundancy.redundant.count(subject.index->oid);
      }
      EXPECT_GE(spoken_of + 1, names.size()) << words;
    }
  }

  pg::BlockingConnection& connection_;
  sandbox::Database& planner_;
  const std::string& database_;
  std::map<std::string, IndexSpec> specs_;
  std::vector<model::Oid> ids_;
};

int number_from(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::atoi(text) : otherwise;
}

TEST(RandomIndexes, LoseNothingToTheirKeepers) {
  auto& cluster = Cluster::shared();
  const auto database = cluster.create_database();
  // The planner takes whatever index there is.
  cluster.execute(
      fmt::format("ALTER DATABASE {0} SET enable_seqscan = off; ALTER DATABASE {0} SET enable_sort = off; "
                  "ALTER DATABASE {0} SET enable_incremental_sort = off",
                  database));
  auto connection = pg::BlockingConnection::connect(cluster.dsn(database), "test").value();
  const auto module =
      sandbox::module_path(std::filesystem::path(PGADVISOR_BINARY_DIR) / "lib", testing::tested_major());
  auto planner = sandbox::Database::attach(
                     pg::BlockingConnection::connect(cluster.dsn(database), "sandbox").value(), module)
                     .value();
  const int rounds = number_from("PGADVISOR_GENERATOR_ROUNDS", 40);
  Generator generator(static_cast<unsigned>(number_from("PGADVISOR_GENERATOR_SEED", 1)));
  int found = 0;
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE(fmt::format("round {}", round));
    found += Trial(connection, planner, database).run(generator);
    if (HasFailure()) break;
  }
  EXPECT_GE(found, rounds / 2) << "the generator makes too few redundant indexes to tell anything";
  RecordProperty("redundant", found);
}

}  // namespace
}  // namespace pgadvisor::index_health
