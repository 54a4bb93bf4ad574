#include "advisor/lifecycle/proposal.hpp"

#include "advisor/lifecycle/names.hpp"
#include "collectors/model/stable_hash.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

namespace pgadvisor::lifecycle {

namespace {

constexpr Names<Action, 2> kActions{
    {{Action::kCreateIndex, "create_index"}, {Action::kDropIndex, "drop_index"}}};
constexpr Names<Origin, 3> kOrigins{
    {{Origin::kAdvice, "advice"}, {Origin::kVerdict, "verdict"}, {Origin::kCatalog, "catalog"}}};
constexpr Names<Role, 3> kRoles{
    {{Role::kServed, "served"}, {Role::kReader, "reader"}, {Role::kWriter, "writer"}}};

}  // namespace

std::string_view to_string(Action action) {
  return name_in(kActions, action);
}
std::optional<Action> action_of(std::string_view name) {
  return value_in(kActions, name);
}

std::string_view to_string(Origin origin) {
  return name_in(kOrigins, origin);
}
std::optional<Origin> origin_of(std::string_view name) {
  return value_in(kOrigins, name);
}

std::string_view to_string(Role role) {
  return name_in(kRoles, role);
}
std::optional<Role> role_of(std::string_view name) {
  return value_in(kRoles, name);
}

std::string create_id(std::string_view database, std::string_view definition) {
  return fmt::format("{:016x}", model::stable_hash(fmt::format("{}\n{}", database, definition)));
}

std::string drop_id(std::string_view database, std::string_view definition, const model::ObjectName& index) {
  const auto text = fmt::format("{}\ndrop {}\n{}", database, sql::quote_name(index), definition);
  return fmt::format("{:016x}", model::stable_hash(text));
}

}  // namespace pgadvisor::lifecycle
