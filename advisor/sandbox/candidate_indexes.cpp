#include "advisor/sandbox/database.hpp"
#include "advisor/sandbox/oid_text.hpp"
#include "collectors/index_rows.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>

namespace pgadvisor::sandbox {
namespace {

/// Relations told of in one round trip: the session remembers all of them meanwhile.
constexpr std::size_t kToldAtOnce = 200;

std::string to_json(std::span<const PartSize> sizes) {
  boost::json::array list;
  for (const auto& [index, size] : sizes) {
    list.push_back({{"index", static_cast<std::uint32_t>(index)},
                    {"pages", size.pages},
                    {"tuples", size.tuples},
                    {"height", size.tree_height}});
  }
  return boost::json::serialize(list);
}

}  // namespace

model::Result<std::vector<std::optional<CandidateId>>> Database::create_candidates(
    std::span<const std::string> create_index_sql) {
  auto rows =
      tell(R"(
SELECT pg_catalog.unnest(pgadvisor_sandbox.create_candidates(
  ARRAY(SELECT pg_catalog.json_array_elements_text($1::pg_catalog.json)))))",
           {boost::json::serialize(boost::json::array(create_index_sql.begin(), create_index_sql.end()))},
           create_index_sql.size());
  if (!rows) return rows.error();
  std::vector<std::optional<CandidateId>> created;
  for (int row = 0; row < rows->size(); ++row) {
    const CandidateId id{static_cast<std::uint32_t>(rows->integer(row, 0))};
    created.push_back(id == CandidateId::kInvalid ? std::nullopt : std::optional(id));
    if (created.back()) candidates_.insert(id);
  }
  return created;
}

model::Result<CandidateId> Database::create_candidate(const std::string& create_index_sql) {
  auto rows = tell("SELECT pgadvisor_sandbox.create_candidate($1)", {create_index_sql});
  if (!rows) return rows.error();
  return *candidates_.insert(CandidateId{static_cast<std::uint32_t>(rows->integer(0, 0))}).first;
}

model::Result<model::IndexDefinition> Database::definition(CandidateId candidate) {
  // On a partitioned table the candidate's first index is on a partition, whose column names are the same.
  static const auto sql =
      collectors::definitions_sql("pgadvisor_sandbox.candidate_table($1)", "i.indexrelid = $1");
  auto rows = main().ask(sql, {to_text(candidate)});
  if (!rows) return rows.error();
  if (rows->size() == 0) return model::skip("candidate " + to_text(candidate) + " does not exist");
  return collectors::definitions_of(*rows).at(candidate);
}

model::Result<std::vector<CandidatePart>> Database::parts(CandidateId candidate) {
  auto rows = main().ask(R"(
SELECT i.indexrelid, n.nspname, c.relname FROM pg_catalog.unnest(pgadvisor_sandbox.candidate_parts($1)) AS part(oid)
JOIN pg_catalog.pg_index i ON i.indexrelid = part.oid
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace)",
                         {to_text(candidate)});
  if (!rows) return rows.error();
  std::vector<CandidatePart> parts;
  for (int row = 0; row < rows->size(); ++row)
    parts.push_back({CandidateId{static_cast<std::uint32_t>(rows->integer(row, 0))},
                     {rows->string(row, 1), rows->string(row, 2)}});
  return parts;
}

model::Result<void> Database::set_part_sizes(std::span<const PartSize> sizes) {
  for (std::size_t told = 0; told < sizes.size(); told += kToldAtOnce) {
    const auto some = sizes.subspan(told, std::min(kToldAtOnce, sizes.size() - told));
    auto rows = tell(R"(
SELECT count(pgadvisor_sandbox.set_part_size(w.index, w.pages, w.tuples, w.height))
FROM pg_catalog.json_to_recordset($1::pg_catalog.json)
       AS w(index pg_catalog.oid, pages float8, tuples float8, height int4))",
                     {to_json(some)}, some.size());
    if (!rows) return rows.error();
  }
  for (const auto& [index, size] : sizes) {
    if (!size.gin) continue;
    if (auto done = set_gin_contents(index, *size.gin); !done) return done;
  }
  return {};
}

model::Result<void> Database::set_gin_contents(CandidateId index, const GinContents& contents) {
  auto rows = main().ask("SELECT pgadvisor_sandbox.set_gin_contents($1, $2, $3, $4)",
                         {to_text(index), fmt::format("{}", contents.entry_pages),
                          fmt::format("{}", contents.data_pages), fmt::format("{}", contents.entries)});
  if (!rows) return rows.error();
  return {};
}

model::Result<KeyFacts> Database::key_facts(CandidateId index, double rows, int session) {
  auto one = ready(session);
  if (!one) return one.error();
  const auto described = [&](const char* evaluate) {
    return (*one)->ask("SELECT pgadvisor_sandbox.key_facts($1, $2, $3)",
                       {to_text(index), fmt::format("{}", rows), evaluate});
  };
  auto facts = described("true");
  if (!facts && facts.error().next == model::NextStep::kSkip) facts = described("false");
  if (!facts) return facts.error();
  if (auto bounded = (*one)->bound_memory(1); !bounded) return bounded.error();
  return parse_key_facts(facts->text(0, 0));
}

model::Result<void> Database::set_size(CandidateId candidate, const IndexSize& size) {
  auto rows = tell("SELECT pgadvisor_sandbox.set_size($1, $2, $3, 0, $4)",
                   {to_text(candidate), fmt::format("{}", size.pages), fmt::format("{}", size.tuples),
                    fmt::format("{}", size.tree_height)});
  if (!rows) return rows.error();
  return {};
}

model::Result<void> Database::drop_candidate(CandidateId candidate) {
  auto rows = tell("SELECT pgadvisor_sandbox.drop_candidate($1)", {to_text(candidate)});
  if (!rows) return rows.error();
  candidates_.erase(candidate);
  return {};
}

}  // namespace pgadvisor::sandbox
