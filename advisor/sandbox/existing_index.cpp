#include "advisor/sandbox/database.hpp"
#include "advisor/sandbox/oid_text.hpp"
#include "collectors/index_rows.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

namespace pgadvisor::sandbox {

namespace {

/// Sets search_path for the statements in between, so that every name in what they answer is qualified; back
/// to what it was, which the planner's answers depend on.
class EmptySearchPath {
 public:
  explicit EmptySearchPath(pg::BlockingConnection& connection) : connection_(connection) {
    const auto rows = connection.query(
        "SELECT pg_catalog.current_setting('search_path'), pg_catalog.set_config('search_path', '', false)");
    if (rows) before_ = rows->string(0, 0);
  }
  EmptySearchPath(const EmptySearchPath&) = delete;
  EmptySearchPath& operator=(const EmptySearchPath&) = delete;
  ~EmptySearchPath() {
    if (before_)
      (void)connection_.query("SELECT pg_catalog.set_config('search_path', $1, false)", {*before_});
  }

 private:
  pg::BlockingConnection& connection_;
  std::optional<std::string> before_;
};

/// The definition of a partitioned index says ONLY: its partitions have theirs. Made again, it makes them
/// too.
std::string with_partitions(std::string ddl) {
  constexpr std::string_view kOnly = " ON ONLY ";
  const auto at = ddl.find(kOnly);
  if (at != std::string::npos) ddl.replace(at, kOnly.size(), " ON ");
  return ddl;
}

}  // namespace

model::Result<std::optional<CandidateId>> Database::find_index(const model::ObjectName& name) {
  auto rows = main().ask(
      "SELECT i.indexrelid FROM pg_catalog.pg_index i WHERE i.indexrelid = pg_catalog.to_regclass($1)",
      {sql::quote_name(name)});
  if (!rows) return rows.error();
  if (rows->size() == 0) return std::optional<CandidateId>{};
  return std::optional(CandidateId{static_cast<std::uint32_t>(rows->integer(0, 0))});
}

model::Result<std::optional<ExistingIndex>> Database::existing_index(const model::ObjectName& name) {
  const auto id = find_index(name);
  if (!id) return id.error();
  if (!*id) return std::optional<ExistingIndex>{};
  const EmptySearchPath qualified(main().connection());
  static const auto sql = collectors::definitions_sql("i.indrelid", "i.indexrelid = $1");
  auto columns = main().ask(sql, {to_text(**id)});
  if (!columns) return columns.error();
  if (columns->size() == 0) return std::optional<ExistingIndex>{};
  auto texts = main().ask(
      "SELECT pg_catalog.pg_get_indexdef(i.indexrelid, 0, false), pg_catalog.pg_get_expr(i.indpred, "
      "i.indrelid), "
      "c.relkind = 'I' FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
      "WHERE i.indexrelid = $1",
      {to_text(**id)});
  if (!texts) return texts.error();
  ExistingIndex index{**id, collectors::definitions_of(*columns).at(**id), texts->string(0, 0),
                      texts->string(0, 1)};
  if (texts->boolean(0, 2)) index.ddl = with_partitions(std::move(index.ddl));
  return std::optional(std::move(index));
}

model::Result<std::string> Database::constraint_ddl(const model::ObjectName& table,
                                                    const std::string& constraint) {
  const EmptySearchPath qualified(main().connection());
  auto rows = main().ask(
      "SELECT pg_catalog.pg_get_constraintdef(oid) FROM pg_catalog.pg_constraint "
      "WHERE conrelid = pg_catalog.to_regclass($1) AND conname = $2",
      {sql::quote_name(table), constraint});
  if (!rows) return rows.error();
  if (rows->size() == 0) return std::string();
  return fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", sql::quote_name(table),
                     sql::quote_identifier(constraint), rows->text(0, 0));
}

model::Result<void> Database::hide(std::span<const CandidateId> indexes) {
  std::string list;
  for (const auto index : indexes) list += (list.empty() ? "" : ",") + to_text(index);
  auto rows = tell(
      "SELECT pgadvisor_sandbox.hide(ARRAY(SELECT i.oid FROM pg_catalog.unnest($1::oid[]) i(oid) UNION "
      "SELECT t.relid FROM pg_catalog.unnest($1::oid[]) i(oid), pg_catalog.pg_partition_tree(i.oid) t))",
      {'{' + list + '}'});
  if (!rows) return rows.error();
  return {};
}

}  // namespace pgadvisor::sandbox
