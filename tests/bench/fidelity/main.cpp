// fidelity: are the sandbox's sizes and costs those of production once the indexes are built? Beside HypoPG.

#include "tests/bench/fidelity/measure.hpp"
#include "tests/bench/fidelity/report.hpp"
#include "tests/bench/schema.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

namespace pgadvisor::bench {
namespace {

sandbox::Server start_sandbox(const testing::Cluster& cluster) {
  const auto modules = std::filesystem::path(PGADVISOR_BINARY_DIR) / "lib";
  auto server =
      sandbox::Server::start({.folder = cluster.folder() / "sandbox", .user = {}, .modules = modules},
                             testing::ClusterOptions{}.major * 10000);
  if (!server) throw std::runtime_error(to_string(server.error()));
  return std::move(*server);
}

bool run(const std::vector<std::string>& names, double scale) {
  testing::Cluster cluster(cluster_options());
  auto server = start_sandbox(cluster);
  Scores ours;
  Scores hypopg;
  std::vector<Measurement> measurements;
  for (const auto& name : names) {
    measurements.push_back(measure(cluster, server, name, scale, ours, hypopg));
    fmt::print("{}\n", measurements.back().summary);
    for (const auto& note : measurements.back().left_out) fmt::print("{:<10}left out: {}\n", "", note);
  }
  const auto verdict = judge(ours, measurements);
  fmt::print("\n{}\n{}\ngoals\n{}", distributions(ours, hypopg), table_of_misses(measurements), verdict.text);
  return verdict.met;
}

}  // namespace
}  // namespace pgadvisor::bench

int main(int argc, char** argv) {
  CLI::App app{
      "Compares predicted index sizes and planner costs with those of indexes really built, beside HypoPG."};
  std::vector<std::string> names = pgadvisor::bench::schema_names();
  bool quick = false;
  app.add_option("--schema", names, "only these")->check(CLI::IsMember(pgadvisor::bench::schema_names()));
  app.add_flag("--quick", quick, "a tenth of the rows in all schemas but the shop");
  CLI11_PARSE(app, argc, argv);
  try {
    return pgadvisor::bench::run(names, quick ? 0.1 : 1) ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "fidelity: {}\n", error.what());
    return 2;
  }
}
