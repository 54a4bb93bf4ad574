#include "collectors/history/sqlite.hpp"

namespace pgadvisor::history {

namespace {

using model::NextStep;

/// What the caller can do about a result code of SQLite; `file` for the message.
model::Error error_of(sqlite3* database) {
  const int code = sqlite3_errcode(database) & 0xFF;
  const char* name = sqlite3_db_filename(database, "main");
  const std::string file = name == nullptr ? "history" : "history file " + std::string(name);
  switch (code) {
    case SQLITE_FULL:
      return {NextStep::kRetry,
              file + ": the disk is full; nothing recorded so far is lost",
              "free some space",
              {}};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return model::give_up(file + " is in use by another pgadvisor process",
                            "stop that one, or configure another folder");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return model::give_up(file + " is damaged or not a history of pgadvisor",
                            "move it away: a new one is started at once");
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return model::give_up(file + " cannot be written",
                            "give its folder to the user that pgadvisor runs as");
    case SQLITE_IOERR:
      return {NextStep::kRetry, file + ": " + sqlite3_errmsg(database), "check the disk", {}};
    default:
      return model::give_up(file + ": " + sqlite3_errmsg(database));
  }
}

void check(int code, sqlite3* database) {
  if (code != SQLITE_OK) throw StorageFailure{error_of(database)};
}

}  // namespace

Statement::Statement(sqlite3* database, const std::string& sql) : database_(database) {
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v2(database, sql.c_str(), static_cast<int>(sql.size()), &statement, nullptr),
        database);
  handle_.reset(statement);
}

Statement& Statement::bind(int position, std::int64_t value) {
  check(sqlite3_bind_int64(handle_.get(), position, value), database_);
  return *this;
}

Statement& Statement::bind(int position, double value) {
  check(sqlite3_bind_double(handle_.get(), position, value), database_);
  return *this;
}

Statement& Statement::bind(int position, std::string_view value) {
  check(
      sqlite3_bind_text64(handle_.get(), position, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8),
      database_);
  return *this;
}

Statement& Statement::bind(int position, std::optional<std::int64_t> value) {
  if (value) return bind(position, *value);
  check(sqlite3_bind_null(handle_.get(), position), database_);
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) {
    const StorageFailure failure{error_of(database_)};
    sqlite3_reset(handle_.get());
    throw failure;
  }
  sqlite3_reset(handle_.get());
  return false;
}

std::optional<std::int64_t> Statement::optional_integer(int column) const {
  if (sqlite3_column_type(handle_.get(), column) == SQLITE_NULL) return std::nullopt;
  return integer(column);
}

std::string Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
  return bytes == nullptr ? std::string() : std::string(bytes, size);
}

Database::Database(const std::filesystem::path& file) {
  sqlite3* database = nullptr;
  const int code =
      sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(database);
  check(code, database);
}

void Database::execute(const std::string& sql) {
  check(sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr), handle_.get());
}

std::int64_t Database::number(const std::string& sql) {
  Statement statement = prepare(sql);
  const std::int64_t value = statement.step() ? statement.integer(0) : 0;
  return value;
}

Transaction::Transaction(Database& database) : database_(database) {
  database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.execute("ROLLBACK");
  } catch (const StorageFailure&) {  // SQLite rolled back by itself (disk full, I/O error)
  }
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace pgadvisor::history
