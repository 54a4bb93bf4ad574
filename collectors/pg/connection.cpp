#include "collectors/pg/connection.hpp"

#include "collectors/model/clock.hpp"
#include "collectors/pg/effective_dsn.hpp"
#include "collectors/pg/failure.hpp"
#include "collectors/pg/host_list.hpp"
#include "collectors/pg/libpq.hpp"
#include "collectors/pg/socket_wait.hpp"
#include "collectors/sql/own_statement.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace pgadvisor::pg {

namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kGrace{
    2};  ///< beyond statement_timeout, and again to join a cancelled statement
constexpr int kOldestServer = 130000;

steady_clock::time_point monotonic() {
  return model::SystemClock{}.monotonic();
}

/// PQcancel blocks (it connects): a thread of its own, which owns all it uses and outlives nothing it refers
/// to.
void cancel_in_background(PGconn* connection) {
  CancelHandle cancel(PQgetCancel(connection));
  if (!cancel) return;
  std::thread([handle = std::move(cancel)] {
    std::array<char, 256> message{};
    PQcancel(handle.get(), message.data(), static_cast<int>(message.size()));
  }).detach();
}

std::string milliseconds(std::chrono::milliseconds duration) {
  return std::to_string(duration.count());
}

}  // namespace

/// Owns the PGconn. `in_flight_` is true from sending a statement until its last result is read: a coroutine
/// that is destroyed or cancelled meanwhile leaves the connection unusable, never out of step.
class Connection::Implementation {
 public:
  explicit Implementation(ConnectionOptions options) : options_(std::move(options)) {}
  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;
  ~Implementation() {
    if (connection_ && in_flight_) cancel_in_background(connection_.get());
  }

  asio::awaitable<model::Result<void>> connect_timed(Dsn dsn);
  asio::awaitable<model::Result<Rows>> query(std::string sql, Parameters parameters);
  asio::awaitable<model::Result<void>> renew();
  asio::awaitable<model::Result<void>> set(SessionSettings settings);

  [[nodiscard]] bool usable() const {
    return connection_ && !in_flight_ && PQstatus(connection_.get()) == CONNECTION_OK;
  }
  [[nodiscard]] PGconn* handle() const { return connection_.get(); }
  [[nodiscard]] int server_version() const { return connection_ ? PQserverVersion(connection_.get()) : 0; }
  [[nodiscard]] std::chrono::duration<double> busy() const { return busy_; }

 private:
  asio::awaitable<model::Result<void>> connect(Dsn dsn);
  asio::awaitable<bool> poll_until_connected(steady_clock::time_point deadline);
  model::Result<void> check_connected();
  SessionSettings manners() const;
  asio::awaitable<model::Result<void>> apply(const SessionSettings& settings);
  asio::awaitable<bool> flush(steady_clock::time_point deadline);
  asio::awaitable<bool> read_results(steady_clock::time_point deadline);
  asio::awaitable<model::Result<Rows>> cancel_and_join();
  model::Result<Rows> finish();
  model::Error lost(const std::string& what);

  ConnectionOptions options_;
  SessionSettings settings_;  ///< those of set()
  ConnectionHandle connection_;
  ResultHandle result_;  ///< of the statement in flight: the first failed one, else the last
  bool in_flight_ = false;
  std::chrono::duration<double> busy_{};
};

asio::awaitable<bool> Connection::Implementation::poll_until_connected(steady_clock::time_point deadline) {
  auto state = PQstatus(connection_.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
    const auto direction = state == PGRES_POLLING_WRITING ? Direction::kWrite : Direction::kRead;
    const bool ready = co_await wait_for_socket(connection_.get(), direction, deadline);
    if (!ready) co_return false;
    state = PQconnectPoll(connection_.get());
  }
  co_return true;
}

