#include "tests/bench/fidelity/evidence.hpp"

#include "tests/bench/fidelity/plan_difference.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <cmath>

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
  double rows = 0;
};

Content content_of(Session& session, const std::string& index) {
  const auto rows = session.query(R"(
SELECT string_agg(k.def, ', ' ORDER BY k.n), string_agg('coalesce(avg(pg_column_size(' || k.def || ')), 0)', ' + '),
  i.indrelid::regclass || coalesce(' WHERE ' || pg_get_expr(i.indpred, i.indrelid), ''),
  i.indnkeyatts, i.indexprs IS NOT NULL,
  (SELECT sum(c.reltuples) FROM pg_class c WHERE c.relkind = 'i'
     AND (c.oid = i.indexrelid OR c.oid IN (SELECT relid FROM pg_partition_tree(i.indexrelid))))
FROM pg_index i,
  LATERAL (SELECT n, pg_get_indexdef(i.indexrelid, n, false) AS def FROM generate_series(1, i.indnkeyatts) n) k
WHERE i.indexrelid = $1::regclass GROUP BY i.indexrelid, i.indrelid, i.indpred, i.indnkeyatts, i.indexprs)",
                                  {index});
  return {rows.string(0, 0),  rows.string(0, 1),  rows.string(0, 2),
          rows.integer(0, 3), rows.boolean(0, 4), rows.real(0, 5)};
}

std::string distinct_evidence(Session& session, const Content& content) {
  const auto groups = fmt::format("SELECT {0} FROM {1} GROUP BY {0}", content.keys, content.from);
  const auto plan = session.plan(groups);
  if (!plan) return {};
  const double estimated =
      boost::json::parse(*plan).as_array()[0].at("Plan").at("Plan Rows").to_number<double>();
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
  const double estimated =
      boost::json::parse(*plan).as_array()[0].at("Plan").at("Plan Width").to_number<double>();
  const double real =
      session.query(fmt::format("SELECT {} FROM {}", content.widths, content.from)).real(0, 0);
  if (!differ(estimated, real, 0.1)) return {};
  return fmt::format("bytes a key: planner {:.0f}, counted {:.1f}", estimated, real);
}

}  // namespace

std::string Evidence::of_size(std::size_t index) {
  auto& session = built_.session();
  const auto content = content_of(session, schema_.indexes.at(index).name);
  std::string text;
  // Of the other methods reltuples counts entries, or the table's rows.
  if (built_.methods()[index] == "btree") {
    const double rows = twin_.predicted(index)->tuples;
    if (differ(rows, content.rows))
      append(text, fmt::format("rows: predicted {:.0f}, counted {:.0f}", rows, content.rows));
    if (const auto distinct = distinct_evidence(session, content); !distinct.empty()) append(text, distinct);
  }
  if (const auto width = width_evidence(session, content); !width.empty()) append(text, width);
  return text.empty() ? "the size model: rows, distinct keys and widths are as estimated" : text;
}

std::string Evidence::wrong_sizes(const IndexSet& set) const {
  std::string text;
  for (const auto index : set) {
    const auto& predicted = twin_.predicted(index);
    const auto& real = built_.sizes()[index];
    const bool other_height = predicted && real->height && predicted->tree_height != *real->height;
    if (!predicted || (!differ(static_cast<double>(predicted->pages), real->pages, 0.003) && !other_height))
      continue;
    append(text,
           fmt::format("{} has {} pages{}, built {:.0f}{}", schema_.indexes[index].name, predicted->pages,
                       other_height ? fmt::format(" and height {}", predicted->tree_height) : "", real->pages,
                       other_height ? fmt::format(" and height {}", *real->height) : ""));
  }
  return text;
}

std::string Evidence::of_cost(const IndexSet& set, std::size_t statement, double real) {
  twin_.show(set);
  for (const auto index : set) {
    if (twin_.predicted(index)) twin_.believe(index, built_.sizes()[index]);
  }
  const auto corrected = twin_.cost(statement);
  const auto plan = corrected ? twin_.plan(statement) : std::string();
  for (const auto index : set) {
    if (twin_.predicted(index)) twin_.believe(index, {});
  }
  if (!corrected) return "the sandbox could not plan it";
  const bool by_size = !differ(*corrected, real, 0.001);
  if (by_size && !set.empty()) return "size: " + wrong_sizes(set);
  built_.show(set);
  return plan_difference(plan, *built_.plan(statement), built_.plan_without_indexes(statement));
}

}  // namespace pgadvisor::bench
