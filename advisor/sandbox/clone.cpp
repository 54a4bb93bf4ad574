#include "advisor/sandbox/database.hpp"
#include "advisor/sandbox/relation_sizes.hpp"
#include "advisor/sandbox/schema_copy.hpp"
#include "advisor/sandbox/settings_loader.hpp"
#include "advisor/sandbox/statistics_loader.hpp"
#include "advisor/sandbox/twin.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace pgadvisor::sandbox {
namespace {

using Notes = std::vector<std::string>;

/// Appends a stage's notes, or passes its error on.
model::Result<void> collect(Notes& notes, model::Result<Notes> stage) {
  if (stage.has_error()) return stage.error();
  std::ranges::move(*stage, std::back_inserter(notes));
  return {};
}

/// CREATE STATISTICS objects come with the schema, their values do not.
model::Result<Notes> extended_statistics(pg::BlockingConnection& connection) {
  const auto rows = connection.query(
      "select format('%I.%I', n.nspname, s.stxname) from pg_catalog.pg_statistic_ext s"
      " join pg_catalog.pg_namespace n on n.oid = s.stxnamespace order by 1");
  if (rows.has_error()) return rows.error();
  Notes notes;
  for (int row = 0; row < rows->size(); ++row) {
    notes.push_back(fmt::format("values of the statistics object {}: its columns are taken to be independent",
                                rows->text(row, 0)));
  }
  return notes;
}

model::Result<void> fill(pg::BlockingConnection& connection, const model::DatabaseSnapshot& snapshot,
                         Notes& notes) {
  // Statistics are read with the settings they were written with.
  if (auto done = collect(notes, apply_settings(connection, snapshot.settings)); done.has_error())
    return done;
  if (auto done = collect(notes, load_statistics(connection, snapshot.column_statistics)); done.has_error()) {
    return done;
  }
  return collect(notes, extended_statistics(connection));
}

}  // namespace

model::Result<Database> Database::clone(Server& server, const pg::Dsn& production,
                                        const model::DatabaseSnapshot& snapshot) {
  if (snapshot.server.block_size != model::kBlockSize) {
    return model::give_up(fmt::format("the monitored server has blocks of {} bytes, the sandbox of {}",
                                      snapshot.server.block_size, model::kBlockSize));
  }
  if (const auto alive = server.restart_if_dead(); alive.has_error()) return alive.error();
  const std::string& name = snapshot.database.name;
  Notes notes = snapshot.limitations;
  if (const auto done = collect(notes, create_twin(server, snapshot.database)); done.has_error())
    return done.error();
  const auto copied = collect(notes, copy_schema(server, production.with_database(name), name));
  if (copied.has_error()) return copied.error();
  auto connection = pg::BlockingConnection::connect(server.dsn(name), "pgadvisor sandbox");
  if (connection.has_error()) return connection.error();
  if (const auto done = fill(*connection, snapshot, notes); done.has_error()) return done.error();
  auto database = attach(std::move(*connection), server.module());
  if (database.has_error()) return database.error();
  const auto sized = database->set_sizes(relation_sizes(snapshot));
  if (sized.has_error()) return sized.error();
  database->left_out_ = std::move(notes);
  return database;
}

}  // namespace pgadvisor::sandbox
