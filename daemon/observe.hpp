#pragma once

#include "collectors/model/activity.hpp"
#include "collectors/model/catalog.hpp"
#include "collectors/model/result.hpp"
#include "collectors/pg/connection.hpp"
#include "collectors/pg/dsn.hpp"

#include <optional>

namespace pgadvisor::daemon {

/// What one look at one database tells: the input of the one-shot commands.
struct Observation {
  model::DatabaseSnapshot snapshot;
  pg::Dsn dsn;  ///< effective: for the sandbox's pg_dump
  /// From pg_stat_statements since its last reset; empty when it was not asked for.
  std::optional<model::DatabaseActivity> activity;
  std::optional<model::RelationPoll> poll = {};    ///< counters of tables and indexes, with `activity`
  std::optional<model::Error> no_statements = {};  ///< why `activity` has none: only with kIfPossible
};

enum class WithActivity { kNo, kYes, kIfPossible };

/// A look at another server of the cluster.
struct MemberObservation {
  model::ServerIdentity server;
  model::RelationPoll poll;
};

/// Connects, looks, disconnects. Blocking: runs its own io_context. Errors as the collectors give them.
[[nodiscard]] model::Result<Observation> observe(const pg::Dsn& dsn, pg::ConnectionOptions options,
                                                 WithActivity with_activity);

/// The same for the counters of one database of a replica.
[[nodiscard]] model::Result<MemberObservation> observe_member(const pg::Dsn& dsn,
                                                              pg::ConnectionOptions options);

}  // namespace pgadvisor::daemon
