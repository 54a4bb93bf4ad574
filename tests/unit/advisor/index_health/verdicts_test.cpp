#include "advisor/index_health/verdicts.hpp"

#include "advisor/index_health/bloat.hpp"
#include "advisor/index_health/cure.hpp"
#include "advisor/index_health/worth.hpp"
#include "tests/unit/advisor/index_health/catalog_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::index_health {
namespace {

using model::Timestamp;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Timestamp kNow = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);
const Timestamp kLongAgo = kNow - std::chrono::hours(24 * 60);

/// A table whose indexes nobody has scanned for sixty days.
class Verdict : public ::testing::Test {
 protected:
  Verdict() : table(builder.table("t")) {}

  const Judged& judge(const std::string& name) {
    catalog.emplace(builder.snapshot);
    usage = {kNow, true, {{"db:5432", true, "", {{kLongAgo, kNow, model::SpanStart::kFirst}}, {}, {}}}};
    auto& member = usage.members.front();
    for (const auto& index : builder.snapshot.indexes) {
      member.indexes.push_back({index.name, kLongAgo, std::nullopt, 0, {}});
      if (used.contains(index.name.name))
        member.indexes.back().last_used = kNow, member.indexes.back().uses = 5;
    }
    for (const auto& each : builder.snapshot.tables)
      member.tables.push_back({each.name, kLongAgo, kNow, 1, {}});
    const UsageJudge usage_judge(usage, policy);
    judged = judge_indexes(*catalog, usage_judge, ForeignKeys(*catalog));
    return *std::ranges::find(judged, name, [](const Judged& one) { return one.report.index.name; });
  }
  std::string verdict(const std::string& name) {
    const auto& report = judge(name).report;
    return report.detail.empty() ? report.verdict : report.verdict + "/" + report.detail;
  }

  CatalogBuilder builder;
  model::Table& table;
  std::set<std::string> used;
  model::ClusterUsage usage;
  UsagePolicy policy;
  std::optional<Catalog> catalog;
  std::vector<Judged> judged;
};

TEST_F(Verdict, IsUnusedAndGivesAllOfItsSpaceBack) {
  builder.index(table, "ix", {1});
  const auto& found = judge("ix");
  EXPECT_EQ(found.report.verdict, "unused");
  EXPECT_EQ(found.action, Action::kDrop);
  EXPECT_EQ(found.report.reclaimable.value, 1000 * 8192);
}

TEST_F(Verdict, IsOkWhenItIsUsed) {
  builder.index(table, "ix", {1});
  used = {"ix"};
  EXPECT_EQ(verdict("ix"), "ok");
  EXPECT_EQ(judge("ix").report.scans, 5);
}

TEST_F(Verdict, ProtectsWhatEnforcesOrIdentifies) {
  const auto expect_protected = [&](auto change, const std::string& why) {
    builder.snapshot.indexes.clear();
    change(builder.index(table, "ix", {1}));
    const auto& found = judge("ix");
    EXPECT_EQ(found.report.verdict, "protected");
    EXPECT_THAT(found.report.reasons.front(), HasSubstr(why));
    EXPECT_EQ(found.report.reclaimable.value, 0);
    EXPECT_EQ(found.action, Action::kNone);
  };
  expect_protected([](auto& index) { index.is_primary = index.is_unique = true; }, "primary key");
  expect_protected([](auto& index) { index.is_unique = true; }, "uniqueness");
  expect_protected([](auto& index) { index.is_exclusion = true, index.constraint = "x"; }, "exclusion");
  expect_protected([](auto& index) { index.is_unique = true, index.constraint = "k"; }, "constraint k");
  expect_protected([](auto& index) { index.foreign_key = "f"; }, "foreign key f");
  expect_protected([](auto& index) { index.is_replica_identity = true; }, "replica identity");
  expect_protected([](auto& index) { index.is_clustered = true; }, "clustered");
  expect_protected([](auto& index) { index.in_extension = true; }, "extension");
  builder.snapshot.foreign_keys.push_back({"fkey", table.oid, {"a"}, table.oid, {"b"}, {kEquality}});
  expect_protected([](auto&) {}, "check of the foreign key fkey");
}

