#include "collectors/pg/socket_wait.hpp"

#include "collectors/pg/libpq.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace pgadvisor::pg {

namespace {

namespace asio = boost::asio;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

/// The descriptor stays libpq's: it is given back, not closed.
class BorrowedSocket {
 public:
  BorrowedSocket(const asio::any_io_executor& executor, int socket) : descriptor_(executor, socket) {}
  BorrowedSocket(const BorrowedSocket&) = delete;
  BorrowedSocket& operator=(const BorrowedSocket&) = delete;
  ~BorrowedSocket() { descriptor_.release(); }

  asio::posix::stream_descriptor& get() { return descriptor_; }

 private:
  asio::posix::stream_descriptor descriptor_;
};

}  // namespace

asio::awaitable<bool> wait_for_socket(pg_conn* connection, Direction direction,
                                      std::chrono::steady_clock::time_point deadline) {
  using asio::experimental::awaitable_operators::operator||;
  const int number = PQsocket(connection);
  if (number < 0) co_return true;  // lost: the caller's next call of libpq says so
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, deadline);
  BorrowedSocket socket(executor, number);
  using Wait = asio::posix::stream_descriptor::wait_type;
  if (direction == Direction::kBoth) {
    const auto first =
        co_await (socket.get().async_wait(Wait::wait_read, kNoThrow) ||
                  socket.get().async_wait(Wait::wait_write, kNoThrow) || timer.async_wait(kNoThrow));
    co_return first.index() != 2;
  }
  const auto wait = direction == Direction::kRead ? Wait::wait_read : Wait::wait_write;
  const auto first = co_await (socket.get().async_wait(wait, kNoThrow) || timer.async_wait(kNoThrow));
  co_return first.index() == 0;
}

}  // namespace pgadvisor::pg
