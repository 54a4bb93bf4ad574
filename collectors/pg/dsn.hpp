#pragma once

#include "collectors/model/result.hpp"

#include <map>
#include <string>

namespace pgadvisor::pg {

/// A parsed libpq connection string or URI. Holds the password in memory; nothing here prints it.
/// libpq's environment variables, .pgpass and service files fill in what the text leaves open when
/// connecting.
class Dsn {
 public:
  /// Fails with kGiveUp; the message never repeats the text (it may hold a password).
  [[nodiscard]] static model::Result<Dsn> parse(const std::string& text);

  /// The same server, another database.
  [[nodiscard]] Dsn with_database(const std::string& name) const;
  [[nodiscard]] Dsn with(const std::string& keyword, const std::string& value) const;

  /// libpq keyword -> value, only what the text set.
  [[nodiscard]] const std::map<std::string, std::string>& options() const { return options_; }

  /// "host=... port=... dbname=... user=...": for logs and people; only those four keywords, never a secret.
  [[nodiscard]] std::string display() const;

  /// "host:port" of the text, with libpq's defaults: what people call the server.
  [[nodiscard]] std::string server() const;

  /// libpq's environment variables (PGHOST, PGPASSWORD, ...) that make a child process such as pg_dump
  /// connect to the same place, so that nothing secret is on its command line. Options without a variable are
  /// left out.
  [[nodiscard]] std::map<std::string, std::string> environment() const;

 private:
  std::map<std::string, std::string> options_;
};

}  // namespace pgadvisor::pg
