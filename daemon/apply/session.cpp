#include "daemon/apply/session.hpp"

#include "collectors/sql/own_statement.hpp"

#include <fmt/format.h>

namespace pgadvisor::daemon::apply {
namespace {

constexpr std::chrono::milliseconds kGlance{100};

}  // namespace

model::Result<Session> Session::open(const pg::Dsn& dsn, const std::string& name) {
  auto connection = pg::BlockingConnection::connect(dsn, name);
  if (!connection) return connection.error();
  Session session(std::move(*connection));
  if (session.server_version() >= 140000) {
    // So that what we started does not outlive us; some systems cannot tell, and refuse.
    (void)session.connection_.execute("SET client_connection_check_interval = '1s'");
  }
  if (auto done = session.set(kCatalogTimeouts); !done) return done.error();
  const auto start = session.query(
      "SELECT backend_start FROM pg_catalog.pg_stat_activity WHERE pid = pg_catalog.pg_backend_pid()");
  if (!start) return start.error();
  if (start->size() > 0) session.backend_start_ = start->string(0, 0);
  return session;
}

model::Result<void> Session::set(const Timeouts& timeouts) {
  return connection_.execute(fmt::format("SET lock_timeout = {}; SET statement_timeout = {}",
                                         timeouts.lock.count(), timeouts.statement.count()));
}

model::Result<pg::Rows> Session::query(const std::string& sql, const pg::Parameters& parameters) {
  return connection_.query(sql::mark_own(sql), parameters);
}

model::Result<void> Session::run(const std::string& sql, const Timeouts& timeouts,
                                 const std::function<bool()>& watch) {
  if (auto done = set(timeouts); !done) return done;
  if (auto started = connection_.start(sql); !started) return started;
  bool cancelled = false;
  while (!connection_.wait(kGlance)) {
    if (!cancelled && !watch()) {
      connection_.cancel();
      cancelled = true;
    }
  }
  auto outcome = connection_.finish();
  if (usable()) (void)set(kCatalogTimeouts);  // else the next statement says what is wrong
  return outcome;
}

}  // namespace pgadvisor::daemon::apply
