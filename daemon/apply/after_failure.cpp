#include "daemon/apply/after_failure.hpp"

#include <algorithm>
#include <cmath>

namespace pgadvisor::daemon::apply {

std::optional<model::Seconds> retry_after(const model::Error& error, int attempt, int attempts) {
  const bool passes = error.sqlstate == "55P03" || error.sqlstate == "40P01";
  if (!passes || attempt >= attempts) return std::nullopt;
  return model::Seconds(std::min(60.0, std::exp2(attempt - 1)));
}

std::string hint_for(const model::Error& error) {
  const auto& state = error.sqlstate;
  if (state == "55P03")
    return "wait until the transactions named are over, or give --lock-timeout or --wait-timeout";
  if (state == "53100") return "free some space, or name a TABLESPACE that has it";
  if (state == "53400") return "raise temp_file_limit for this role, or maintenance_work_mem";
  if (state == "23505")
    return "the column holds duplicates: a unique index cannot be made before they are gone";
  if (state == "42501") return "connect as the owner of the table";
  if (state == "57014") return "it was cancelled, or took longer than --timeout";
  if (state == "25006") return "connect to the primary, as a role that may write";
  return error.hint;
}

}  // namespace pgadvisor::daemon::apply
