#include "daemon/proposals_of.hpp"

#include "tests/support/sample_publication.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace pgadvisor::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::sample_database;
using testing::sample_time;

const model::ObjectName kOrders{"public", "orders"};

lifecycle::CatalogIndex index(const std::string& name) {
  lifecycle::CatalogIndex index;
  index.table = kOrders;
  index.name = {"public", name};
  index.definition = "public.orders (a)";
  return index;
}

lifecycle::Catalog catalog(std::vector<lifecycle::CatalogIndex> indexes) {
  return lifecycle::made_catalog(sample_time(), std::move(indexes), {kOrders});
}

/// The shop's report, and what its index ix_a is called.
advisor::DatabaseReport report(const std::string& verdict = "unused", const std::string& detail = "") {
  auto report = sample_database("shop");
  report.health.indexes.front().verdict = verdict;
  report.health.indexes.front().detail = detail;
  report.advice.table_statements[kOrders] = {{"-42"}, {"43"}};
  return report;
}

std::vector<lifecycle::Proposal> drops(const advisor::DatabaseReport& report,
                                       const lifecycle::Catalog& catalog) {
  std::vector<lifecycle::Proposal> drops;
  for (const auto& each : proposals_of(report, &catalog)) {
    if (each.proposal.action == lifecycle::Action::kDropIndex) drops.push_back(each.proposal);
  }
  return drops;
}

TEST(ProposalsOf, ProposeToDropWhatAVerdictSaysCanGo) {
  const auto all = catalog({index("ix_a"), index("ix_b")});
  for (const auto* verdict : {"unused", "redundant", "duplicate"}) {
    const auto found = drops(report(verdict), all);
    ASSERT_EQ(found.size(), 1U) << verdict;
    const auto& drop = found.front();
    EXPECT_EQ(drop.id, lifecycle::drop_id("shop", "public.orders (a)", {"public", "ix_a"}));
    EXPECT_EQ(drop.origin, lifecycle::Origin::kVerdict);
    EXPECT_EQ(drop.ddl, "DROP INDEX CONCURRENTLY public.ix_a");
    EXPECT_EQ(drop.rollback, "CREATE INDEX CONCURRENTLY ix_a ON public.orders USING btree (a)");
    EXPECT_EQ(drop.size, model::Bytes{8192});
    EXPECT_EQ(drop.baseline, 2) << "another one is defined alike";
    EXPECT_THAT(drop.statements, ElementsAre(lifecycle::MeasuredStatement{"43", lifecycle::Role::kWriter},
                                             lifecycle::MeasuredStatement{"-42", lifecycle::Role::kReader}));
  }
}

TEST(ProposalsOf, GiveTheVerdictAsEvidence) {
  const auto all = catalog({index("ix_a")});
  const auto proposals = proposals_of(report(), &all);
  const auto evidence = boost::json::parse(proposals.back().evidence);
  EXPECT_EQ(boost::json::serialize(evidence.at("kind")), "[\"unused\"]");
  EXPECT_EQ(evidence.at("write_overhead").at("writes").as_double(), 17);
  EXPECT_EQ(evidence.at("reasons").at(0), "no scans in 40 days");
  EXPECT_EQ(evidence.at("reasons").at(1),
            "Rehearsed without it: 1 of 3 statements that read the table get dearer.");
  EXPECT_TRUE(evidence.at("benefit").at("share").is_null());
}

TEST(ProposalsOf, ProposeNoDropWhereItIsNotKnownToBeRight) {
  const auto all = catalog({index("ix_a")});
  for (const auto* verdict : {"ok", "protected", "observing", "unknown", "review", "bloated"})
    EXPECT_THAT(drops(report(verdict), all), IsEmpty()) << verdict;
  auto unknown_way_back = report();
  unknown_way_back.health.indexes.front().ddl.clear();
  EXPECT_THAT(drops(unknown_way_back, all), IsEmpty());
  EXPECT_THAT(drops(report(), catalog({index("ix_b")})), IsEmpty()) << "it is gone since";
  auto constraint = index("ix_a");
  constraint.backs_constraint = true;
  EXPECT_THAT(drops(report(), catalog({constraint})), IsEmpty());
  EXPECT_EQ(proposals_of(report(), nullptr).size(), 1U) << "the recommendation";
}

TEST(ProposalsOf, AreBoundedForManyIndexes) {
  auto many = report();
  const auto one = many.health.indexes.front();
  many.health.indexes.clear();
  std::vector<lifecycle::CatalogIndex> indexes;
  for (std::size_t i = 0; i < kMostDrops + 5; ++i) {
    many.health.indexes.push_back(one);
    many.health.indexes.back().index.name = "ix_" + std::to_string(i);
    indexes.push_back(index("ix_" + std::to_string(i)));
  }
  const auto found = drops(many, catalog(indexes));
  EXPECT_EQ(found.size(), kMostDrops);
  EXPECT_EQ(found.front().index.name, "ix_0") << "the most to gain";
}

}  // namespace
}  // namespace pgadvisor::daemon
