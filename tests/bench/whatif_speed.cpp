// whatif_speed: what-if calls per second, the sandbox beside EXPLAIN with HypoPG, the same statements and
// candidate sets, one connection each.

#include "advisor/candidates/candidates.hpp"
#include "advisor/whatif/candidate_set.hpp"
#include "advisor/workload/analyse.hpp"
#include "collectors/model/clock.hpp"
#include "collectors/sql/quote.hpp"
#include "tests/bench/schema.hpp"
#include "tests/bench/session.hpp"
#include "tests/bench/workbench.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace pgadvisor::bench {
namespace {

struct Options {
  std::string dsn;
  std::string queries;
  std::size_t configurations = 20;  ///< per statement
  std::size_t members = 5;          ///< candidates in each
};

/// A statement and the candidates on the tables it reads, in drawn sets.
struct Question {
  const workload::AnalysedStatement* statement;
  std::vector<sandbox::Configuration> configurations;
};

std::string explain(const Question& question) {
  return "EXPLAIN (FORMAT JSON) " + question.statement->statement.text;
}

struct Speed {
  std::size_t calls = 0;
  double seconds = 0;

  [[nodiscard]] double per_second() const { return static_cast<double>(calls) / seconds; }
};

/// Drawn from a fixed seed: every run asks the same.
std::vector<Question> draw(const workload::AnalysedWorkload& workload, const whatif::CandidateSet& candidates,
                           const Options& options) {
  std::mt19937 random(1);
  std::vector<Question> questions;
  for (const auto& statement : workload.statements) {
    std::vector<sandbox::CandidateId> useful;
    for (const auto& [id, candidate] : candidates) {
      if (statement.parts.front().tables.contains(candidate.definition.table)) useful.push_back(id);
    }
    Question question{&statement, {}};
    for (std::size_t i = 0; i < options.configurations; ++i) {
      sandbox::Configuration configuration;
      std::ranges::sample(useful, std::inserter(configuration, configuration.end()),
                          static_cast<std::ptrdiff_t>(options.members), random);
      question.configurations.push_back(std::move(configuration));
    }
    questions.push_back(std::move(question));
  }
  return questions;
}

template <class Ask>
Speed timed(const std::vector<Question>& questions, const Ask& ask) {
  const model::SystemClock clock;
  Speed speed;
  for (const auto& question : questions) ask(question);  // warm caches
  const auto begin = clock.monotonic();
  for (const auto& question : questions) {
    ask(question);
    speed.calls += question.configurations.size();
  }
  speed.seconds = model::Seconds(clock.monotonic() - begin).count();
  return speed;
}

Speed sandbox_speed(const std::vector<Question>& questions, sandbox::Database& database) {
  return timed(questions, [&](const Question& question) {
    (void)value_of(database.costs(question.statement->parts.front().prepared, question.configurations));
  });
}

/// As an adviser uses it: the set's indexes made anew, EXPLAIN in JSON; its own parsing of that not counted.
Speed hypopg_speed(const std::vector<Question>& questions, const whatif::CandidateSet& candidates,
                   pg::BlockingConnection& production, bool with_creation) {
  const auto create = [&](const sandbox::Configuration& configuration) {
    (void)value_of(production.query("SELECT hypopg_reset()"));
    for (const auto id : configuration) {
      const auto& candidate = candidates.at(id);
      (void)value_of(
          production.query("SELECT hypopg_create_index($1)",
                           {sql::create_index(candidate.definition, candidate.sandbox_name, false)}));
    }
  };
  return timed(questions, [&](const Question& question) {
    if (!with_creation) create(question.configurations.front());
    for (const auto& configuration : question.configurations) {
      if (with_creation) create(configuration);
      (void)value_of(production.query(explain(question)));
    }
  });
}

void print(const char* name, const Speed& speed, const Speed& other) {
  fmt::print("{:<38}{:>8} calls {:>8.2f} s {:>8.0f} calls/s {:>7.3f} ms/call   {:.2f} times\n", name,
             speed.calls, speed.seconds, speed.per_second(), 1000 / speed.per_second(),
             other.per_second() / speed.per_second());
}

void run(const std::string& dsn, const std::filesystem::path& queries, const Options& options) {
  Workbench bench(dsn);
  auto& database = bench.twin();
  const auto workload = value_of(workload::from_files(queries));
  const auto analysed = value_of(workload::analyse(workload, bench.snapshot(), database, {}));
  const auto candidates =
      value_of(whatif::create_candidates(candidates::generate(analysed.statements, bench.snapshot(), {}),
                                         "candidate", bench.snapshot(), database, {}));
  auto production = value_of(pg::BlockingConnection::connect(bench.dsn(), "whatif_speed"));
  if (!production.execute("CREATE EXTENSION IF NOT EXISTS hypopg")) {
    throw std::runtime_error("HypoPG is not installed (apt-get install postgresql-15-hypopg)");
  }
  auto questions = draw(analysed, candidates, options);
  // A view that only the files make is not there.
  std::erase_if(questions, [&](const Question& question) { return !production.query(explain(question)); });
  fmt::print("{} statements, {} candidates, {} sets of {} each\n", questions.size(), candidates.size(),
             options.configurations, options.members);

  const auto ours = sandbox_speed(questions, database);
  print("sandbox", ours, ours);
  print("EXPLAIN with HypoPG", hypopg_speed(questions, candidates, production, true), ours);
  print("EXPLAIN with HypoPG, one set only", hypopg_speed(questions, candidates, production, false), ours);
}

/// The bench's own analytic schema, where no server was named.
void run_own(const Options& options) {
  testing::Cluster cluster(cluster_options());
  const auto schema = load_schema(cluster, "analytic", 1);
  run(cluster.dsn_text(schema.name),
      std::filesystem::path(PGADVISOR_SOURCE_DIR) / "tests/bench/schemas/analytic/statements.sql", options);
}

}  // namespace
}  // namespace pgadvisor::bench

int main(int argc, char** argv) {
  CLI::App app{"What-if calls per second: the planner sandbox beside EXPLAIN with HypoPG."};
  pgadvisor::bench::Options options;
  auto* dsn =
      app.add_option("--dsn", options.dsn, "a server with rows, statistics and HypoPG; else one of its own");
  app.add_option("--queries", options.queries, "a .sql file or a folder of them")->needs(dsn);
  app.add_option("--configurations", options.configurations, "candidate sets per statement");
  app.add_option("--members", options.members, "candidates in a set");
  CLI11_PARSE(app, argc, argv);
  try {
    if (options.dsn.empty()) {
      pgadvisor::bench::run_own(options);
    } else {
      pgadvisor::bench::run(options.dsn, options.queries, options);
    }
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "whatif_speed: {}\n", error.what());
    return 2;
  }
}
