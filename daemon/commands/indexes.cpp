#include "advisor/index_health/index_health.hpp"
#include "advisor/workload/workload.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/setup.hpp"
#include "daemon/log.hpp"
#include "daemon/one_look.hpp"
#include "daemon/text.hpp"
#include "daemon/wire.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace pgadvisor::daemon::commands {
namespace {

using model::Result;

/// What the command line named, read.
struct Servers {
  pg::Dsn primary;
  std::vector<pg::Dsn> replicas;
};

struct HealthAnswer {
  Observation observation;
  advisor::IndexHealth health;
};

std::optional<Servers> parse_servers(const IndexesCommand& command) {
  const auto primary = parse_dsn(command.dsn);
  if (!primary) return std::nullopt;
  Servers servers{*primary, {}};
  for (const auto& text : command.replicas) {
    const auto replica = parse_dsn(text);
    if (!replica) return std::nullopt;
    servers.replicas.push_back(*replica);
  }
  return servers;
}

/// Nothing where it is the primary itself.
std::optional<LookedAt> look_at(const pg::Dsn& replica, const Observation& observation,
                                const pg::ConnectionOptions& options) {
  LookedAt server{replica.server(), {}, {}};
  auto seen = observe_member(replica.with_database(observation.snapshot.database.name), options);
  if (!seen) {
    server.trouble = model::to_string(seen.error());
    return server;
  }
  if (seen->server.postmaster_start == observation.snapshot.server.postmaster_start) return std::nullopt;
  const auto& own = observation.snapshot.server.system_identifier;
  const auto& other = seen->server.system_identifier;
  if (!own.empty() && !other.empty() && own != other) {
    server.trouble = "it belongs to another cluster: only physical replicas of the database count";
    return server;
  }
  server.poll = std::move(seen->poll);
  return server;
}

std::vector<LookedAt> look_at_all(const Servers& servers, const Observation& observation,
                                  const pg::ConnectionOptions& options) {
  std::vector<LookedAt> all{{observation.dsn.server(), observation.poll, {}}};
  for (const auto& replica : servers.replicas) {
    progress("looking at " + replica.server());
    if (auto server = look_at(replica, observation, options)) all.push_back(std::move(*server));
  }
  return all;
}

/// Without a twin there are verdicts all the same, but no SQL: a drop is not proposed unless it was
/// rehearsed.
Result<advisor::IndexHealth> examine(const index_health::Evidence& evidence, const Observation& observation,
                                     const config::Settings& settings) {
  index_health::UsagePolicy policy;
  policy.window = settings.advise.unused_window;
  const auto workload = workload::from_activity(*observation.activity);
  auto twin = make_twin(settings, observation);
  progress("examining the indexes");
  auto health = index_health::examine(evidence, workload, policy, twin ? &twin->database : nullptr, {});
  if (!health) return health.error();
  auto& left_out = health->left_out;
  if (!twin) {
    left_out.push_back("nothing was rehearsed and no size predicted, so that no drop is proposed: " +
                       model::to_string(twin.error()));
  } else {
    left_out.insert(left_out.begin(), twin->database.left_out().begin(), twin->database.left_out().end());
  }
  return health;
}

/// Counters of relations and of statements begin at different times: what is said of both speaks of the
/// longer one.
void widen_window(model::DatabaseActivity& activity, const model::ClusterUsage& usage) {
  auto& window = activity.window;
  const auto& primary = usage.members.front();
  if (primary.spans.empty()) return;
  const auto since = primary.spans.front().from;
  const bool known = window.from != model::Timestamp{};
  window = {known ? std::min(window.from, since) : since, usage.as_of};
}

Result<HealthAnswer> make_answer(const Servers& servers, const config::Settings& settings) {
  progress("reading catalog, statistics and counters");
  const auto options = connection_options(settings);
  auto observation = observe(servers.primary, options, WithActivity::kIfPossible);
  if (!observation) return observation.error();
  const auto usage = usage_at_once(look_at_all(servers, *observation, options));
  widen_window(*observation->activity, usage);
  const std::vector<model::IndexMemory> memory;
  auto health =
      examine({observation->snapshot, *observation->activity, usage, memory}, *observation, settings);
  if (!health) return health.error();
  if (observation->no_statements) {
    health->left_out.push_back("drops were rehearsed without a workload: " +
                               model::to_string(*observation->no_statements));
  }
  return HealthAnswer{std::move(*observation), std::move(*health)};
}

bool complain_about_left_out(const advisor::IndexHealth& health) {
  bool incomplete = !health.left_out.empty();
  for (const auto& text : health.left_out)
    fmt::print(stderr, "pgadvisor: left out: {}\n", log::printable(text));
  for (const auto& member : health.members) {
    if (member.watched) continue;
    incomplete = true;
    fmt::print(stderr, "pgadvisor: left out: {}\n", log::printable(member.trouble));
  }
  return incomplete;
}

}  // namespace

ExitCode indexes(const IndexesCommand& command) {
  const auto settings = load_settings({});
  if (!settings) return ExitCode::kUsage;
  const auto servers = parse_servers(command);
  if (!servers) return ExitCode::kUsage;
  const auto answer = make_answer(*servers, *settings);
  if (!answer) {
    complain(answer.error());
    return ExitCode::kFailed;
  }
  const auto& snapshot = answer->observation.snapshot;
  const auto content = command.format == "json"
                           ? boost::json::serialize(to_json(answer->health, snapshot.database.name)) + "\n"
                           : text::as_text(answer->health, snapshot.database.name, snapshot.server.version);
  if (const auto written = write_result(content, {}); !written) {
    complain(written.error());
    return ExitCode::kFailed;
  }
  return complain_about_left_out(answer->health) ? ExitCode::kIncomplete : ExitCode::kDone;
}

}  // namespace pgadvisor::daemon::commands
