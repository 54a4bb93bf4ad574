#include "collectors/history/usage_store.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgadvisor::history {

namespace {

/// A row of relation_usage.
struct Row {
  bool is_index = false;
  model::RelationUsage usage;
  bool present = false;
  std::optional<std::int64_t> follows;
  std::string identity;  ///< of an index; empty: not known
};
using RowsById = std::unordered_map<std::int64_t, Row>;

/// The rows of one source.
RowsById rows_of(Database& database, std::int64_t source, std::int64_t of_database) {
  Statement rows = database.prepare(
      "SELECT u.id, u.is_index, u.schema, u.name, u.first_seen, u.last_used, u.uses, u.gone IS NULL, "
      "u.follows, "
      "d.identity FROM relation_usage u LEFT JOIN index_definition d ON d.database = ?2 AND d.oid = u.oid "
      "AND u.is_index = 1 WHERE u.source = ?1");
  rows.bind(1, source).bind(2, of_database);
  RowsById result;
  while (rows.step()) {
    Row& row = result[rows.integer(0)];
    row.is_index = rows.integer(1) != 0;
    row.usage.relation = {rows.text(2), rows.text(3)};
    row.usage.first_seen = from_microseconds(rows.integer(4));
    row.usage.last_used = optional_time(rows, 5);
    row.usage.uses = rows.integer(6);
    row.present = rows.integer(7) != 0;
    row.follows = rows.optional_integer(8);
    row.identity = rows.text(9);
  }
  return result;
}

/// A table goes on by its name; an index by its definition too, as far as that is known.
bool goes_on(const Row& row, const Row& from) {
  return !row.is_index || (!row.identity.empty() && row.identity == from.identity);
}

/// What was known of it under its earlier OIDs.
model::RelationUsage with_earlier(const Row& row, const RowsById& rows) {
  model::RelationUsage usage = row.usage;
  usage.identity = row.identity;
  const Row* at = &row;
  while (at->follows) {
    const auto from = rows.find(*at->follows);
    if (from == rows.end() || !goes_on(*at, from->second)) break;
    at = &from->second;
    usage.first_seen = std::min(usage.first_seen, at->usage.first_seen);
    usage.uses += at->usage.uses;
    if (!usage.last_used) usage.last_used = at->usage.last_used;
  }
  return usage;
}

}  // namespace

void UsageStore::read_spans(std::int64_t source, model::MemberUsage& member) {
  Statement spans =
      database_.prepare("SELECT first, last, start FROM member_span WHERE source = ? ORDER BY first");
  spans.bind(1, source);
  while (spans.step()) {
    member.spans.push_back({from_microseconds(spans.integer(0)), from_microseconds(spans.integer(1)),
                            static_cast<model::SpanStart>(spans.integer(2))});
  }
}

void UsageStore::read_relations(std::int64_t source, std::int64_t database, model::MemberUsage& member) {
  const RowsById rows = rows_of(database_, source, database);
  for (const auto& [id, row] : rows) {
    if (!row.present) continue;
    (row.is_index ? member.indexes : member.tables).push_back(with_earlier(row, rows));
  }
}

/// With the ids by which member_name knows them, in the order in which they were met.
std::vector<std::pair<std::int64_t, model::MemberUsage>> UsageStore::known_members(std::int64_t database) {
  std::vector<std::pair<std::int64_t, model::MemberUsage>> members;
  std::vector<std::int64_t> sources;
  Statement rows = database_.prepare(
      "SELECT m.id, m.name, s.id FROM member m JOIN member_source s ON s.member = m.id WHERE s.database = ? "
      "ORDER BY m.id");
  rows.bind(1, database);
  while (rows.step()) {
    members.push_back({rows.integer(0), {}});
    members.back().second.name = rows.text(1);
    sources.push_back(rows.integer(2));
  }
  for (std::size_t i = 0; i < members.size(); ++i) {
    read_spans(sources[i], members[i].second);
    read_relations(sources[i], database, members[i].second);
  }
  return members;
}

std::vector<model::MemberUsage> UsageStore::members(const std::string& database,
                                                    const std::vector<model::ConfiguredMember>& configured) {
  auto known = known_members(servers_.database_id(database));
  for (auto& [id, member] : known) member.current = false;
  std::vector<model::MemberUsage> result;
  for (const auto& [name, trouble] : configured) {
    Statement found = database_.prepare("SELECT member FROM member_name WHERE name = ?");
    found.bind(1, std::string_view(name));
    const std::int64_t id = found.step() ? found.integer(0) : 0;
    const auto polled = std::ranges::find(known, id, [](const auto& member) { return member.first; });
    auto& member = polled == known.end() ? result.emplace_back() : polled->second;
    if (polled == known.end()) member.name = name;
    // Reached by another name, it is there.
    const bool again = polled != known.end() && member.current;
    member.trouble = again && (trouble.empty() || member.trouble.empty()) ? std::string() : trouble;
    member.current = true;
  }
  for (auto& [id, member] : known) result.push_back(std::move(member));
  return result;
}

void prune_usage(Database& database, model::Timestamp before) {
  const auto time = to_microseconds(before);
  database.execute(fmt::format("DELETE FROM relation_usage WHERE gone < {}", time));
  database.execute(fmt::format("DELETE FROM member_span WHERE last < {}", time));
  database.execute(
      "DELETE FROM member_source WHERE id NOT IN (SELECT source FROM member_span);"
      "DELETE FROM relation_usage WHERE source NOT IN (SELECT id FROM member_source);"
      "DELETE FROM member WHERE id NOT IN (SELECT member FROM member_source);"
      "DELETE FROM member_name WHERE member NOT IN (SELECT id FROM member);"
      "DELETE FROM index_definition WHERE (database, oid) NOT IN (SELECT s.database, u.oid FROM "
      "relation_usage u "
      "JOIN member_source s ON s.id = u.source WHERE u.is_index = 1);"
      "DELETE FROM index_memory WHERE (database, schema, name) NOT IN (SELECT s.database, u.schema, u.name "
      "FROM relation_usage u JOIN member_source s ON s.id = u.source WHERE u.is_index = 1)");
}

}  // namespace pgadvisor::history
