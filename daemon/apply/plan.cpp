#include "daemon/apply/plan.hpp"

#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgadvisor::daemon::apply {
namespace {

using model::Result;
using sql::quote_name;

std::string drop_sql(const model::ObjectName& index, bool concurrently) {
  return sql::drop_index(index.schema, index.name, concurrently);
}

Step dropping(const ExistingIndex& index, const model::ObjectName& table) {
  const bool concurrently = !index.is_partitioned;
  const auto text = drop_sql(index.name, concurrently);
  return {Step::What::kDrop, concurrently, text, table, index.name, text};
}

/// What our naming rule needs of an index.
model::IndexDefinition naming(const sql::IndexShape& shape, const model::ObjectName& table) {
  model::IndexDefinition definition{table, shape.method, {}};
  for (const auto& key : shape.keys) {
    definition.keys.push_back({.column = key.column, .expression = key.column.empty() ? "expr" : ""});
  }
  return definition;
}

class CreatePlanner {
 public:
  CreatePlanner(const sql::CreateIndexStatement& statement, const TableFacts& facts)
      : statement_(statement), facts_(facts), names_(facts.names) {}

  Result<Plan> run() {
    const auto& root = facts_.nodes.front();
    if (const auto refusal = refuse(root)) return *refusal;
    const auto name = name_for(root, statement_.name);
    if (!name) return name.error();
    plan_.index = {root.name.schema, *name};
    if (root.kind == 'p') {
      if (const auto refusal = refuse_foreign()) return *refusal;
      if (auto done = add_partitioned(root, *name); !done) return done.error();
    } else if (auto done = add_plain(root, *name); !done) {
      return done.error();
    }
    plan_.undo = drop_sql(plan_.index, root.kind != 'p');
    return std::move(plan_);
  }

 private:
  std::optional<model::Error> refuse(const TableNode& root) const {
    if (root.kind != 'r' && root.kind != 'm' && root.kind != 'p') {
      return model::give_up(quote_name(root.name) + " is neither a table nor a materialised view",
                            "create the index on the table that holds the rows");
    }
    if (statement_.only && root.kind == 'p') {
      return model::give_up("ON ONLY would leave the partitions without the index, and the index invalid",
                            "leave ONLY out: the partitions are indexed one by one, without blocking writes");
    }
    for (const auto& index : facts_.indexes) {
      if (index.table != root.oid || !index.is_valid || !index.shape) continue;
      if (!sql::serves(*index.shape, statement_.shape)) continue;
      return model::give_up(fmt::format("{} serves the same already: {}", quote_name(index.name), index.ddl),
                            "nothing was changed");
    }
    return std::nullopt;
  }

  std::optional<model::Error> refuse_foreign() const {
    const auto foreign = std::ranges::find(facts_.nodes, 'f', &TableNode::kind);
    if (foreign == facts_.nodes.end()) return std::nullopt;
    const auto& root = facts_.nodes.front();
    return model::give_up(
        fmt::format(
            "partition {} is a foreign table: an index on {} that is made partition by partition could never "
            "become valid",
            quote_name(foreign->name), quote_name(root.name)),
        fmt::format("with writes to all partitions blocked meanwhile: SET lock_timeout = '5s'; {};",
                    sql::create_index(statement_, plan_.index.name, root.name, false, false)));
  }

  /// An invalid index of the same shape: a failed attempt's, or one in the making.
  const ExistingIndex* unfinished(const TableNode& node) const {
    for (const auto& index : facts_.indexes) {
      if (index.table == node.oid && !index.is_valid && index.shape == statement_.shape) return &index;
    }
    return nullptr;
  }

  /// The wanted one, or one by our rule; a failed attempt's is taken over.
  Result<std::string> name_for(const TableNode& node, const std::string& wanted) {
    const auto* attempt = unfinished(node);
    if (attempt != nullptr && (wanted.empty() || wanted == attempt->name.name)) return attempt->name.name;
    if (!wanted.empty()) {
      if (names_.contains({node.name.schema, wanted})) {
        return model::give_up(
            fmt::format("the name {} is taken by something else", quote_name({node.name.schema, wanted})),
            "give the index another name");
      }
      return wanted;
    }
    std::vector<std::string> taken;
    for (const auto& name : names_) {
      if (name.schema == node.name.schema) taken.push_back(name.name);
    }
    auto name = sql::index_name(naming(statement_.shape, node.name), taken);
    names_.insert({node.name.schema, name});
    return name;
  }

  Step creating(const TableNode& node, const std::string& name, bool on_parent) const {
    const model::ObjectName index{node.name.schema, name};
    return {Step::What::kCreate,
            !on_parent,
            sql::create_index(statement_, name, node.name, !on_parent, on_parent),
            node.name,
            index,
            drop_sql(index, !on_parent)};
  }

