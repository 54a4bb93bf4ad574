#include "daemon/members.hpp"

#include "collectors/identity_collector.hpp"
#include "collectors/relations_collector.hpp"
#include "daemon/schedule.hpp"

#include <fmt/format.h>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace pgadvisor::daemon {
namespace {

using boost::asio::awaitable;
using model::Result;

/// How soon a replica is asked again when the databases of the cluster are not known yet.
constexpr model::Seconds kSoon{0.2};

awaitable<void> sleep_for(model::Seconds time) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                  std::chrono::duration_cast<std::chrono::milliseconds>(time));
  co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace

Result<std::vector<pg::Dsn>> Members::parse(const config::TargetSettings& target) {
  std::vector<pg::Dsn> replicas;
  for (std::size_t i = 0; i < target.replicas.size(); ++i) {
    auto dsn = pg::Dsn::parse(target.replicas[i]);
    if (!dsn) {
      return model::give_up(fmt::format("target.replicas, entry {}: {}", i + 1, dsn.error().message),
                            dsn.error().hint);
    }
    replicas.push_back(std::move(*dsn));
  }
  return replicas;
}

Members::Members(const config::Settings& settings, std::vector<pg::Dsn> replicas, history::History& history,
                 StatusBoard& board, const model::Clock& clock)
    : settings_(settings), history_(history), board_(board), clock_(clock) {
  for (auto& dsn : replicas) {
    auto name = dsn.server();
    const auto& collect = settings.collect;
    replicas_.push_back({std::move(dsn), std::move(name), DutyCycle(collect.duty_cycle_limit)});
    replicas_.back().interval = collect.relations_interval;
  }
}

bool Members::ready() const {
  return std::ranges::all_of(replicas_, &Replica::asked);
}

std::vector<model::ConfiguredMember> Members::configured() const {
  std::vector<model::ConfiguredMember> members;
  for (const auto& replica : replicas_) members.push_back({replica.name, replica.trouble});
  return members;
}

model::Seconds Members::longest_interval() const {
  model::Seconds longest{};
  for (const auto& replica : replicas_) longest = std::max(longest, replica.interval);
  return longest;
}

awaitable<void> Members::run(std::size_t number) {
  Replica& replica = replicas_.at(number);
  const auto& collect = settings_.collect;
  for (;;) {
    if (board_.status().databases.empty()) {
      co_await sleep_for(kSoon);
      continue;
    }
    const auto outcome = co_await round(replica);
    report(replica, outcome);
    const model::Seconds wanted = collect.relations_interval;
    const auto least = replica.duty.least_wait({"relations", replica.name}, wanted, replica.busy);
    replica.interval = std::max(wanted, least);
    const auto wait = outcome ? replica.interval : reconnect_delay(replica.failures, outcome.error(), 0);
    co_await sleep_for(std::min(wait, replica.interval));
  }
}

awaitable<Result<void>> Members::round(Replica& replica) {
  replica.busy = {};
  Result<void> outcome;
  const auto databases = board_.status().databases;
  for (const auto& database : databases) {
    auto done = co_await poll(replica, database);
    if (done) continue;
    outcome = std::move(done);
    // A database that is not there (yet) says nothing of the others; a server that is away does.
    if (outcome.error().next == model::NextStep::kReconnect) break;
  }
  co_return outcome;
}

awaitable<Result<void>> Members::poll(Replica& replica, std::string database) {
  const auto& collect = settings_.collect;
  pg::ConnectionOptions options{"pgadvisor " + database, collect.connect_timeout, collect.statement_timeout,
                                collect.lock_timeout};
  auto connection = co_await pg::Connection::connect(replica.dsn.with_database(database), options);
  if (!connection) co_return connection.error();
  const auto identity = co_await collectors::collect_identity(*connection);
  if (!identity) co_return identity.error();
  const auto primary = board_.status().server;
  if (primary && !primary->system_identifier.empty() && !identity->system_identifier.empty() &&
      primary->system_identifier != identity->system_identifier) {
    co_return model::give_up(
        fmt::format("{} is no server of this cluster: its system identifier is {}, that of the "
                    "target {}",
                    replica.name, identity->system_identifier, primary->system_identifier),
        "list physical replicas of the target in target.replicas, and no others");
  }
  show(replica, *identity);
  if (is_primary(*identity)) {
    replica.busy += connection->busy();
    co_return history_.name_member(replica.name, *identity);
  }
  const auto polled = co_await collectors::collect_relations(*connection);
  replica.busy += connection->busy();
  if (!polled) co_return polled.error();
  const auto done = history_.record_usage(replica.name, identity->system_identifier, database, *polled);
  co_return done ? Result<void>() : Result<void>(done.error());
}

/// Two servers of a cluster do not start within the same microsecond.
bool Members::is_primary(const model::ServerIdentity& identity) const {
  const auto& primary = board_.status().server;
  return primary && board_.status().up && primary->postmaster_start == identity.postmaster_start;
}

void Members::report(Replica& replica, const Result<void>& outcome) {
  const auto component = "replica " + replica.name;
  replica.asked = true;
  if (outcome) {
    replica.failures = 0;
    replica.trouble.clear();
    board_.clear_problem(component, "");
  } else {
    ++replica.failures;
    replica.trouble = outcome.error().message;
    board_.set_problem(component, "", outcome.error());
  }
  board_.update([&](Status& status) {
    const auto member = std::ranges::find(status.members, replica.name, &MemberStatus::name);
    if (member != status.members.end()) {
      member->up = outcome.has_value();
      member->database_seconds += replica.busy.count();
    } else {
      status.members.push_back({replica.name, outcome.has_value(), true, std::nullopt, replica.busy.count()});
    }
  });
}

void Members::show(const Replica& replica, const model::ServerIdentity& identity) {
  board_.update([&](Status& status) {
    auto member = std::ranges::find(status.members, replica.name, &MemberStatus::name);
    if (member == status.members.end()) {
      status.members.push_back({replica.name, true, true, std::nullopt, 0});
      member = status.members.end() - 1;
    }
    member->in_recovery = identity.in_recovery;
    member->last_poll = clock_.now();
  });
}

}  // namespace pgadvisor::daemon
