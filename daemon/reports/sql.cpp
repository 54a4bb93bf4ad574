#include "collectors/sql/quote.hpp"
#include "daemon/reports/words.hpp"
#include "daemon/reports/writers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace pgadvisor::daemon::reports {
namespace {

struct Statement {
  std::string database;
  std::string about;  ///< of a comment
  std::string sql;
  std::string rollback;  ///< empty: not known
};

/// Of one database after the other, none twice: what is recommended may be a foreign key's index, too.
class Script {
 public:
  void add(Statement statement) {
    if (statement.sql.empty() || !known_.emplace(statement.database, statement.sql).second) return;
    statements_.push_back(std::move(statement));
  }
  /// From now on.
  void leave_out(const std::set<std::pair<std::string, std::string>>& statements) {
    known_.insert(statements.begin(), statements.end());
  }
  [[nodiscard]] std::vector<Statement> by_database() {
    std::ranges::stable_sort(statements_, {}, &Statement::database);
    return std::move(statements_);
  }

 private:
  std::vector<Statement> statements_;
  std::set<std::pair<std::string, std::string>> known_;
};

void add_indexes(Script& script, const Lines<IndexLine>& lines) {
  for (const auto& line : lines.items) {
    auto about = fmt::format("{} is {}", line.index, line.verdict);
    if (!line.reasons.empty()) about += ": " + line.reasons.front();
    script.add({line.database, std::move(about), line.sql, line.rollback});
  }
}

Script script_of(const WeeklyReport& report) {
  Script script;
  for (const auto& line : report.open.items) {
    auto about = fmt::format("proposal {} on {}, {}", line.id, line.table, to_string(line.state));
    if (!line.reasons.empty()) about += ": " + line.reasons.front();
    script.add({line.database, std::move(about), line.sql, line.rollback});
  }
  script.leave_out(report.not_wanted);
  for (const auto* lines : {&report.unused, &report.redundant, &report.other_indexes})
    add_indexes(script, *lines);
  for (const auto& line : report.foreign_keys.items)
    script.add(
        {line.database, "foreign key of " + line.table + " without an index", line.sql, line.rollback});
  return script;
}

/// A name may hold a line break: SQL keeps it within its quotes, in a comment it must not end the line.
std::string comment(const std::string& text) {
  return fmt::format("-- {}\n", visible(text));
}

/// For a partitioned table PostgreSQL has no CREATE INDEX CONCURRENTLY.
bool blocks_writes(const std::string& sql) {
  return sql.starts_with("CREATE INDEX ") && !sql.starts_with("CREATE INDEX CONCURRENTLY ");
}

/// What follows is carried out in that database only, whichever psql is connected to.
std::string begin_of(const std::string& database) {
  return fmt::format("\n{}SELECT current_database() = {} AS pgadvisor_here \\gset\n\\if :pgadvisor_here\n",
                     comment("Database " + database), sql::quote_literal(database));
}

}  // namespace

std::string as_sql(const WeeklyReport& report) {
  auto text = comment(fmt::format("What pgadvisor proposes for {}, as of {}.", report.target,
                                  report.zone.text(report.advice_at)));
  text +=
      comment("Read it first: it creates and drops indexes for real. Run with psql, outside a transaction,");
  text += comment("in each database: what is for another one is left out there.");
  text += "\\set ON_ERROR_STOP on\nSET lock_timeout = '10min';\n";
  const auto statements = script_of(report).by_database();
  if (statements.empty()) return text + comment("There is nothing to do.");
  const std::string* database = nullptr;
  for (const auto& statement : statements) {
    if (database == nullptr || *database != statement.database) {
      if (database != nullptr) text += "\\endif\n";
      database = &statement.database;
      text += begin_of(*database);
    }
    text += "\n" + comment(statement.about);
    if (blocks_writes(statement.sql)) {
      text += comment(
          "It blocks writes to all partitions until it is done; `pgadvisor apply` builds it one by one.");
    }
    if (!statement.rollback.empty()) text += comment("Way back: " + statement.rollback + ";");
    text += statement.sql + ";\n";
  }
  return text + "\\endif\n";
}

}  // namespace pgadvisor::daemon::reports
