#include "tests/bench/fidelity/measure.hpp"

#include "tests/bench/fidelity/built.hpp"
#include "tests/bench/fidelity/cost_evidence.hpp"
#include "tests/bench/fidelity/hypopg.hpp"
#include "tests/bench/fidelity/size_evidence.hpp"
#include "tests/bench/fidelity/twin.hpp"
#include "tests/bench/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <random>

namespace pgadvisor::bench {
namespace {

constexpr int kRandomSets = 6;

/// Runs one step, says so, and notes how long it took.
class Steps {
 public:
  explicit Steps(std::string schema) : schema_(std::move(schema)) {}

  template <class Step>
  auto operator()(const std::string& title, Step step) {
    fmt::print(stderr, "{}: {} ...\n", schema_, title);
    const auto begin = std::chrono::steady_clock::now();
    auto result = step();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    summary_ += fmt::format("{}{} {:.0f} s", summary_.empty() ? "" : ", ", title, seconds.count());
    return result;
  }
  [[nodiscard]] const std::string& summary() const { return summary_; }

 private:
  std::string schema_;
  std::string summary_;
};

/// None, each one, all, and some random quarters: the same at every run.
std::vector<IndexSet> index_sets(std::size_t indexes) {
  IndexSet all(indexes);
  std::iota(all.begin(), all.end(), 0);
  std::vector<IndexSet> sets = {{}};
  for (const auto index : all) sets.push_back({index});
  sets.push_back(all);
  std::mt19937 random(15);
  for (int i = 0; i < kRandomSets; ++i) {
    IndexSet some;
    std::ranges::sample(all, std::back_inserter(some), static_cast<std::ptrdiff_t>(indexes / 4), random);
    sets.push_back(std::move(some));
  }
  return sets;
}

std::string name_of(const Schema& schema, const IndexSet& set) {
  if (set.empty()) return "without any";
  if (set.size() == 1) return "with " + schema.indexes[set.front()].name;
  return fmt::format("with {} indexes", set.size());
}

/// Everything that was asked, to ask it again.
struct Asked {
  const Schema& schema;
  const std::vector<IndexSet>& sets;
  Twin& twin;
  Built& built;
};

ExplainedMiss explain_size(const Miss& miss, const Asked& asked) {
  const auto& name = asked.schema.indexes[miss.index].name;
  const auto& method = asked.built.methods()[miss.index];
  return {miss, fmt::format("{} of {}", miss.kind == Miss::Kind::kSize ? "size" : "height", name),
          why_size(asked.built.session(), name, method, *asked.twin.sizes()[miss.index],
                   *asked.built.sizes()[miss.index])};
}

ExplainedMiss explain_cost(const Miss& miss, const Asked& asked) {
  const auto& set = asked.sets[miss.set];
  CostEvidence evidence(asked.schema, asked.twin, asked.built);
  return {miss, fmt::format("cost of statement {} {}", miss.statement + 1, name_of(asked.schema, set)),
          evidence.why(set, miss.statement, miss.real)};
}

std::vector<ExplainedMiss> explain(const std::vector<Miss>& misses, const Asked& asked) {
  std::vector<ExplainedMiss> explained;
  for (const auto& miss : misses) {
    const bool of_size = miss.kind == Miss::Kind::kSize || miss.kind == Miss::Kind::kHeight;
    explained.push_back(of_size ? explain_size(miss, asked) : explain_cost(miss, asked));
  }
  return explained;
}

std::size_t count_unanswered(const Answers& predicted, const Answers& real) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < real.sizes.size(); ++i) count += !predicted.sizes[i] && real.sizes[i];
  for (std::size_t i = 0; i < real.costs[0].size(); ++i) count += !predicted.costs[0][i] && real.costs[0][i];
  return count;
}

}  // namespace

Measurement measure(testing::Cluster& cluster, sandbox::Server& server, const std::string& name, double scale,
                    Scores& ours, Scores& hypopg) {
  Steps step(name);
  const auto schema = step("filled", [&] { return load_schema(cluster, name, scale); });
  const auto sets = index_sets(schema.indexes.size());
  const auto count = schema.statements.size();
  const auto size = cluster.value("SELECT pg_size_pretty(pg_database_size(current_database()))", name);

  auto twin = step("cloned", [&] { return Twin(server, cluster, schema); });
  const auto predicted = step("sandbox asked", [&] { return ask(twin, sets, count); });
  const auto hypothetical = step("HypoPG asked", [&] {
    HypoPg planner(cluster, schema);
    return ask(planner, sets, count);
  });
  Measurement measurement;
  {
    auto built = step("built", [&] { return Built(cluster, schema); });
    const auto real = step("production asked", [&] { return ask(built, sets, count); });
    ours.add_sizes(predicted, real, built.methods());
    ours.add_costs(predicted, real, sets);
    hypopg.add_sizes(hypothetical, real, built.methods());
    hypopg.add_costs(hypothetical, real, sets);
    const Asked asked{schema, sets, twin, built};
    measurement.misses = step("misses explained",
                              [&] { return explain(find_misses(predicted, real, built.methods()), asked); });
    measurement.unanswered = count_unanswered(predicted, real);
  }
  measurement.schema = name;
  measurement.left_out = twin.left_out();
  measurement.summary = fmt::format("{:<10}{}; {} statements, {} indexes\n{:<10}{}", name, size, count,
                                    schema.indexes.size(), "", step.summary());
  cluster.execute("DROP DATABASE " + name);
  return measurement;
}

}  // namespace pgadvisor::bench
