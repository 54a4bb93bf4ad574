#include "advisor/sandbox/database.hpp"
#include "advisor/sandbox/existing_gin.hpp"
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
  const auto copied = collect(notes, copy_schema(server, production.with_database(name), name,
                                                 snapshot.tables.size() + snapshot.indexes.size()));
  if (copied.has_error()) return copied.error();
  auto connection = pg::BlockingConnection::connect(server.dsn(name), "pgadvisor sandbox");
  if (connection.has_error()) return connection.error();
  auto database = attach(std::move(*connection), server.module());
  if (database.has_error()) return database.error();
  pg::BlockingConnection& session = database->main().connection();
  const auto loaded = load_statistics(session, snapshot.column_statistics, snapshot.extended_statistics);
  if (const auto done = collect(notes, loaded); done.has_error()) return done.error();
  if (const auto done = collect(notes, apply_settings(session, snapshot.settings)); done.has_error())
    return done.error();
  const auto sized = database->set_sizes(relation_sizes(snapshot));
  if (sized.has_error()) return sized.error();
  if (const auto told = size_existing_gin(*database, snapshot); told.has_error()) return told.error();
  database->left_out_ = std::move(notes);
  return database;
}

}  // namespace pgadvisor::sandbox
