#pragma once

#include <boost/system/result.hpp>

#include <stdexcept>
#include <string>
#include <utility>

namespace pgadvisor::model {

/// What the caller does next. SQLSTATE stays as data in `Error::sqlstate`.
enum class NextStep {
  kRetry,      ///< the same call may succeed later on the same connection (lock or statement timeout)
  kReconnect,  ///< the connection or server is gone; open a new one, with back-off
  kSkip,       ///< this item (statement, table, candidate) cannot be handled; go on with the others
  kGiveUp,     ///< somebody has to change something (configuration, privilege, missing extension or package)
};

/// A failure as a value. `message` says what went wrong, `hint` the exact fix where one is known.
/// Neither ever contains a password or a literal of a monitored statement.
struct Error {
  NextStep next = NextStep::kGiveUp;
  std::string message;
  std::string hint = {};
  std::string sqlstate = {};

  bool operator==(const Error&) const = default;
};

/// "message (hint)": one line for a log or a terminal.
[[nodiscard]] inline std::string to_string(const Error& error) {
  return error.hint.empty() ? error.message : error.message + " (" + error.hint + ")";
}

template <class T>
using Result = boost::system::result<T, Error>;

/// Found by argument-dependent lookup when `.value()` is called on a failed Result: a broken invariant.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::logic_error(to_string(error));
}

[[nodiscard]] inline Error give_up(std::string message, std::string hint = {}) {
  return {NextStep::kGiveUp, std::move(message), std::move(hint), {}};
}

[[nodiscard]] inline Error skip(std::string message, std::string hint = {}) {
  return {NextStep::kSkip, std::move(message), std::move(hint), {}};
}

}  // namespace pgadvisor::model