  Result<void> add_plain(const TableNode& node, const std::string& name) {
    if (const auto* attempt = unfinished(node)) {
      if (attempt->built_by) {
        return model::give_up(fmt::format("{} is being built right now, by backend {}",
                                          quote_name(attempt->name), *attempt->built_by),
                              "wait for it, or cancel it: SELECT pg_cancel_backend(" +
                                  std::to_string(*attempt->built_by) + ");");
      }
      if (attempt->name.name == name) {
        plan_.notes.push_back(quote_name(attempt->name) +
                              " is invalid: a failed attempt left it. It is dropped first.");
        plan_.steps.push_back(dropping(*attempt, node.name));
      } else {
        plan_.notes.push_back(
            fmt::format("{} is invalid, and of the same definition: a failed attempt left it. Take "
                        "it away: {};",
                        quote_name(attempt->name), drop_sql(attempt->name, true)));
      }
    }
    plan_.steps.push_back(creating(node, name, false));
    return {};
  }

  const ExistingIndex* attachable(const TableNode& node) const {
    for (const auto& index : facts_.indexes) {
      if (index.table == node.oid && index.is_valid && index.shape == statement_.shape &&
          index.parent == model::Oid::kInvalid && index.needed_for.empty()) {
        return &index;
      }
    }
    return nullptr;
  }

  /// Index of a node below `parent_index`, which may be there already.
  Result<void> add_child(const TableNode& node, const ExistingIndex* parent_index,
                         const model::ObjectName& parent_name) {
    for (const auto& index : facts_.indexes) {
      const bool attached =
          parent_index != nullptr && index.table == node.oid && index.parent == parent_index->oid;
      if (attached && index.is_valid) return {};
    }
    model::ObjectName name;
    if (const auto* existing = attachable(node)) {
      name = existing->name;
      plan_.notes.push_back(fmt::format("{} has {} already: it is attached.", quote_name(node.name),
                                        quote_name(existing->name)));
    } else {
      const auto chosen = name_for(node, "");
      if (!chosen) return chosen.error();
      name = {node.name.schema, *chosen};
      if (auto done = node.kind == 'p' ? add_partitioned(node, *chosen) : add_plain(node, *chosen); !done) {
        return done.error();
      }
    }
    attachments_.push_back(
        {Step::What::kAttach, false,
         fmt::format("ALTER INDEX {} ATTACH PARTITION {}", quote_name(parent_name), quote_name(name)),
         node.name, name, ""});
    return {};
  }

  /// Children first: until they are all there nobody waits, and nothing half-made hangs on the parent.
  Result<void> add_partitioned(const TableNode& node, const std::string& name) {
    const auto* attempt = unfinished(node);
    auto outer = std::move(attachments_);
    attachments_.clear();
    for (const auto& child : facts_.nodes) {
      if (child.parent != node.oid || &child == &facts_.nodes.front()) continue;
      if (auto done = add_child(child, attempt, {node.name.schema, name}); !done) return done.error();
    }
    if (attempt == nullptr) plan_.steps.push_back(creating(node, name, true));
    std::ranges::move(attachments_, std::back_inserter(plan_.steps));
    attachments_ = std::move(outer);
    return {};
  }

  const sql::CreateIndexStatement& statement_;
  const TableFacts& facts_;
  std::set<model::ObjectName> names_;
  Plan plan_;
  std::vector<Step> attachments_;  ///< of the partitioned index that is being planned
};

/// How to make an index again that is about to be dropped.
std::string again(const ExistingIndex& index) {
  auto ddl = index.ddl;
  const std::string head = ddl.starts_with("CREATE UNIQUE INDEX ") ? "CREATE UNIQUE INDEX " : "CREATE INDEX ";
  if (!index.is_partitioned && ddl.starts_with(head)) ddl.insert(head.size(), "CONCURRENTLY ");
  return ddl;
}

}  // namespace

Result<Plan> plan_create(const sql::CreateIndexStatement& statement, const TableFacts& facts) {
  return CreatePlanner(statement, facts).run();
}

Result<Plan> plan_drop(const ExistingIndex& index, const TableNode& table) {
  if (!index.needed_for.empty()) {
    return model::give_up(
        fmt::format("{} must stay: {} rests on it", quote_name(index.name), index.needed_for),
        "change that first: an index that something rests on is not dropped here");
  }
  if (index.parent != model::Oid::kInvalid) {
    return model::give_up(quote_name(index.name) + " is a partition's part of a partitioned index",
                          "drop the index of the partitioned table: its parts go with it");
  }
  if (index.built_by) {
    return model::give_up(
        fmt::format("{} is being built right now, by backend {}", quote_name(index.name), *index.built_by),
        "wait for it, or cancel it");
  }
  Plan plan;
  plan.index = index.name;
  plan.steps.push_back(dropping(index, table.name));
  plan.undo = again(index);
  if (index.is_partitioned) {
    plan.notes.emplace_back(
        "PostgreSQL drops a partitioned index only with reads and writes of all partitions locked out for a "
        "moment.");
  }
  return plan;
}

}  // namespace pgadvisor::daemon::apply
