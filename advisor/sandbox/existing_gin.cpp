#include "advisor/sandbox/existing_gin.hpp"

#include "advisor/sandbox/other_sizes.hpp"
#include "advisor/sandbox/relation_sizes.hpp"

#include <algorithm>
#include <cmath>

namespace pgadvisor::sandbox {
namespace {

/// The predicted contents, made to fill the pages there are.
GinContents filling(GinContents contents, double pages) {
  const double scale = std::max(1.0, pages - 1) / (contents.entry_pages + contents.data_pages);
  contents.entry_pages = std::clamp(std::rint(contents.entry_pages * scale), 1.0, std::max(1.0, pages - 1));
  contents.data_pages = std::max(0.0, pages - 1 - contents.entry_pages);
  contents.entries = std::rint(contents.entries * scale);
  contents.postings *= scale;
  return contents;
}

}  // namespace

model::Result<void> size_existing_gin(Database& twin, const model::DatabaseSnapshot& snapshot) {
  for (const model::Index& index : snapshot.indexes) {
    if (index.method != "gin" || index.pages <= 1) continue;
    const auto table = std::ranges::find(snapshot.tables, index.table, &model::Table::oid);
    if (table == snapshot.tables.end() || table->kind == 'p') continue;
    const auto found = twin.find_index(index.name);
    if (!found) return found.error();
    if (!*found) continue;
    const double rows = rows_of(*table);
    const auto facts = twin.key_facts(**found, rows);
    if (!facts && facts.error().next == model::NextStep::kReconnect) return facts.error();
    if (!facts) continue;
    const auto contents = gin_contents(*facts, rows, static_cast<double>(table->pages));
    if (auto done = twin.set_gin_contents(**found, filling(contents, static_cast<double>(index.pages)));
        !done)
      return done;
  }
  return {};
}

}  // namespace pgadvisor::sandbox
