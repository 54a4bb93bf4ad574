#include "advisor/index_health/prediction.hpp"

#include "advisor/sandbox/relation_sizes.hpp"
#include "advisor/sandbox/size_model.hpp"

#include <algorithm>

namespace pgadvisor::index_health {

namespace {

using Pages = std::optional<std::int64_t>;

model::Result<Pages> part_pages(const model::Index& part, const model::Table& table,
                                sandbox::Database& sandbox) {
  const double rows = sandbox::rows_of(table);
  const auto found = sandbox.find_index(part.name);
  if (!found) return found.error();
  if (!*found || rows <= 0) return Pages();
  const auto facts = sandbox.key_facts(**found, rows);
  if (!facts && facts.error().next == model::NextStep::kReconnect) return facts.error();
  if (!facts) return Pages();
  return Pages(
      sandbox::estimate_size(*facts, rows, static_cast<double>(table.pages), rows_in(part, table) / rows)
          .pages);
}

}  // namespace

double rows_in(const model::Index& part, const model::Table& table) {
  const double rows = sandbox::rows_of(table);
  if (!part.is_partial) return rows;
  // Counted when the index was last built or vacuumed; it has grown with its pages since.
  const double growth =
      part.relpages > 0 ? static_cast<double>(part.pages) / static_cast<double>(part.relpages) : 1;
  return std::clamp(part.reltuples * growth, 0.0, rows);
}

model::Result<Pages> predicted_pages(const Subject& subject, const Catalog& catalog,
                                     sandbox::Database& sandbox) {
  std::int64_t sum = 0;
  for (const auto* part : subject.parts) {
    const auto pages = part_pages(*part, *catalog.table(part->table), sandbox);
    if (!pages) return pages.error();
    if (!*pages) return Pages();
    sum += **pages;
  }
  return Pages(sum);
}

}  // namespace pgadvisor::index_health
