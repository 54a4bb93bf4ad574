#pragma once

#include "collectors/model/units.hpp"
#include "daemon/apply/progress.hpp"

#include <string>

namespace pgadvisor::daemon::apply {

/// What `apply` says while it works, on stderr: a bar that is drawn over itself on a terminal, lines
/// elsewhere.
class Reporter {
 public:
  Reporter();

  void line(const std::string& text);
  void progress(const Progress& progress, model::Seconds elapsed);
  /// A new statement begins, or the last one has ended: the bar is gone.
  void end_progress();

 private:
  bool terminal_;
  bool bar_shown_ = false;
  LineRule rule_;
};

}  // namespace pgadvisor::daemon::apply
