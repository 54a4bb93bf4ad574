#include "collectors/sql/quote.hpp"
#include "daemon/wire.hpp"
#include "daemon/wire_values.hpp"

#include <boost/json.hpp>

namespace pgadvisor::daemon {

namespace json = boost::json;

json::value to_json(const advisor::Alternative& alternative) {
  return json::object{{"id", json_text(alternative.id)},
                      {"ddl", json_text(alternative.ddl)},
                      {"table", json_text(sql::quote_name(alternative.definition.table))},
                      {"definition_sql", json_text(sql::describe(alternative.definition))},
                      {"size_bytes", alternative.size.value},
                      {"saves_alone", json_number(alternative.saves_alone)},
                      {"saves_beside", json_number(alternative.saves_beside)},
                      {"writes_share", json_number(alternative.writes_share)},
                      {"reason", json_text(alternative.reason)},
                      {"served_by", json_text_or_null(alternative.served_by)},
                      {"query_id", json_text_or_null(alternative.query_id)},
                      {"message", json_text(alternative.message)}};
}

json::value to_json(const advisor::UnhelpedStatement& statement) {
  return json::object{{"query_id", json_text(statement.query_id)},
                      {"query", json_text(statement.query)},
                      {"share", json_number(statement.share)},
                      {"reason", json_text(statement.reason)},
                      {"alternative", json_text_or_null(statement.alternative)},
                      {"message", json_text(statement.message)}};
}

}  // namespace pgadvisor::daemon
