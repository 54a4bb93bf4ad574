#pragma once

#include "collectors/model/result.hpp"
#include "collectors/sql/own_statement.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pgadvisor::sql {

/// What may leave memory of a statement's text, and what tells alike statements together.
struct RedactedStatement {
  std::string text;         ///< literals replaced by $n, comments stripped, trimmed; empty when `utility`
  std::string fingerprint;  ///< equal for IN lists of any length, white space and literals
  bool utility = false;     ///< not SELECT (without INTO), INSERT, UPDATE, DELETE or MERGE
};

/// Redacts one statement. Fails with kSkip when the grammar (PostgreSQL 15's) does not know it: the text must
/// then not be kept, only its queryid; also for several statements in one text, more than 1 MB, or 10,000
/// names and operators. The error's message never quotes the text. Any thread.
[[nodiscard]] model::Result<RedactedStatement> redact(std::string_view text);

/// The text without its comments, literals untouched: what the sandbox plans. kSkip when the lexer fails.
[[nodiscard]] model::Result<std::string> strip_comments(std::string_view text);

/// What the operands of + - * / and % are taken for that their text does not say.
enum class Operands {
  kAsNeeded,  ///< numbers where nothing else can have stood
  kNumbers,   ///< all of them: the last try, for `day + $1`, where the text does not tell that day is a date
};

/// pg_stat_statements turns `interval '1 day'` into `interval $1`, which no server parses: rewrites a type
/// name before a parameter into a cast (`$1::interval`) and `extract($1 from x)` into
/// pg_catalog.date_part($1, x), which PostgreSQL 13 to 18 all have. It also takes the type from numbers, so
/// that
/// `$1 - $2` may be any operator: they become integers. Text that needs nothing comes back as it was.
[[nodiscard]] std::string make_plannable(std::string_view normalised_text,
                                         Operands operands = Operands::kAsNeeded);

/// One statement of a workload file.
struct FileStatement {
  std::string text;      ///< comments stripped, no semicolon
  double weight = 1;     ///< of the `-- weight: N` line directly before it
  std::size_t line = 1;  ///< where it starts, for messages
};

/// Splits a `.sql` file. Semicolons and comment marks inside literals, dollar quotes and function bodies are
/// not separators. A bad weight (not a positive number) and what the lexer refuses fail with kGiveUp naming
/// the line.
[[nodiscard]] model::Result<std::vector<FileStatement>> split_file(std::string_view content);

}  // namespace pgadvisor::sql
