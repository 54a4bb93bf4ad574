#include "collectors/history/history.hpp"

#include "collectors/history/hotspot_store.hpp"
#include "collectors/history/index_memory_store.hpp"
#include "collectors/history/proposal_store.hpp"
#include "collectors/history/prune.hpp"
#include "collectors/history/relation_store.hpp"
#include "collectors/history/report_store.hpp"
#include "collectors/history/sample_store.hpp"
#include "collectors/history/schema.hpp"
#include "collectors/history/server_store.hpp"
#include "collectors/history/slice_reader.hpp"
#include "collectors/history/statement_store.hpp"
#include "collectors/history/usage_store.hpp"

#include <utility>

namespace pgadvisor::history {

namespace {

/// Runs `work` and turns a StorageFailure into its error.
template <class Work>
auto guarded(Work work) -> model::Result<decltype(work())> {
  try {
    if constexpr (std::is_void_v<decltype(work())>) {
      work();
      return {};
    } else {
      return work();
    }
  } catch (const StorageFailure& failure) {
    return failure.error;
  }
}

}  // namespace

class History::Implementation {
 public:
  Implementation(HistoryOptions options, const model::Clock& clock)
      : options_(std::move(options)), clock_(clock), database_(open_database(options_.file)) {
    statements_.load();
  }

  void record_identity(const model::ServerIdentity& identity) {
    Transaction transaction(database_);
    const bool failover = servers_.record_identity(identity, clock_.now());
    if (failover) {
      statements_.forget();
      relations_.forget();
    }
    transaction.commit();
    if (!failover) return;
    statements_.load();
    relations_.load();
  }

  void record_databases(const std::vector<model::DatabaseProperties>& databases) {
    Transaction transaction(database_);
    servers_.record_databases(databases);
    transaction.commit();
  }

  [[nodiscard]] model::DatabaseActivity activity(const std::string& database, model::Timestamp from) {
    // Slices of the far past are hours.
    const bool recent = clock_.now() - from < kFineSlices;
    const std::int64_t slice = recent ? servers_.slice(from) : slice_of(from, 3600);
    model::DatabaseActivity activity;
    statements_.add_activity(database, from, slice, activity);
    relations_.add_activity(database, from, slice, activity);
    activity.samples = samples_.values(database, from);
    if (activity.window.to == model::Timestamp{}) activity.window = {from, from};
    return activity;
  }

  [[nodiscard]] bool record_usage(const std::string& member, const std::string& system_identifier,
                                  const std::string& database, const model::RelationPoll& poll) {
    usage_.record(member, system_identifier, database, poll, clock_.now());
    return memory_.knows_all(database, poll);
  }

  void name_member(const std::string& member, const model::ServerIdentity& identity) {
    Transaction transaction(database_);
    (void)usage_.identify(member, identity.system_identifier, identity.postmaster_start);
    transaction.commit();
  }

  template <class Work>
  void change_memory(Work work) {
    Transaction transaction(database_);
    try {
      work(memory_);
      transaction.commit();
    } catch (const StorageFailure&) {
      memory_.load();
      throw;
    }
  }

  [[nodiscard]] model::ClusterUsage usage(const std::string& database,
                                          const std::vector<model::ConfiguredMember>& configured) {
    return {clock_.now(), true, usage_.members(database, configured)};
  }

  void prune() {
    {
      Transaction transaction(database_);
      prune_usage(database_, clock_.now() - options_.usage_retention);
      transaction.commit();
    }
    prune_database(database_, clock_.now(), options_.retention, options_.size_limit);
    statements_.load();
    relations_.load();
    usage_.load();
    memory_.load();
  }

  [[nodiscard]] ServerStore& servers() { return servers_; }
  [[nodiscard]] StatementStore& statements() { return statements_; }
  [[nodiscard]] RelationStore& relations() { return relations_; }
  [[nodiscard]] SampleStore& samples() { return samples_; }
  [[nodiscard]] IndexMemoryStore& memory() { return memory_; }
  [[nodiscard]] ProposalStore& proposals() { return proposals_; }
  [[nodiscard]] ReportStore& reports() { return reports_; }
  [[nodiscard]] SliceReader slices() {
    return {database_, servers_.slice_length(), slice_of(clock_.now() - kFineSlices, 3600)};
  }
  [[nodiscard]] HotspotStore& hotspots() { return hotspots_; }
  [[nodiscard]] const std::filesystem::path& file() const { return options_.file; }

