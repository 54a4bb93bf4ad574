#include "collectors/pg/blocking_connection.hpp"

#include "collectors/pg/failure.hpp"
#include "collectors/pg/libpq.hpp"

#include <poll.h>

#include <array>
#include <utility>
#include <vector>

namespace pgadvisor::pg {

namespace {

bool succeeded(const PGresult* result) {
  const auto status = PQresultStatus(result);
  return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY;
}

/// PQconnectdbParams by hand, for a caller that has set the verbosity before. Each step has ten seconds.
bool finish_connecting(PGconn* connection) {
  constexpr int kStepMilliseconds = 10000;
  auto state = PGRES_POLLING_WRITING;
  while (PQstatus(connection) != CONNECTION_BAD && state != PGRES_POLLING_OK &&
         state != PGRES_POLLING_FAILED) {
    const short events = state == PGRES_POLLING_WRITING ? POLLOUT : POLLIN;
    pollfd wait{PQsocket(connection), events, 0};
    const int ready = poll(&wait, 1, kStepMilliseconds);
    if (ready == 0) return false;
    if (ready > 0) state = PQconnectPoll(connection);
  }
  return state == PGRES_POLLING_OK;
}

}  // namespace

void BlockingConnection::Close::operator()(pg_conn* connection) const {
  PQfinish(connection);
}

BlockingConnection::BlockingConnection(std::unique_ptr<pg_conn, Close> connection, Dsn dsn, std::string name)
    : connection_(std::move(connection)), dsn_(std::move(dsn)), name_(std::move(name)) {}

model::Result<BlockingConnection> BlockingConnection::connect(const Dsn& dsn, const std::string& name) {
  const ConnectParameters parameters(dsn, name);
  std::unique_ptr<pg_conn, Close> connection(
      PQconnectStartParams(parameters.keywords(), parameters.values(), 0));
  if (!connection) return model::give_up(name + ": out of memory");
  PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);  // the only way to learn the SQLSTATE
  silence_notices(connection.get());
  if (!finish_connecting(connection.get())) {
    return connect_failure(name, PQerrorMessage(connection.get()),
                           PQconnectionNeedsPassword(connection.get()) != 0);
  }
  PQsetErrorVerbosity(connection.get(), PQERRORS_DEFAULT);
  return BlockingConnection(std::move(connection), dsn, name);
}

model::Result<Rows> BlockingConnection::query(const std::string& sql, const Parameters& parameters) {
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const auto& parameter : parameters) values.push_back(parameter ? parameter->c_str() : nullptr);
  ResultHandle result(PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                                   values.data(), nullptr, nullptr, 0));
  if (!succeeded(result.get())) return statement_failure(name_, connection_.get(), result.get());
  return Rows(result.release());
}

model::Result<void> BlockingConnection::execute(const std::string& sql) {
  const ResultHandle result(PQexec(connection_.get(), sql.c_str()));
  if (!succeeded(result.get())) return statement_failure(name_, connection_.get(), result.get());
  return {};
}

model::Result<void> BlockingConnection::start(const std::string& sql) {
  if (PQsendQuery(connection_.get(), sql.c_str()) == 0) {
    return statement_failure(name_, connection_.get(), nullptr);
  }
  return {};
}

bool BlockingConnection::wait(std::chrono::milliseconds patience) {
  if (PQisBusy(connection_.get()) == 0) return true;
  pollfd answer{PQsocket(connection_.get()), POLLIN, 0};
  if (poll(&answer, 1, static_cast<int>(patience.count())) <= 0) return false;
  return PQconsumeInput(connection_.get()) == 0 || PQisBusy(connection_.get()) == 0;
}

model::Result<void> BlockingConnection::finish() {
  model::Result<void> outcome;
  for (ResultHandle result(PQgetResult(connection_.get())); result;
       result.reset(PQgetResult(connection_.get()))) {
    if (!succeeded(result.get())) outcome = statement_failure(name_, connection_.get(), result.get());
  }
  if (outcome && !usable()) return statement_failure(name_, connection_.get(), nullptr);
  return outcome;
}

void BlockingConnection::cancel() const {
  const CancelHandle handle(PQgetCancel(connection_.get()));
  if (!handle) return;
  std::array<char, 256> message{};
  PQcancel(handle.get(), message.data(), static_cast<int>(message.size()));
}

int BlockingConnection::backend_pid() const {
  return PQbackendPID(connection_.get());
}

int BlockingConnection::server_version() const {
  return PQserverVersion(connection_.get());
}

bool BlockingConnection::usable() const {
  return PQstatus(connection_.get()) == CONNECTION_OK;
}

}  // namespace pgadvisor::pg
