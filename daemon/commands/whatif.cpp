#include "advisor/whatif/candidate_set.hpp"
#include "advisor/workload/analyse.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/setup.hpp"
#include "daemon/text.hpp"
#include "daemon/whatif_answer.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include <array>

namespace pgadvisor::daemon::commands {
namespace {

using model::Result;

Result<sandbox::Configuration> create_indexes(const WhatifCommand& command, const Observation& observation,
                                              sandbox::Database& sandbox, WhatifAnswer& answer) {
  sandbox::Configuration configuration;
  for (const auto& sql : command.indexes) {
    const auto id = sandbox.create_candidate(sql);
    if (!id) return model::give_up("--index: " + id.error().message, id.error().hint);
    const auto definition = sandbox.definition(*id);
    if (!definition) return definition.error();
    const auto candidate = whatif::size_candidate(*id, *definition, "", observation.snapshot, sandbox);
    if (!candidate) return candidate.error();
    configuration.insert(*id);
    answer.indexes.push_back({*definition, candidate->bytes(), candidate->size.tree_height});
  }
  return configuration;
}

Result<WhatifStatement> answer_statement(const workload::AnalysedStatement& analysed,
                                         const sandbox::Configuration& configuration,
                                         sandbox::Database& sandbox) {
  const auto prepared = analysed.parts.front().prepared;
  const std::array<sandbox::Configuration, 2> questions{sandbox::Configuration{}, configuration};
  const auto costs = sandbox.costs(prepared, questions);
  if (!costs) return costs.error();
  WhatifStatement statement{
      analysed.statement.id, analysed.statement.query, (*costs)[0].total, (*costs)[1].total, {}, {}};
  for (const auto& [plan, question] :
       {std::pair{&statement.plan_before, 0U}, std::pair{&statement.plan_after, 1U}}) {
    auto text = sandbox.explain(prepared, questions[question]);
    if (!text) return text.error();
    *plan = std::move(*text);
  }
  return statement;
}

Result<WhatifAnswer> make_answer(const WhatifCommand& command, const config::Settings& settings,
                                 const pg::Dsn& dsn) {
  const auto workload = workload::from_files(command.query);
  if (!workload) return workload.error();
  progress("reading catalog and statistics");
  const auto observation = observe(dsn, connection_options(settings), WithActivity::kNo);
  if (!observation) return observation.error();
  auto twin = make_twin(settings, *observation);
  if (!twin) return twin.error();

  WhatifAnswer answer;
  answer.database = observation->snapshot.database.name;
  answer.server_version = observation->snapshot.server.version;
  answer.sandbox_version = twin->database.server_version();
  answer.limitations = observation->snapshot.limitations;
  const auto& left_out = twin->database.left_out();
  answer.limitations.insert(answer.limitations.end(), left_out.begin(), left_out.end());
  auto analysed = workload::analyse(*workload, observation->snapshot, twin->database, {});
  if (!analysed) return analysed.error();
  answer.skipped = std::move(analysed->skipped);
  const auto configuration = create_indexes(command, *observation, twin->database, answer);
  if (!configuration) return configuration.error();
  for (const auto& statement : analysed->statements) {
    auto one = answer_statement(statement, *configuration, twin->database);
    if (!one) return one.error();
    answer.statements.push_back(std::move(*one));
  }
  return answer;
}

}  // namespace

ExitCode whatif(const WhatifCommand& command) {
  const auto settings = load_settings({});
  if (!settings) return ExitCode::kUsage;
  const auto dsn = parse_dsn(command.dsn);
  if (!dsn) return ExitCode::kUsage;
  const auto answer = make_answer(command, *settings, *dsn);
  if (!answer) {
    complain(answer.error());
    return ExitCode::kFailed;
  }
  fmt::print("{}", command.format == "json" ? boost::json::serialize(to_json(*answer)) + "\n"
                                            : text::as_text(*answer));
  complain_about_skipped(answer->skipped);
  return answer->skipped.empty() ? ExitCode::kDone : ExitCode::kIncomplete;
}

}  // namespace pgadvisor::daemon::commands
