#include "collectors/pg/rows.hpp"

#include "collectors/pg/libpq.hpp"

#include <charconv>

namespace pgadvisor::pg {

namespace {

template <class Number>
Number parse(std::string_view text) {
  Number number{};
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

Rows::Rows(pg_result* result) : result_(result, [](pg_result* rows) { PQclear(rows); }) {}

int Rows::size() const {
  return PQntuples(result_.get());
}

int Rows::columns() const {
  return PQnfields(result_.get());
}

std::int64_t Rows::affected() const {
  return parse<std::int64_t>(PQcmdTuples(result_.get()));
}

bool Rows::is_null(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) != 0;
}

std::string_view Rows::text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t Rows::integer(int row, int column) const {
  return parse<std::int64_t>(text(row, column));
}

double Rows::real(int row, int column) const {
  return parse<double>(text(row, column));
}

bool Rows::boolean(int row, int column) const {
  return text(row, column) == "t";
}

std::optional<std::string> Rows::optional_string(int row, int column) const {
  if (is_null(row, column)) return std::nullopt;
  return string(row, column);
}

std::optional<double> Rows::optional_real(int row, int column) const {
  if (is_null(row, column)) return std::nullopt;
  return real(row, column);
}

}  // namespace pgadvisor::pg
