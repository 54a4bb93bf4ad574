#include "advisor/workload/foreign_key_check.hpp"

#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgadvisor::workload {
namespace {

const model::Table* find_table(const model::DatabaseSnapshot& snapshot, model::Oid oid) {
  const auto found = std::find_if(snapshot.tables.begin(), snapshot.tables.end(),
                                  [&](const model::Table& table) { return table.oid == oid; });
  return found == snapshot.tables.end() ? nullptr : &*found;
}

bool fires(const sandbox::Write& write, const model::ForeignKey& key) {
  if (write.command == 'd' || write.command == 'm') return true;
  return write.command == 'u' &&
         std::any_of(write.columns.begin(), write.columns.end(), [&](const auto& column) {
           return std::find(key.referenced_columns.begin(), key.referenced_columns.end(), column) !=
                  key.referenced_columns.end();
         });
}

std::string check_text(const model::ForeignKey& key, const model::Table& referencing) {
  std::string conditions;
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    conditions +=
        fmt::format("{}${} = x.{}", i == 0 ? "" : " AND ", i + 1, sql::quote_identifier(key.columns[i]));
  }
  return fmt::format("SELECT 1 FROM {}{} x WHERE {} FOR KEY SHARE OF x",
                     referencing.kind == 'p' ? "" : "ONLY ", sql::quote_name(referencing.name), conditions);
}

}  // namespace

std::vector<ForeignKeyCheck> foreign_key_checks(const sandbox::Write& write,
                                                const model::DatabaseSnapshot& snapshot) {
  std::vector<ForeignKeyCheck> checks;
  for (const auto& key : snapshot.foreign_keys) {
    const auto* referenced = find_table(snapshot, key.referenced_table);
    const auto* referencing = find_table(snapshot, key.table);
    if (!referenced || !referencing || referenced->name != write.relation || !fires(write, key)) continue;
    checks.push_back({key.name, check_text(key, *referencing)});
  }
  return checks;
}

}  // namespace pgadvisor::workload
