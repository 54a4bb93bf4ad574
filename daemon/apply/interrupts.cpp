#include "daemon/apply/interrupts.hpp"

#include <signal.h>

#include <array>

namespace pgadvisor::daemon::apply {
namespace {

constexpr std::array<int, 3> kSignals{SIGINT, SIGTERM, SIGHUP};

volatile sig_atomic_t received = 0;
std::array<struct sigaction, kSignals.size()> before{};

void receive(int) {
  received = received + 1;
}

}  // namespace

Interrupts::Interrupts() {
  received = 0;
  struct sigaction action {};
  action.sa_handler = receive;  // without SA_RESTART: a wait for the server ends at once
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &action, &before[i]);
}

Interrupts::~Interrupts() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &before[i], nullptr);
}

int Interrupts::count() {
  return received;
}

}  // namespace pgadvisor::daemon::apply