asio::awaitable<model::Result<void>> Connection::Implementation::connect(Dsn dsn) {
  while (true) {
    const ConnectParameters parameters(dsn, options_.name);
    connection_.reset(PQconnectStartParams(parameters.keywords(), parameters.values(), 0));
    if (!connection_) co_return model::give_up(options_.name + ": out of memory");
    silence_notices(connection_.get());
    PQsetErrorVerbosity(connection_.get(), PQERRORS_VERBOSE);  // the only way to learn the SQLSTATE
    const bool in_time = co_await poll_until_connected(monotonic() + options_.connect_timeout);
    if (in_time) break;
    const auto rest = without_hosts_up_to(dsn, PQhost(connection_.get()), PQport(connection_.get()));
    if (!rest) {
      co_return lost(fmt::format("no connection within {} ms: check host, port and firewall",
                                 options_.connect_timeout.count()));
    }
    dsn = *rest;
  }
  const auto accepted = check_connected();
  if (!accepted) co_return accepted.error();
  auto settings = settings_;
  settings.merge(manners());
  co_return co_await apply(settings);
}

/// A new connection is a new process in the server: it counts.
asio::awaitable<model::Result<void>> Connection::Implementation::connect_timed(Dsn dsn) {
  const auto started = monotonic();
  const auto connected = co_await connect(std::move(dsn));
  busy_ += monotonic() - started;
  co_return connected;
}

model::Result<void> Connection::Implementation::check_connected() {
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    return connect_failure(options_.name, PQerrorMessage(connection_.get()),
                           PQconnectionNeedsPassword(connection_.get()) != 0);
  }
  if (server_version() < kOldestServer) {
    return model::give_up(
        fmt::format("{}: PostgreSQL {} is too old", options_.name, server_version() / 10000),
        "pgadvisor needs PostgreSQL 13 or newer");
  }
  PQsetErrorVerbosity(connection_.get(), PQERRORS_DEFAULT);
  PQsetnonblocking(connection_.get(), 1);
  return {};
}

/// search_path is emptied against objects of other users that shadow functions and operators of ours.
SessionSettings Connection::Implementation::manners() const {
  SessionSettings settings{{"statement_timeout", milliseconds(options_.statement_timeout)},
                           {"lock_timeout", milliseconds(options_.lock_timeout)},
                           {"idle_in_transaction_session_timeout", "10000"},
                           {"jit", "off"},
                           {"max_parallel_workers_per_gather", "0"},
                           {"work_mem", "16MB"},
                           {"search_path", ""},
                           {"default_transaction_read_only", "on"}};
  if (server_version() >= 150000) settings["stats_fetch_consistency"] = "none";  // halves the cost
  return settings;
}

/// One statement for all settings.
asio::awaitable<model::Result<void>> Connection::Implementation::apply(const SessionSettings& settings) {
  std::string sql;
  Parameters values;
  for (const auto& [name, value] : settings) {
    values.push_back(value);
    sql += fmt::format("{} pg_catalog.set_config('{}', ${}, false)", sql.empty() ? "SELECT" : ",", name,
                       values.size());
  }
  const auto rows = co_await query(std::move(sql), std::move(values));
  if (!rows) co_return rows.error();
  co_return model::Result<void>();
}

/// To the same server, whatever others the DSN lists.
asio::awaitable<model::Result<void>> Connection::Implementation::renew() {
  if (!usable()) co_return lost("there is no session to begin anew");
  Dsn dsn = pg::effective_dsn(connection_.get());
  connection_.reset();
  co_return co_await connect_timed(std::move(dsn));
}

asio::awaitable<model::Result<void>> Connection::Implementation::set(SessionSettings settings) {
  const auto done = co_await apply(settings);
  if (!done) co_return done.error();
  settings.merge(settings_);
  settings_ = std::move(settings);
  co_return model::Result<void>();
}

asio::awaitable<bool> Connection::Implementation::flush(steady_clock::time_point deadline) {
  while (PQflush(connection_.get()) == 1) {
    const bool ready = co_await wait_for_socket(connection_.get(), Direction::kBoth, deadline);
    if (!ready) co_return false;
    if (PQconsumeInput(connection_.get()) == 0) break;
  }
  co_return true;
}

/// Reads until the server is ready for the next statement; false at the deadline.
asio::awaitable<bool> Connection::Implementation::read_results(steady_clock::time_point deadline) {
  while (true) {
    while (PQisBusy(connection_.get()) == 1) {
      const bool ready = co_await wait_for_socket(connection_.get(), Direction::kRead, deadline);
      if (!ready) co_return false;
      if (PQconsumeInput(connection_.get()) == 0) break;
    }
    ResultHandle next(PQgetResult(connection_.get()));
    if (!next) co_return true;
    const auto status = PQresultStatus(next.get());
    const bool copies = status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
    if (!result_ || PQresultStatus(result_.get()) != PGRES_FATAL_ERROR) result_ = std::move(next);
    if (copies) co_return true;  // finish() drops the connection
  }
}