TEST_F(Verdict, AsksForALookAtAnUnusedIndexOnExpressions) {
  auto& index = builder.index(table, "ix", {0});
  index.has_expressions = true;
  index.expressions = {"lower(a)"};
  EXPECT_EQ(verdict("ix"), "review/expression");
  EXPECT_EQ(judge("ix").action, Action::kDrop);
}

TEST_F(Verdict, NamesTheKeeperWhichThenIsNotUnused) {
  builder.index(table, "a", {1});
  builder.index(table, "ab", {1, 2});
  EXPECT_EQ(verdict("a"), "redundant");
  EXPECT_EQ(judge("a").report.keeper, "ab");
  EXPECT_EQ(verdict("ab"), "protected");
  EXPECT_THAT(judge("ab").report.reasons.front(), HasSubstr("It stays for an index whose work it does"));
}

TEST_F(Verdict, TellsADuplicateFromARedundantIndex) {
  builder.index(table, "one", {1});
  builder.index(table, "two", {1});
  EXPECT_EQ(verdict("two"), "duplicate");
  EXPECT_EQ(judge("two").report.keeper, "one");
}

TEST_F(Verdict, IsRedundantEvenWhenItIsUsedAndSaysWhoTakesItsScans) {
  builder.index(table, "a", {1});
  builder.index(table, "ab", {1, 2});
  used = {"a"};
  EXPECT_EQ(verdict("a"), "redundant");
  EXPECT_THAT(judge("a").report.reasons.back(), HasSubstr("public.ab takes such scans over"));
}

TEST_F(Verdict, DropsAConstraintByAlterTableAfterALook) {
  for (const char* name : {"k1", "k2"}) {
    auto& index = builder.index(table, name, {1});
    index.is_unique = true;
    index.constraint = name;
  }
  EXPECT_EQ(verdict("k2"), "review/replaceable");
  EXPECT_EQ(judge("k2").action, Action::kDropConstraint);
}

TEST_F(Verdict, DropsAnIndexThatAFailedBuildLeft) {
  builder.index(table, "ix", {1}).is_valid = false;
  EXPECT_EQ(verdict("ix"), "invalid/failed");
  EXPECT_EQ(judge("ix").action, Action::kDrop);
  builder.index(table, "twin", {1});
  EXPECT_THAT(judge("ix").report.reasons.front(), HasSubstr("public.twin is valid and does its work"));
}

TEST_F(Verdict, LeavesABuildThatRunsAlone) {
  auto& index = builder.index(table, "ix", {1});
  index.is_valid = false;
  index.build = model::IndexBuild::kRunning;
  EXPECT_EQ(verdict("ix"), "invalid/building");
  EXPECT_EQ(judge("ix").action, Action::kNone);
  EXPECT_EQ(judge("ix").report.reclaimable.value, 0);
}

TEST_F(Verdict, CannotTellFromAReplicaWhetherABuildRuns) {
  builder.index(table, "ix", {1}).is_valid = false;
  builder.snapshot.server.in_recovery = true;
  EXPECT_EQ(verdict("ix"), "invalid/untold");
  EXPECT_EQ(judge("ix").action, Action::kNone);
}

TEST_F(Verdict, CannotTellWithoutThePrivilegeWhetherItIsTheOneThatIsBuilt) {
  auto& index = builder.index(table, "ix", {1});
  index.is_valid = false;
  index.build = model::IndexBuild::kUnseen;
  EXPECT_EQ(verdict("ix"), "invalid/untold");
  EXPECT_THAT(judge("ix").report.reasons.front(), HasSubstr("GRANT pg_read_all_stats"));
  EXPECT_EQ(judge("ix").action, Action::kNone);
}

