#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace pgadvisor::testing {

/// The one loop of a test process: connections stay bound to it between calls of run().
inline boost::asio::io_context& loop() {
  static boost::asio::io_context context;
  return context;
}

/// Runs the loop until `work` is done, and hands its value over.
template <class T>
T run(boost::asio::awaitable<T> work) {
  std::optional<T> value;
  std::exception_ptr failure;
  const auto keep = [&value](boost::asio::awaitable<T> inner) -> boost::asio::awaitable<void> {
    value.emplace(co_await std::move(inner));
  };
  boost::asio::co_spawn(loop(), keep(std::move(work)), [&failure](std::exception_ptr thrown) { failure = thrown; });
  loop().restart();
  loop().run();
  if (failure) std::rethrow_exception(failure);
  return std::move(*value);
}

}  // namespace pgadvisor::testing
