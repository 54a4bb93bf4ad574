#include "daemon/create_script.hpp"

#include "collectors/model/table_trees.hpp"
#include "collectors/sql/index_statement.hpp"

#include <fmt/format.h>

namespace pgadvisor::daemon {
namespace {

constexpr const char* kPatience = "10min";
constexpr const char* kHaste = "5s";

model::Result<apply::TableFacts> facts_of(const model::DatabaseSnapshot& snapshot,
                                          const model::ObjectName& table) {
  const model::TableTrees trees(snapshot.tables);
  const auto* root = trees.find(table);
  if (root == nullptr) return model::give_up("its table is not in the catalog");
  apply::TableFacts facts;
  facts.nodes.push_back({root->oid, root->name, root->kind, model::Oid::kInvalid});
  for (const auto* part : trees.below(*root)) {
    facts.nodes.push_back({part->oid, part->name, part->kind, part->parent});
  }
  for (const auto& entry : snapshot.tables) facts.names.insert(entry.name);
  for (const auto& entry : snapshot.indexes) facts.names.insert(entry.name);
  return facts;
}

}  // namespace

model::Result<apply::Plan> plan_of(const advisor::Recommendation& recommendation,
                                   const model::DatabaseSnapshot& snapshot) {
  auto parsed = sql::parse_index_statement(recommendation.ddl);
  if (!parsed) return parsed.error();
  auto* statement = std::get_if<sql::CreateIndexStatement>(&*parsed);
  if (statement == nullptr) return model::give_up("it creates no index");
  auto facts = facts_of(snapshot, recommendation.definition.table);
  if (!facts) return facts.error();
  return apply::plan_create(*statement, *facts);
}

void Script::add(const std::string& sql, bool concurrently) {
  const char* timeout = concurrently ? kPatience : kHaste;
  if (timeout_ != timeout) text_ += fmt::format("SET lock_timeout = '{}';\n", timeout);
  timeout_ = timeout;
  text_ += sql + ";\n";
}

}  // namespace pgadvisor::daemon
