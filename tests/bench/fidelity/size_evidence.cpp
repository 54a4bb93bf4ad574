#include "tests/bench/fidelity/size_evidence.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>

namespace pgadvisor::bench {
namespace {

constexpr double kNoticeable = 0.05;

bool differ(double estimated, double real, double tolerance = kNoticeable) {
  return std::abs(estimated - real) > tolerance * std::max(std::abs(real), 1.0);
}

void append(std::string& text, const std::string& part) {
  text += (text.empty() ? "" : "; ") + part;
}

/// What an index holds, as SQL.
struct Content {
  std::string keys;    ///< "a, lower(b)"
  std::string widths;  ///< "avg(pg_column_size(a)) + ...", without NULLs
  std::string from;    ///< "t WHERE ..."
  std::int64_t key_count = 0;
  bool has_expressions = false;
};

Content content_of(Session& session, const std::string& index) {
  const auto rows = session.query(R"(
SELECT string_agg(k.def, ', ' ORDER BY k.n), string_agg('coalesce(avg(pg_column_size(' || k.def || ')), 0)', ' + '),
  CASE t.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END || i.indrelid::regclass || coalesce(' WHERE ' || pg_get_expr(i.indpred, i.indrelid), ''),
  i.indnkeyatts, i.indexprs IS NOT NULL
FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid,
  LATERAL (SELECT n, pg_get_indexdef(i.indexrelid, n, false) AS def FROM generate_series(1, i.indnkeyatts) n) k
WHERE i.indexrelid = $1::regclass GROUP BY t.relkind, i.indexrelid, i.indrelid, i.indpred, i.indnkeyatts, i.indexprs)",
                                  {index});
  return {rows.string(0, 0), rows.string(0, 1), rows.string(0, 2), rows.integer(0, 3), rows.boolean(0, 4)};
}

std::string distinct_evidence(Session& session, const Content& content) {
  const auto groups = fmt::format("SELECT {0} FROM {1} GROUP BY {0}", content.keys, content.from);
  const auto plan = session.plan(groups);
  if (!plan) return {};
  const double estimated = rows_of(*plan);
  const double real = session.query("SELECT count(*) FROM (" + groups + ") g").real(0, 0);
  if (!differ(estimated, real)) return {};
  const char* cause = content.has_expressions ? "an expression without statistics"
                      : content.key_count > 1 ? "columns taken as independent"
                                              : "n_distinct of ANALYZE's sample";
  return fmt::format("distinct keys: planner {:.0f}, counted {:.0f} ({})", estimated, real, cause);
}

std::string width_evidence(Session& session, const Content& content) {
  const auto plan = session.plan(fmt::format("SELECT {} FROM {}", content.keys, content.from));
  if (!plan) return {};
  const double estimated = width_of(*plan);
  const double real =
      session.query(fmt::format("SELECT {} FROM {}", content.widths, content.from)).real(0, 0);
  if (!differ(estimated, real, 0.1)) return {};
  return fmt::format("bytes a key: planner {:.0f}, counted {:.1f}", estimated, real);
}

}  // namespace

std::string why_size(Session& session, const std::string& index, const std::string& method,
                     const Size& predicted, const Size& real) {
  const auto content = content_of(session, index);
  std::string text;
  // Of the other methods reltuples counts entries, or the table's rows.
  if (method == "btree") {
    if (differ(predicted.tuples, real.tuples))
      append(text, fmt::format("rows: predicted {:.0f}, counted {:.0f}", predicted.tuples, real.tuples));
    if (const auto distinct = distinct_evidence(session, content); !distinct.empty()) append(text, distinct);
  }
  if (const auto width = width_evidence(session, content); !width.empty()) append(text, width);
  return text.empty() ? "the size model: rows, distinct keys and widths are as estimated" : text;
}

}  // namespace pgadvisor::bench
