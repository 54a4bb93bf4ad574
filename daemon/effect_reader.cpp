#include "daemon/wire.hpp"
#include "daemon/wire_lifecycle.hpp"

#include <boost/json.hpp>

#include <exception>
#include <limits>

namespace pgadvisor::daemon {

namespace json = boost::json;

namespace {

double number(const json::value& value) {
  return value.is_null() ? std::numeric_limits<double>::infinity() : value.to_number<double>();
}

std::optional<double> optional_number(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  return value.to_number<double>();
}

std::string text(const json::value& value) {
  return std::string(value.as_string());
}

model::Window window(const json::value& value) {
  const auto time = [](const json::value& one) {
    return one.is_null() ? model::Timestamp{} : from_rfc3339(text(one)).value();
  };
  return {time(value.at("from")), time(value.at("to"))};
}

lifecycle::Role role(const json::value& value) {
  return lifecycle::role_of(text(value)).value();
}

std::optional<lifecycle::Shift> shift(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  return lifecycle::Shift{number(value.at("ratio")),
                          number(value.at("low")),
                          number(value.at("high")),
                          number(value.at("p_value")),
                          value.at("slices_before").to_number<std::size_t>(),
                          value.at("slices_after").to_number<std::size_t>()};
}

lifecycle::PerCall per_call(const json::value& value) {
  return {number(value.at("time_ms")), number(value.at("rows")), number(value.at("blocks"))};
}

lifecycle::Effect effect(const json::value& value) {
  lifecycle::Effect effect{.before = window(value.at("before")), .after = window(value.at("after"))};
  effect.verdict = lifecycle::verdict_of(text(value.at("verdict"))).value();
  for (const auto& reason : value.at("reasons").as_array()) effect.reasons.push_back(text(reason));
  if (const auto saved = optional_number(value.at("saved_ms_per_day"))) {
    effect.saved_per_day = model::Milliseconds(*saved);
  }
  effect.index_scans = value.at("index_scans").to_number<std::int64_t>();
  effect.table_scans = value.at("table_scans").to_number<std::int64_t>();
  const auto& size = value.at("size_bytes");
  if (!size.is_null()) effect.real_size = model::Bytes{size.to_number<std::int64_t>()};
  const auto& predicted = value.at("predicted_size_bytes");
  if (!predicted.is_null()) effect.predicted_size = {predicted.to_number<std::int64_t>()};
  effect.hot_before = optional_number(value.at("hot_share_before"));
  effect.hot_after = optional_number(value.at("hot_share_after"));
  effect.others_meanwhile = value.at("others_meanwhile").as_bool();
  for (const auto& one : value.at("roles").as_array()) {
    effect.roles.push_back(
        {role(one.at("role")), one.at("calls_before").to_number<std::int64_t>(),
         one.at("calls_after").to_number<std::int64_t>(), model::Milliseconds(number(one.at("expected_ms"))),
         model::Milliseconds(number(one.at("actual_ms"))), shift(one.at("time")), shift(one.at("blocks"))});
  }
  for (const auto& one : value.at("statements").as_array()) {
    effect.statements.push_back({text(one.at("query_id")), role(one.at("role")),
                                 one.at("calls_before").to_number<std::int64_t>(),
                                 one.at("calls_after").to_number<std::int64_t>(), per_call(one.at("before")),
                                 per_call(one.at("after")), shift(one.at("time"))});
  }
  return effect;
}

}  // namespace

std::optional<lifecycle::Effect> effect_from_json(std::string_view text_form) {
  json::error_code error;
  const auto value = json::parse(text_form, error);
  if (error || !value.is_object()) return std::nullopt;
  try {
    return effect(value);
  } catch (const std::exception&) {  // a member is missing or of another kind
    return std::nullopt;
  }
}

}  // namespace pgadvisor::daemon