TEST_F(Verdict, KnowsTheLeftoversOfReindexConcurrentlyByName) {
  for (const char* name : {"ix_ccnew", "ix_ccnew1", "ix_ccold", "ix_ccold2"})
    builder.index(table, name, {1}).is_valid = false;
  EXPECT_THAT(judge("ix_ccnew").report.reasons.front(), HasSubstr("repeat the REINDEX"));
  EXPECT_THAT(judge("ix_ccnew1").report.reasons.front(), HasSubstr("repeat the REINDEX"));
  EXPECT_THAT(judge("ix_ccold").report.reasons.front(), HasSubstr("has replaced it"));
  EXPECT_THAT(judge("ix_ccold2").report.reasons.front(), HasSubstr("has replaced it"));
}

TEST_F(Verdict, KnowsAnInterruptedDropAndAPartitionedIndexThatIsNotComplete) {
  auto& index = builder.index(table, "ix", {1});
  index.is_valid = index.is_live = false;
  EXPECT_THAT(judge("ix").report.reasons.front(), HasSubstr("DROP INDEX CONCURRENTLY"));
  builder.index(builder.partitioned("root"), "root_ix", {1}).is_valid = false;
  EXPECT_EQ(verdict("root_ix"), "invalid/incomplete");
}

TEST_F(Verdict, ReportsAPartitionedIndexOnceAndNotItsParts) {
  auto& root = builder.partitioned("root");
  auto& index = builder.index(root, "root_ix", {1});
  builder.attached(index, builder.partition(root, "p1"), "p1_ix");
  builder.attached(index, builder.partition(root, "p2"), "p2_ix");
  EXPECT_EQ(verdict("root_ix"), "unused");
  EXPECT_EQ(judged.size(), 1U);
  EXPECT_EQ(judged.front().report.size.value, 2000 * 8192);
}

TEST_F(Verdict, ComesInTheOrderOfWhatThereIsToGain) {
  std::vector<advisor::IndexReport> reports(6);
  const auto set = [&](std::size_t i, const char* name, const char* verdict, std::int64_t gain) {
    reports[i].index.name = name;
    reports[i].verdict = verdict;
    reports[i].reclaimable.value = gain;
  };
  set(0, "fine", "ok", 0);
  set(1, "look", "review", 500);
  set(2, "fat", "bloated", 900);
  set(3, "idle", "unused", 100);
  set(4, "copy", "duplicate", 300);
  set(5, "new", "observing", 0);
  std::ranges::stable_sort(reports, std::greater{}, advisor::importance);
  std::vector<std::string> names;
  for (const auto& report : reports) names.push_back(report.index.name);
  EXPECT_THAT(names, ElementsAre("copy", "idle", "fat", "look", "new", "fine"));
}

TEST_F(Verdict, WritesTheDropAndTheWayBack) {
  builder.index(table, "ix", {1}).tablespace = "fast disks";
  auto found = judge("ix");
  const sandbox::ExistingIndex twin{
      {}, {}, "CREATE INDEX ix ON public.t USING btree (a) WHERE (a > 5)", "(a > 5)"};
  write_cure(found, twin, "");
  EXPECT_EQ(found.report.ddl, "DROP INDEX CONCURRENTLY public.ix");
  EXPECT_EQ(
      found.report.rollback,
      "CREATE INDEX CONCURRENTLY ix ON public.t USING btree (a) TABLESPACE \"fast disks\" WHERE (a > 5)");
}

TEST_F(Verdict, WritesNoDropWithoutAWayBack) {
  builder.index(table, "ix", {1});
  auto found = judge("ix");
  write_cure(found, std::nullopt, "");
  EXPECT_EQ(found.report.ddl, "");
  EXPECT_EQ(found.report.rollback, "");
}

TEST_F(Verdict, MakesAnInvalidIndexAgainAsProductionSaysItWas) {
  auto& index = builder.index(table, "ix", {1});
  index.is_valid = false;
  index.ddl = "CREATE UNIQUE INDEX ix ON public.t USING btree (a)";
  auto found = judge("ix");
  write_cure(found, std::nullopt, "");
  EXPECT_EQ(found.report.rollback, "CREATE UNIQUE INDEX CONCURRENTLY ix ON public.t USING btree (a)");
}

