#pragma once

#include "advisor/index_report.hpp"
#include "daemon/proposals.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string_view>

namespace pgadvisor::daemon {

/// The recommendation as it was last published, with `database`, `action`, `definition_sql` and `lifecycle`;
/// of what nobody recommended, what is not known is null.
[[nodiscard]] boost::json::object to_json(const TrackedProposal& tracked);

/// The evidence for a drop that a verdict proposes, in the shape of a recommendation's.
[[nodiscard]] boost::json::object drop_json(const lifecycle::Proposal& proposal,
                                            const advisor::IndexReport& index);

[[nodiscard]] boost::json::object to_json(const lifecycle::Effect& effect);
/// What to_json() made of an effect; empty when it is something else.
[[nodiscard]] std::optional<lifecycle::Effect> effect_from_json(std::string_view text);

}  // namespace pgadvisor::daemon
