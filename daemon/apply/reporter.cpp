#include "daemon/apply/reporter.hpp"

#include "daemon/log.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

namespace pgadvisor::daemon::apply {
namespace {

std::size_t columns() {
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return known ? size.ws_col - 1U : 79U;
}

}  // namespace

Reporter::Reporter() : terminal_(isatty(STDERR_FILENO) != 0) {}

void Reporter::line(const std::string& text) {
  end_progress();
  fmt::print(stderr, "pgadvisor: {}\n", log::printable(text));
}

void Reporter::progress(const Progress& progress, model::Seconds elapsed) {
  if (terminal_) {
    fmt::print(stderr, "\r{}\033[K", log::printable(bar(progress, elapsed, columns())));
    std::fflush(stderr);
    bar_shown_ = true;
  } else if (rule_.is_worth_a_line(progress, elapsed)) {
    fmt::print(stderr, "pgadvisor: {:3.0f} %  {}\n", 100 * fraction(progress),
               log::printable(describe(progress)));
  }
}

void Reporter::end_progress() {
  if (bar_shown_) fmt::print(stderr, "\r\033[K");
  bar_shown_ = false;
  rule_ = {};
}

}  // namespace pgadvisor::daemon::apply
