#pragma once

#include "advisor/lifecycle/catalog.hpp"
#include "advisor/report.hpp"
#include "collectors/history/history.hpp"
#include "collectors/model/catalog.hpp"
#include "collectors/model/clock.hpp"
#include "daemon/lifecycle_batch.hpp"
#include "daemon/lifecycle_bounds.hpp"
#include "daemon/proposals.hpp"
#include "daemon/proposals_of.hpp"
#include "daemon/publication.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace pgadvisor::daemon {

/// Merges what is proposed anew with what the history knows of it, measures what was carried out, takes
/// people's decisions, and publishes the result. Decides nothing itself (advisor/lifecycle does); writes
/// every change down before it is published. The io_context's thread.
class Lifecycle {
 public:
  Lifecycle(history::History& history, Publication& publication, const model::Clock& clock,
            LifecycleOptions options)
      : history_(history), publication_(publication), clock_(clock), options_(options) {}

  /// Reads the history back. Once, before anything else.
  [[nodiscard]] model::Result<void> load();

  // Observations. kRetry and kGiveUp as the history gives them: what was not written down is not published,
  // and comes again with the next observation.

  /// New advice for a database.
  [[nodiscard]] model::Result<void> advised(const advisor::DatabaseReport& report);
  /// A new look at a database's catalog.
  [[nodiscard]] model::Result<void> looked(const model::DatabaseSnapshot& snapshot);
  /// A check found the catalog as it was at the last look.
  void unchanged(const std::string& database);
  /// Counters of a database were recorded: measures what was carried out there.
  [[nodiscard]] model::Result<void> counted(const std::string& database);
  /// Proposals of all other databases are obsolete.
  [[nodiscard]] model::Result<void> watching(const std::function<bool(const std::string&)>& is_watched);

  /// See Decide.
  [[nodiscard]] model::Result<std::shared_ptr<const TrackedProposal>> decide(
      const std::string& id, const lifecycle::Event& decision);

 private:
  [[nodiscard]] model::Result<void> commit(const LifecycleBatch& batch);
  /// The last look at a database; null when there was none.
  [[nodiscard]] model::Result<const lifecycle::Catalog*> last_catalog(const std::string& database);
  [[nodiscard]] model::Result<void> measure(LifecycleBatch& batch, const std::string& id);
  void propose(LifecycleBatch& batch, ProposalWithEvidence fresh);
  void look(LifecycleBatch& batch, const std::string& id, const lifecycle::Catalog& catalog,
            const lifecycle::Catalog* before);
  void add_made_by_others(LifecycleBatch& batch, const std::string& database,
                          const lifecycle::Catalog& before, const lifecycle::Catalog& now);
  void publish();

  history::History& history_;
  Publication& publication_;
  const model::Clock& clock_;
  LifecycleOptions options_;
  TrackedProposals tracked_;
  std::map<std::string, lifecycle::Catalog> catalogs_;  ///< the last look at each database
  std::map<std::string, TableStatements> statements_;   ///< of the last advice for each database
};

}  // namespace pgadvisor::daemon
