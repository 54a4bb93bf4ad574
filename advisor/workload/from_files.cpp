#include "advisor/workload/workload.hpp"
#include "collectors/sql/statement_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>

namespace pgadvisor::workload {
namespace {

using model::give_up;
using model::Result;

Result<std::vector<std::filesystem::path>> files_of(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return std::vector{path};
  std::vector<std::filesystem::path> files;
  for (std::filesystem::directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".sql") files.push_back(entry->path());
  }
  if (error) return give_up(fmt::format("cannot read the folder {}: {}", path.string(), error.message()));
  if (files.empty()) return give_up(fmt::format("the folder {} holds no .sql file", path.string()));
  std::sort(files.begin(), files.end());
  return files;
}

Result<std::string> content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream content;
  if (!stream || !(content << stream.rdbuf() || stream.peek() == EOF)) {
    return give_up(fmt::format("cannot read the workload file {}", file.string()),
                   "check the path and its permissions");
  }
  return content.str();
}

bool begins_with(const std::string& text, const char* pattern) {
  return std::regex_search(text.substr(0, 200), std::regex(pattern, std::regex::icase));
}

/// "orders.sql:12"; a second statement on the same line is "orders.sql:12.2".
std::vector<std::string> name_statements(const std::filesystem::path& file,
                                         const std::vector<sql::FileStatement>& parts) {
  std::vector<std::string> names;
  std::size_t line = 0;
  int on_line = 0;
  for (const auto& part : parts) {
    on_line = part.line == line ? on_line + 1 : 1;
    line = part.line;
    auto name = fmt::format("{}:{}", file.filename().string(), line);
    names.push_back(on_line == 1 ? name : fmt::format("{}.{}", name, on_line));
  }
  return names;
}

void add_statement(Workload& workload, const std::string& id, const sql::FileStatement& part) {
  if (begins_with(part.text,
                  R"(^\s*create\s+(or\s+replace\s+)?((temp|temporary)\s+)?(recursive\s+)?view\b)")) {
    workload.views.push_back(part.text);
    return;
  }
  // The twin goes with the run: a view may stay there, and statements planned before still need it.
  if (begins_with(part.text, R"(^\s*drop\s+view\b)")) return;

  const auto redacted = sql::redact(part.text);
  if (redacted && redacted->utility) {
    workload.skipped.push_back({id, "a utility statement has no plan"});
    return;
  }
  Statement statement;
  statement.id = id;
  statement.query = redacted ? redacted->text : "(text not shown: " + redacted.error().message + ")";
  statement.text = part.text;
  statement.calls = part.weight;
  workload.statements.push_back(std::move(statement));
}

}  // namespace

Result<Workload> from_files(const std::filesystem::path& path) {
  const auto files = files_of(path);
  if (!files) return files.error();
  Workload workload;
  for (const auto& file : *files) {
    const auto content = content_of(file);
    if (!content) return content.error();
    const auto parts = sql::split_file(*content);
    if (!parts)
      return give_up(fmt::format("{}: {}", file.string(), parts.error().message), parts.error().hint);
    const auto names = name_statements(file, *parts);
    for (std::size_t i = 0; i < parts->size(); ++i) add_statement(workload, names[i], (*parts)[i]);
  }
  if (workload.statements.empty() && workload.skipped.empty()) {
    return give_up(
        fmt::format("the workload {} holds no statement", path.string()),
        "one or more SELECT, INSERT, UPDATE, DELETE or MERGE statements, each ended by a semicolon");
  }
  return workload;
}

}  // namespace pgadvisor::workload
