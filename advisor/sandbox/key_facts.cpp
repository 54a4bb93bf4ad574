#include "advisor/sandbox/key_facts.hpp"

#include "advisor/sandbox/json_members.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>

namespace pgadvisor::sandbox {
namespace {

namespace json = boost::json;

KeyColumn column(const json::object& object) {
  KeyColumn result;
  result.length = static_cast<int>(number_in(object, "length"));
  result.alignment = static_cast<int>(number_in(object, "alignment"));
  result.signature = object.at("signature").as_bool();
  result.order = number_in(object, "order");
  result.nulls = std::clamp(number_in(object, "nulls"), 0.0, 1.0);
  result.passed = std::clamp(number_in(object, "passed"), 0.0, 1.0);
  for (const json::value& value : object.at("classes").as_array()) {
    const json::array& one = value.as_array();
    result.classes.push_back(
        {one.at(0).to_number<double>(), one.at(1).to_number<double>(), one.at(2).to_number<int>()});
  }
  return result;
}

KnownCombinations combinations(const json::object& object) {
  KnownCombinations result;
  result.most = number_in(object, "most");
  result.exact = object.at("exact").as_bool();
  for (const json::value& position : object.at("columns").as_array())
    result.columns.push_back(position.to_number<std::size_t>());
  return result;
}

KeyFacts facts(const json::object& object) {
  KeyFacts result;
  result.method = std::string(object.at("method").as_string());
  result.keys = object.at("keys").to_number<std::size_t>();
  result.deduplicates = object.at("deduplicates").as_bool();
  result.sorted_build = object.at("sorted_build").as_bool();
  if (object.contains("summary")) {
    result.summary = static_cast<int>(number_in(object, "summary"));
    result.range = static_cast<int>(number_in(object, "range"));
  }
  for (const json::value& one : object.at("columns").as_array())
    result.columns.push_back(column(one.as_object()));
  for (const json::value& one : object.at("combinations").as_array())
    result.combinations.push_back(combinations(one.as_object()));
  return result;
}

/// What a predicate that no known value satisfies lets in: some of the many unknown ones.
void keep_unknown(KeyColumn& column, double selectivity) {
  const double values = std::max(1.0, column.distinct() * selectivity);
  double total = 0;
  for (const ValueClass& one : column.classes) total += one.share;
  for (ValueClass& one : column.classes) {
    one.share /= std::max(total, 1e-9);
    one.values = values * one.share;
  }
  column.nulls = 0;
}

}  // namespace

double KeyColumn::distinct() const {
  double sum = 0;
  for (const ValueClass& one : classes) sum += one.values;
  return sum;
}

model::Result<KeyFacts> parse_key_facts(std::string_view text) {
  boost::system::error_code error;
  const json::value parsed = json::parse({text.data(), text.size()}, error);
  if (error || !parsed.is_object()) return model::give_up("the sandbox describes an index in no known form");
  return facts(parsed.as_object());
}

KeyColumn within_predicate(KeyColumn column, double table_rows, double selectivity) {
  if (column.passed <= 0) {
    keep_unknown(column, selectivity);
    return column;
  }
  const double kept = std::clamp(selectivity / column.passed, 0.0, 1.0);
  if (kept >= 1) return column;
  for (ValueClass& one : column.classes) {
    const double rows_a_value =
        std::max(1.0, one.share * column.passed * table_rows / std::max(one.values, 1e-9));
    one.values *= -std::expm1(rows_a_value * std::log1p(-kept));
  }
  return column;
}

}  // namespace pgadvisor::sandbox
