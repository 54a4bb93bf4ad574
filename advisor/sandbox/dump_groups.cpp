#include "advisor/sandbox/dump_groups.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>

namespace pgadvisor::sandbox {
namespace {

bool is_view(const DumpRelation& relation) {
  return relation.kind == 'v' || relation.kind == 'm';
}

std::size_t size_of(const DumpRelation& relation) {
  return 1 + relation.indexes;
}

/// For each relation the first one of its tree.
std::vector<std::size_t> trees(const std::vector<DumpRelation>& relations) {
  std::vector<std::size_t> above(relations.size());
  std::iota(above.begin(), above.end(), std::size_t{0});
  const auto root = [&](std::size_t i) {
    while (above[i] != i) i = above[i] = above[above[i]];
    return i;
  };
  std::map<model::Oid, std::size_t> positions;
  for (std::size_t i = 0; i < relations.size(); ++i) positions.emplace(relations[i].oid, i);
  for (std::size_t i = 0; i < relations.size(); ++i) {
    for (const auto parent : relations[i].parents) {
      if (const auto found = positions.find(parent); found != positions.end())
        above[root(i)] = root(found->second);
    }
  }
  for (std::size_t i = 0; i < relations.size(); ++i) above[i] = root(i);
  return above;
}

/// Members of each tree, in the order of their first relation; every view is a tree of its own.
std::vector<std::vector<const DumpRelation*>> members(const std::vector<DumpRelation>& relations) {
  const auto tree = trees(relations);
  std::map<std::size_t, std::size_t> positions;
  std::vector<std::vector<const DumpRelation*>> tables, views;
  for (std::size_t i = 0; i < relations.size(); ++i) {
    if (is_view(relations[i])) {
      views.push_back({&relations[i]});
      continue;
    }
    const auto [position, is_new] = positions.try_emplace(tree[i], tables.size());
    if (is_new) tables.emplace_back();
    tables[position->second].push_back(&relations[i]);
  }
  tables.insert(tables.end(), views.begin(), views.end());
  return tables;
}

/// Linux takes 2 MB, and 131,072 bytes for one argument.
bool fits_command_line(const DumpGroup& group) {
  constexpr std::size_t kMostBytes = std::size_t{1} << 20;
  constexpr std::size_t kOption = sizeof("--table=") + sizeof(char*);
  std::size_t bytes = 0;
  for (const auto& relation : group) bytes += kOption + dump_pattern(relation).size();
  return bytes <= kMostBytes;
}

void append_quoted(std::string& pattern, std::string_view name) {
  pattern += '"';
  for (const char c : name) pattern.append(c == '"' ? 2 : 1, c);
  pattern += '"';
}

}  // namespace

std::vector<DumpGroup> dump_groups(const std::vector<DumpRelation>& relations, std::size_t most) {
  const auto add = [](std::size_t sum, const DumpRelation& relation) { return sum + size_of(relation); };
  if (std::accumulate(relations.begin(), relations.end(), std::size_t{0}, add) <= most) return {};
  std::vector<DumpGroup> groups;
  std::size_t room = 0;
  bool views = false;
  for (const auto& tree : members(relations)) {
    std::size_t size = 0;
    for (const auto* relation : tree) size += size_of(*relation);
    if (size > room || views != is_view(*tree.front())) {
      groups.emplace_back();
      room = most;
    }
    views = is_view(*tree.front());
    room -= std::min(room, size);
    for (const auto* relation : tree) groups.back().push_back(relation->name);
  }
  if (!std::ranges::all_of(groups, fits_command_line)) groups.clear();
  return groups;
}

std::string dump_pattern(const model::ObjectName& relation) {
  std::string pattern;
  append_quoted(pattern, relation.schema);
  pattern += '.';
  append_quoted(pattern, relation.name);
  return pattern;
}

}  // namespace pgadvisor::sandbox