asio::awaitable<model::Result<Rows>> Connection::Implementation::query(std::string sql,
                                                                       Parameters parameters) {
  if (!usable()) {  // not dropped here: another coroutine may still be reading from it
    const char* why = in_flight_ ? "another statement is under way" : "the connection is closed";
    co_return model::Error{model::NextStep::kReconnect, fmt::format("{}: {}", options_.name, why), {}, {}};
  }
  const std::string marked = sql::mark_own(sql);
  std::vector<const char*> values;
  for (const auto& parameter : parameters) values.push_back(parameter ? parameter->c_str() : nullptr);
  const auto started = monotonic();
  result_.reset();
  if (PQsendQueryParams(connection_.get(), marked.c_str(), static_cast<int>(values.size()), nullptr,
                        values.data(), nullptr, nullptr, 0) == 0) {
    co_return statement_failure(options_.name, connection_.get(), nullptr);
  }
  in_flight_ = true;
  const auto deadline = started + options_.statement_timeout + kGrace;
  bool done = co_await flush(deadline);
  if (done) done = co_await read_results(deadline);
  auto outcome = model::Result<Rows>(model::Error{});
  if (done) {
    outcome = finish();
  } else {
    outcome = co_await cancel_and_join();
  }
  busy_ += monotonic() - started;
  co_return outcome;
}

asio::awaitable<model::Result<Rows>> Connection::Implementation::cancel_and_join() {
  cancel_in_background(connection_.get());
  const bool joined = co_await read_results(monotonic() + kGrace);
  if (!joined) co_return lost("the statement neither ended in time nor could be cancelled");
  const auto outcome = finish();
  if (!outcome && outcome.error().next == model::NextStep::kReconnect) co_return outcome.error();
  co_return model::Error{model::NextStep::kRetry,
                         fmt::format("{}: the statement took longer than {} ms and was cancelled",
                                     options_.name, options_.statement_timeout.count()),
                         {},
                         "57014"};
}

model::Result<Rows> Connection::Implementation::finish() {
  in_flight_ = false;
  const auto status = result_ ? PQresultStatus(result_.get()) : PGRES_FATAL_ERROR;
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY) {
    return Rows(result_.release());
  }
  if (result_ && status != PGRES_FATAL_ERROR) return lost("the statement wants to copy data");
  const model::Error error = statement_failure(options_.name, connection_.get(), result_.get());
  result_.reset();
  if (error.next == model::NextStep::kReconnect) connection_.reset();
  return error;
}

model::Error Connection::Implementation::lost(const std::string& what) {
  connection_.reset();
  in_flight_ = false;
  return {model::NextStep::kReconnect, fmt::format("{}: {}", options_.name, what), {}, {}};
}

Connection::Connection(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

asio::awaitable<model::Result<Connection>> Connection::connect(Dsn dsn, ConnectionOptions options) {
  auto implementation = std::make_unique<Implementation>(std::move(options));
  const auto connected = co_await implementation->connect_timed(std::move(dsn));
  if (!connected) co_return connected.error();
  co_return Connection(std::move(implementation));
}

asio::awaitable<model::Result<Rows>> Connection::query(std::string sql, Parameters parameters) {
  co_return co_await implementation_->query(std::move(sql), std::move(parameters));
}

asio::awaitable<model::Result<void>> Connection::renew() {
  co_return co_await implementation_->renew();
}

asio::awaitable<model::Result<void>> Connection::set(SessionSettings settings) {
  co_return co_await implementation_->set(std::move(settings));
}

bool Connection::usable() const {
  return implementation_->usable();
}

int Connection::server_version() const {
  return implementation_->server_version();
}

std::chrono::duration<double> Connection::busy() const {
  return implementation_->busy();
}

Dsn Connection::effective_dsn() const {
  return pg::effective_dsn(implementation_->handle());
}

}  // namespace pgadvisor::pg
