#include "tests/bench/fidelity/twin.hpp"

#include "advisor/whatif/candidate_set.hpp"
#include "daemon/observe.hpp"
#include "tests/bench/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

namespace pgadvisor::bench {

Twin::Twin(sandbox::Server& server, testing::Cluster& cluster, const Schema& schema)
    : snapshot_(value_of(daemon::observe(cluster.dsn(schema.name), {}, daemon::WithActivity::kNo)).snapshot),
      database_(value_of(sandbox::Database::clone(server, cluster.dsn(schema.name), snapshot_))) {
  left_out_ = database_->left_out();
  prepare(schema);
  for (const auto& index : schema.indexes) create(index);
}

void Twin::prepare(const Schema& schema) {
  for (const auto& text : schema.statements) {
    const auto prepared = database_->prepare(text);
    if (!prepared) left_out_.push_back(to_string(prepared.error()) + " in: " + text);
    statements_.push_back(prepared ? std::optional(*prepared) : std::nullopt);
  }
}

void Twin::create(const IndexDdl& index) {
  auto& candidate = candidates_.emplace_back();
  const auto refused = [&](const model::Error& error) {
    left_out_.push_back(index.name + ": " + to_string(error));
  };
  const auto id = database_->create_candidate(index.sql);
  if (!id) return refused(id.error());
  const auto definition = database_->definition(*id);
  if (!definition) return refused(definition.error());
  const auto sized = whatif::size_candidate(*id, *definition, index.name, snapshot_, *database_);
  if (!sized) return refused(sized.error());
  candidate = {*id, *definition, sized->size};
}

std::vector<std::optional<Size>> Twin::sizes() const {
  std::vector<std::optional<Size>> sizes;
  for (const auto& candidate : candidates_) {
    auto& size = sizes.emplace_back();
    if (candidate.size)
      size = Size{static_cast<double>(candidate.size->pages), candidate.size->tuples,
                  candidate.size->tree_height};
  }
  return sizes;
}

void Twin::show(const IndexSet& set) {
  shown_.clear();
  for (const auto index : set) {
    if (candidates_.at(index).size) shown_.insert(candidates_[index].id);
  }
}

std::optional<double> Twin::cost(std::size_t statement) {
  if (!statements_.at(statement)) return {};
  const auto costs = database_->costs(*statements_[statement], std::span(&shown_, 1));
  if (!costs) return {};
  // As EXPLAIN prints it: 8.295 is a little less in binary, and not rounded up.
  return std::stod(fmt::format("{:.2f}", costs->front().total.value));
}

std::string Twin::plan(std::size_t statement) {
  return value_of(database_->explain(*statements_.at(statement), shown_));
}

void Twin::believe(std::size_t index, const std::vector<BuiltPart>& built) {
  std::vector<sandbox::PartSize> sizes;
  for (const auto& part : value_of(database_->parts(candidates_.at(index).id))) {
    const auto real = std::ranges::find(built, part.table, &BuiltPart::table);
    if (real == built.end()) throw std::runtime_error("no index was built on " + part.table.name);
    sizes.push_back({part.index, real->size});
  }
  if (auto done = database_->set_part_sizes(sizes); !done) throw std::runtime_error(to_string(done.error()));
}

void Twin::believe_prediction(std::size_t index) {
  const auto& candidate = candidates_.at(index);
  (void)value_of(whatif::size_candidate(candidate.id, candidate.definition, {}, snapshot_, *database_));
}

}  // namespace pgadvisor::bench
