#include "advisor/lifecycle/standing.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pgadvisor::lifecycle {
namespace {

constexpr std::array<std::pair<State, std::string_view>, 8> kStates{
    {{State::kOpen, "open"},
     {State::kSnoozed, "snoozed"},
     {State::kDismissed, "dismissed"},
     {State::kApplied, "applied"},
     {State::kVerified, "verified"},
     {State::kWithoutEffect, "without_effect"},
     {State::kRegressed, "regressed"},
     {State::kObsolete, "obsolete"}}};

constexpr std::array<std::pair<Verdict, std::string_view>, 4> kVerdicts{
    {{Verdict::kUnknown, "unknown"},
     {Verdict::kVerified, "verified"},
     {Verdict::kWithoutEffect, "without_effect"},
     {Verdict::kRegressed, "regressed"}}};

template <class Names, class Value>
std::string_view name_in(const Names& names, Value value) {
  return std::ranges::find(names, value, [](const auto& entry) { return entry.first; })->second;
}

template <class Names>
auto value_in(const Names& names, std::string_view name)
    -> std::optional<typename Names::value_type::first_type> {
  const auto found = std::ranges::find(names, name, [](const auto& entry) { return entry.second; });
  if (found == names.end()) return std::nullopt;
  return found->first;
}

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
