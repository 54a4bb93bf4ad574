#pragma once

#include "collectors/model/ids.hpp"
#include "collectors/model/units.hpp"

#include <boost/container/flat_set.hpp>

#include <set>
#include <string>

namespace pgadvisor::sandbox {

/// A candidate in a sandbox database: the Oid of a real, empty index.
using CandidateId = model::Oid;
/// Candidates the planner may see; all others are hidden. Existing indexes are seen unless Database::hide()
/// was called.
using Configuration = boost::container::flat_set<CandidateId>;

struct PlanCost {
  model::Cost total;
  /// The total with what the planner overlooks of the probes of nested loops: those into candidates share
  /// only the pages that they read themselves, unless they come in order, and others may have lost theirs to
  /// a candidate. Each such scan counts with the geometric mean of the planner's cost and that
  /// (module/probes.c). Never below the total.
  model::Cost expected;
  double rows = 0;                 ///< rows the top node returns
  Configuration used;              ///< candidates in the plan
  std::set<std::string> existing;  ///< names of existing indexes in the plan ("schema.index", unquoted)
  std::set<model::ObjectName>
      sequential;  ///< tables that it reads by sequential scans; partitions themselves
};

}  // namespace pgadvisor::sandbox
