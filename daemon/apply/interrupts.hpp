#pragma once

namespace pgadvisor::daemon::apply {

/// While it lives, SIGINT, SIGTERM and SIGHUP are counted in place of ending the process: what runs on the
/// server is cancelled and cleaned up first. One at a time.
class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  [[nodiscard]] static int count();
};

}  // namespace pgadvisor::daemon::apply
