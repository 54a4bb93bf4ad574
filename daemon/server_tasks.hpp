#pragma once

#include "collectors/history/history.hpp"
#include "collectors/statements_collector.hpp"
#include "config/settings.hpp"
#include "daemon/hotspot_watch.hpp"
#include "daemon/task_runner.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::daemon {

/// What is read of the server as a whole, over the one long-lived connection: who it is, its databases,
/// statements and their texts, literals, maintenance. Each answer goes into the history. One io_context
/// thread.
class ServerTasks {
 public:
  struct Events {
    std::function<void(const std::vector<model::DatabaseProperties>&)> databases_found;
    std::function<bool(const std::string& database)> watches;
  };

  /// All must outlive this object.
  ServerTasks(const config::Settings& settings, history::History& history, StatusBoard& board,
              const model::Clock& clock, TaskRunner& runner, HotspotWatch& hotspots, Events events);

  /// Runs what is due. Fails when the connection is lost.
  [[nodiscard]] Answer<void> run_due(MeteredConnection& connection);

  /// A new connection: another server may be behind it.
  void connected();
  /// A database could not be reached: it may have been dropped.
  void look_for_databases() { databases_due_.at_once(); }
  [[nodiscard]] bool statements_polled() const { return statements_polled_; }
  [[nodiscard]] Due::Time next_due() const;

 private:
  [[nodiscard]] Answer<void> identity(pg::Connection& connection);
  [[nodiscard]] Answer<void> databases(pg::Connection& connection);
  [[nodiscard]] Answer<void> statements(pg::Connection& connection);
  [[nodiscard]] Answer<void> texts(pg::Connection& connection);
  [[nodiscard]] Answer<void> samples(pg::Connection& connection);
  [[nodiscard]] Answer<void> maintenance(pg::Connection& connection);

  const config::Settings& settings_;
  history::History& history_;
  StatusBoard& board_;
  const model::Clock& clock_;
  TaskRunner& runner_;
  HotspotWatch& hotspots_;
  Events events_;
  std::optional<collectors::StatementsExtension> extension_;
  std::optional<model::Timestamp> samples_taken_;      ///< by the server's clock
  std::optional<model::Timestamp> maintenance_taken_;  ///< the same
  bool statements_polled_ = false;
  bool texts_idle_ = false;  ///< the last look found every statement's text known
  Due identity_due_, databases_due_, statements_due_, texts_due_, samples_due_, maintenance_due_;
};

}  // namespace pgadvisor::daemon