 private:
  HistoryOptions options_;
  const model::Clock& clock_;
  Database database_;
  ServerStore servers_{database_, options_.slice.count()};
  StatementStore statements_{database_, servers_};
  RelationStore relations_{database_, servers_};
  SampleStore samples_{database_, servers_};
  UsageStore usage_{database_, servers_, options_.longest_gap};
  IndexMemoryStore memory_{database_, servers_};
  ProposalStore proposals_{database_, servers_};
  HotspotStore hotspots_{database_, servers_};
  ReportStore reports_{database_};
};

History::History(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
History::History(History&&) noexcept = default;
History& History::operator=(History&&) noexcept = default;
History::~History() = default;

model::Result<History> History::open(HistoryOptions options, const model::Clock& clock) {
  return guarded([&] { return History(std::make_unique<Implementation>(std::move(options), clock)); });
}

model::Result<void> History::record_identity(const model::ServerIdentity& identity) {
  return guarded([&] { implementation_->record_identity(identity); });
}

model::Result<void> History::record_databases(const std::vector<model::DatabaseProperties>& databases) {
  return guarded([&] { implementation_->record_databases(databases); });
}

model::Result<model::StatementWindow> History::record_statements(const model::StatementPoll& poll) {
  return guarded([&] { return implementation_->statements().record(poll); });
}

model::Result<model::RelationWindow> History::record_relations(const std::string& database,
                                                               const model::RelationPoll& poll) {
  return guarded([&] { return implementation_->relations().record(database, poll); });
}

model::Result<bool> History::record_usage(const std::string& member, const std::string& system_identifier,
                                          const std::string& database, const model::RelationPoll& poll) {
  return guarded([&] { return implementation_->record_usage(member, system_identifier, database, poll); });
}

model::Result<void> History::name_member(const std::string& member, const model::ServerIdentity& identity) {
  return guarded([&] { implementation_->name_member(member, identity); });
}

model::Result<void> History::record_definitions(const model::DatabaseSnapshot& snapshot) {
  return guarded([&] {
    implementation_->change_memory([&](IndexMemoryStore& memory) { memory.record_definitions(snapshot); });
  });
}

model::Result<model::ClusterUsage> History::usage(
    const std::string& database, const std::vector<model::ConfiguredMember>& configured) const {
  return guarded([&] { return implementation_->usage(database, configured); });
}

model::Result<void> History::remember(const std::string& database,
                                      const std::vector<model::IndexMemory>& indexes) {
  return guarded([&] {
    implementation_->change_memory([&](IndexMemoryStore& memory) { memory.remember(database, indexes); });
  });
}

model::Result<std::vector<model::IndexMemory>> History::memory(const std::string& database) const {
  return guarded([&] { return implementation_->memory().memory(database); });
}

model::Result<std::vector<model::StatementKey>> History::keys_without_text() const {
  return implementation_->statements().keys_without_text();
}

model::Result<void> History::record_texts(const std::vector<model::StatementText>& texts) {
  return guarded([&] { implementation_->statements().record_texts(texts); });
}

model::Result<void> History::record_samples(const model::SamplePoll& poll) {
  return guarded([&] { implementation_->samples().record(poll); });
}

model::Result<void> History::forget_samples() {
  return guarded([&] { implementation_->samples().forget(); });
}

model::Result<model::DatabaseActivity> History::activity(const std::string& database,
                                                         model::Timestamp from) const {
  return guarded([&] { return implementation_->activity(database, from); });
}

model::Result<model::StatementSlices> History::statement_slices(const std::string& database,
                                                                const std::vector<model::QueryId>& statements,
                                                                model::Timestamp from,
                                                                model::Timestamp to) const {
  return guarded([&] { return implementation_->slices().statements(database, statements, {from, to}); });
}

model::Result<std::vector<model::TableSlice>> History::table_slices(const std::string& database,
                                                                    const model::ObjectName& table,
                                                                    model::Timestamp from,
                                                                    model::Timestamp to) const {
  return guarded([&] { return implementation_->slices().table(database, table, {from, to}); });
}

model::Result<std::vector<model::IndexSlice>> History::index_slices(const std::string& database,
                                                                    const model::ObjectName& index,
                                                                    model::Timestamp from,
                                                                    model::Timestamp to) const {
  return guarded([&] { return implementation_->slices().index(database, index, {from, to}); });
}

model::Result<std::vector<Event>> History::events(model::Timestamp from) const {
  return guarded([&] { return implementation_->servers().events(from); });
}

model::Result<void> History::record_proposals(const std::vector<ProposalRow>& proposals,
                                              const std::vector<ProposalChangeRow>& changes) {
  return guarded([&] { implementation_->proposals().record(proposals, changes); });
}

model::Result<void> History::forget_proposals(const std::vector<std::string>& ids) {
  return guarded([&] { implementation_->proposals().forget(ids); });
}

model::Result<std::vector<ProposalRow>> History::proposals() const {
  return guarded([&] { return implementation_->proposals().proposals(); });
}

model::Result<std::vector<ProposalChangeRow>> History::proposal_changes() const {
  return guarded([&] { return implementation_->proposals().changes(); });
}

model::Result<void> History::record_catalog(const std::string& database, const CatalogRows& catalog) {
  return guarded([&] { implementation_->proposals().record_catalog(database, catalog); });
}

model::Result<std::optional<CatalogRows>> History::catalog(const std::string& database) const {
  return guarded([&] { return implementation_->proposals().catalog(database); });
}

model::Result<std::vector<model::StatementDescription>> History::describe(
    const std::vector<model::StatementKey>& keys) const {
  return guarded([&] { return implementation_->statements().describe(keys); });
}

model::Result<model::HotspotHistory> History::hotspots(const std::string& database,
                                                       model::Timestamp to) const {
  return guarded([&] { return implementation_->hotspots().load(database, to); });
}

model::Result<std::vector<model::ReadHour>> History::hotspot_hours(const std::string& database,
                                                                   model::Timestamp from) const {
  return guarded([&] { return implementation_->hotspots().hours_since(database, from); });
}

model::Result<void> History::record_hotspots(const std::string& database,
                                             const model::HotspotChanges& changes) {
  return guarded([&] { implementation_->hotspots().record(database, changes); });
}

model::Result<void> History::record_report(const ReportRow& report) {
  return guarded([&] { implementation_->reports().record(report); });
}

model::Result<void> History::record_delivery(const std::string& report, const DeliveryRow& delivery) {
  return guarded([&] { implementation_->reports().record_delivery(report, delivery); });
}

model::Result<void> History::forget_reports(const std::vector<std::string>& ids) {
  return guarded([&] { implementation_->reports().forget(ids); });
}

model::Result<std::vector<ReportRow>> History::reports() const {
  return guarded([&] { return implementation_->reports().reports(); });
}

model::Result<void> History::prune() {
  return guarded([&] { implementation_->prune(); });
}

model::Result<model::Bytes> History::size() const {
  return guarded([&] { return size_of(implementation_->file()); });
}

}  // namespace pgadvisor::history