TEST_F(Verdict, LocksForAPartitionedIndexWhichHasNoConcurrently) {
  auto& root = builder.partitioned("root");
  builder.attached(builder.index(root, "root_ix", {1}), builder.partition(root, "p1"), "p1_ix");
  auto found = judge("root_ix");
  write_cure(found, sandbox::ExistingIndex{{}, {}, "CREATE INDEX root_ix ON public.root USING btree (a)", ""},
             "");
  EXPECT_EQ(found.report.ddl, "DROP INDEX public.root_ix");
  EXPECT_EQ(found.report.rollback, "CREATE INDEX root_ix ON public.root USING btree (a)");
}

TEST_F(Verdict, CallsAnIndexBloatedAtTwiceItsSizeAndTenMegabytes) {
  auto& index = builder.index(table, "ix", {1});
  index.pages = 4000;
  const Catalog large(builder.snapshot);
  const auto bloat = [&](std::int64_t predicted, std::optional<double> best) {
    return judge_bloat(large.subjects().front(), predicted, best);
  };
  EXPECT_TRUE(can_be_bloated(large.subjects().front()));
  EXPECT_NE(bloat(2000, {}).reason, "");
  EXPECT_EQ(bloat(2000, {}).excess.value, 2000 * 8192);
  EXPECT_EQ(bloat(2001, {}).reason, "");
  EXPECT_EQ(bloat(2000, 1.2).reason, "") << "the model is known to be off for this index";
  EXPECT_NE(bloat(1300, 5).reason, "") << "it was bloated whenever it was looked at";
  index.storage = "fillfactor=70";
  EXPECT_EQ(bloat(2000, {}).reason, "");
}

TEST_F(Verdict, CallsNoSmallIndexAndNoHashBloated) {
  auto& index = builder.index(table, "ix", {1});
  index.pages = 1279;
  EXPECT_FALSE(can_be_bloated(Catalog(builder.snapshot).subjects().front()));
  index.pages = 5000;
  index.method = "hash";
  EXPECT_FALSE(can_be_bloated(Catalog(builder.snapshot).subjects().front()));
}

TEST_F(Verdict, DoubtsAnIndexOnFewValues) {
  auto& index = builder.index(table, "ix", {1});
  model::ColumnStatistics statistics;
  statistics.relation = table.name;
  statistics.column = "a";
  statistics.distinct = 3;
  statistics.most_common_frequencies = "{0.9,0.07,0.03}";
  builder.snapshot.column_statistics = {statistics};
  const auto doubt = [&] {
    const Catalog now(builder.snapshot);
    return Worth(now).doubt(now.subjects().front()).detail;
  };
  EXPECT_EQ(doubt(), "low_cardinality");
  builder.snapshot.column_statistics[0].most_common_frequencies = "{0.4,0.3,0.3}";
  EXPECT_EQ(doubt(), "");
  builder.snapshot.column_statistics = {statistics};
  index.is_partial = true;
  EXPECT_EQ(doubt(), "");
  index.is_partial = false;
  index.columns = {1, 2};
  EXPECT_EQ(doubt(), "");
  index.columns = {1};
  table.pages = 999;
  index.pages = 500;
  EXPECT_EQ(doubt(), "");
}

TEST_F(Verdict, DoubtsAnIndexLargerThanItsTable) {
  builder.index(table, "ix", {1}).pages = 5001;
  const Catalog larger(builder.snapshot);
  EXPECT_EQ(Worth(larger).doubt(larger.subjects().front()).detail, "oversized");
  builder.snapshot.indexes[0].pages = 5000;
  const Catalog smaller(builder.snapshot);
  EXPECT_EQ(Worth(smaller).doubt(smaller.subjects().front()).detail, "");
}

}  // namespace
}  // namespace pgadvisor::index_health
