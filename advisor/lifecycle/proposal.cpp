#include "advisor/lifecycle/proposal.hpp"

#include "advisor/stable_id.hpp"
#include "collectors/sql/quote.hpp"

namespace pgadvisor::lifecycle {

std::string_view to_string(Action action) {
  return action == Action::kCreateIndex ? "create_index" : "drop_index";
}

std::string_view to_string(Origin origin) {
  switch (origin) {
    case Origin::kAdvice:
      return "advice";
    case Origin::kVerdict:
      return "verdict";
    case Origin::kCatalog:
      return "catalog";
  }
  return "advice";
}

std::string_view to_string(Role role) {
  switch (role) {
    case Role::kServed:
      return "served";
    case Role::kReader:
      return "reader";
    case Role::kWriter:
      return "writer";
  }
  return "served";
}

std::string create_id(std::string_view database, std::string_view definition) {
  return advisor::stable_id(fmt::format("{}\n{}", database, definition));
}

std::string drop_id(std::string_view database, std::string_view definition, const model::ObjectName& index) {
  return advisor::stable_id(fmt::format("{}\ndrop {}\n{}", database, sql::quote_name(index), definition));
}

}  // namespace pgadvisor::lifecycle
