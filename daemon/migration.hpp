#pragma once

#include "advisor/report.hpp"
#include "collectors/model/catalog.hpp"
#include "collectors/model/result.hpp"
#include "collectors/model/units.hpp"

#include <string>
#include <vector>

namespace pgadvisor::daemon {

/// One file of a pair: "20260304050607_create_ix_orders_customer_id.up.sql" and ".down.sql".
struct MigrationFile {
  std::string name;
  std::string content;
};

struct Migrations {
  std::vector<MigrationFile> files;   ///< up and down of each change, in the order to run them
  std::vector<std::string> left_out;  ///< changes that cannot be put into a migration, and why
};

/// A pair of files for each recommendation, plain SQL that psql and migration tools run outside of a
/// transaction (deploy/migrations.md): concurrently, under a lock_timeout, with the evidence in comments.
/// `now` numbers them, a second apart. Partitioned tables are indexed partition by partition. Whatever a name
/// or a statement holds, it stays within its comment, its quotes and its file.
[[nodiscard]] Migrations migrations(const advisor::Advice& advice, const model::DatabaseSnapshot& snapshot,
                                    model::Timestamp now);

/// Text as one line of a comment: no line breaks, nothing that tools which split files at semicolons or
/// replace placeholders could take for theirs.
[[nodiscard]] std::string comment_text(const std::string& text);

}  // namespace pgadvisor::daemon
