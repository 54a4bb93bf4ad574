#include "tests/bench/schema.hpp"

#include "collectors/sql/statement_text.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <stdexcept>

namespace pgadvisor::bench {
namespace {

namespace fs = std::filesystem;
const fs::path kSource = PGADVISOR_SOURCE_DIR;
const fs::path kSchemas = kSource / "tests/bench/schemas";
const fs::path kDemo = kSource / "deploy/demo";

/// What fills each schema, in order.
const std::map<std::string, std::vector<fs::path>>& setups() {
  static const std::map<std::string, std::vector<fs::path>> files = {
      {"shop",
       {kSchemas / "shop/extensions.sql", kDemo / "schema.sql", kDemo / "data/orders.sql",
        kDemo / "data/items.sql", kDemo / "data/others.sql", kDemo / "constraints.sql"}},
      {"analytic", {kSchemas / "analytic/schema.sql", kSchemas / "analytic/data.sql"}},
      {"types", {kSchemas / "types/schema.sql", kSchemas / "types/data.sql"}}};
  return files;
}

std::string read_file(const fs::path& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> read_statements(const fs::path& file) {
  const auto statements = sql::split_file(read_file(file));
  if (!statements) throw std::runtime_error(file.string() + ": " + to_string(statements.error()));
  std::vector<std::string> texts;
  for (const auto& statement : *statements) texts.push_back(statement.text);
  return texts;
}

IndexDdl named(const std::string& create_index) {
  static const std::regex pattern(R"(CREATE (?:UNIQUE )?INDEX (\w+) ON [^]*)");
  std::smatch found;
  if (!std::regex_match(create_index, found, pattern)) {
    throw std::runtime_error("not of the form CREATE INDEX name ON ...: " + create_index);
  }
  return {found[1], create_index};
}

}  // namespace

const std::vector<std::string>& schema_names() {
  static const std::vector<std::string> names = {"shop", "analytic", "types"};
  return names;
}

testing::ClusterOptions cluster_options() {
  return {.settings = {{"shared_buffers", "256MB"},
                       {"max_wal_size", "4GB"},
                       {"wal_level", "minimal"},
                       {"max_wal_senders", "0"}},
          .preload_statements = false};
}

Schema load_schema(testing::Cluster& cluster, const std::string& name, double scale) {
  Schema schema{name, read_statements(kSchemas / name / "statements.sql"), {}};
  for (const auto& text : read_statements(kSchemas / name / "indexes.sql")) {
    schema.indexes.push_back(named(text));
  }
  cluster.execute("CREATE DATABASE " + name);
  for (const auto& file : setups().at(name)) {
    cluster.execute(fmt::format("SET bench.scale = {};\n{}", scale, read_file(file)), name);
  }
  // VACUUM last: it counts rows as CREATE INDEX will, where ANALYZE extrapolates from its sample.
  cluster.execute("ANALYZE", name);
  cluster.execute("VACUUM", name);
  return schema;
}

}  // namespace pgadvisor::bench
