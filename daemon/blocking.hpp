#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace pgadvisor::daemon {

/// Runs one coroutine to its end on an io_context of its own: for the one-shot commands.
template <class T>
T run_blocking(boost::asio::awaitable<T> work) {
  boost::asio::io_context context(1);
  std::optional<T> answer;
  boost::asio::co_spawn(context, std::move(work), [&](std::exception_ptr failure, T result) {
    if (failure) std::rethrow_exception(failure);
    answer.emplace(std::move(result));
  });
  context.run();
  return std::move(*answer);
}

}  // namespace pgadvisor::daemon
