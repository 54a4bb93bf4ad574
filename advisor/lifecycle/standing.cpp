#include "advisor/lifecycle/standing.hpp"

#include "advisor/lifecycle/names.hpp"

namespace pgadvisor::lifecycle {
namespace {

constexpr Names<State, 8> kStates{{{State::kOpen, "open"},
                                   {State::kSnoozed, "snoozed"},
                                   {State::kDismissed, "dismissed"},
                                   {State::kApplied, "applied"},
                                   {State::kVerified, "verified"},
                                   {State::kWithoutEffect, "without_effect"},
                                   {State::kRegressed, "regressed"},
                                   {State::kObsolete, "obsolete"}}};

constexpr Names<Verdict, 4> kVerdicts{{{Verdict::kUnknown, "unknown"},
                                       {Verdict::kVerified, "verified"},
                                       {Verdict::kWithoutEffect, "without_effect"},
                                       {Verdict::kRegressed, "regressed"}}};

}  // namespace

std::string_view to_string(State state) {
  return name_in(kStates, state);
}

std::optional<State> state_of(std::string_view name) {
  return value_in(kStates, name);
}

bool is_carried_out(State state) {
  return state == State::kApplied || state == State::kVerified || state == State::kWithoutEffect ||
         state == State::kRegressed;
}

std::string_view to_string(Verdict verdict) {
  return name_in(kVerdicts, verdict);
}

std::optional<Verdict> verdict_of(std::string_view name) {
  return value_in(kVerdicts, name);
}

}  // namespace pgadvisor::lifecycle
