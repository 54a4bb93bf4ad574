#include "advisor/whatif/relevance.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::whatif {
namespace {

using model::IndexDefinition;
using sandbox::Clause;
using sandbox::ClauseKind;

const model::ObjectName kOrders{"public", "orders"};

Clause clause_on(ClauseKind kind, const std::string& column) {
  Clause clause;
  clause.kind = kind;
  clause.key = {column};
  return clause;
}

class Relevance : public testing::Test {
 protected:
  Relevance() {
    scan_.relation = kOrders;
    scan_.clauses = {clause_on(ClauseKind::kEquality, "customer_id")};
    scan_.joins = {{{"invoice_id"}}};
    scan_.order = {{{"created_at"}}};
    scan_.columns = {"created_at", "customer_id", "invoice_id"};
  }
  [[nodiscard]] bool serves(const IndexDefinition& index) const {
    return could_serve(candidate(index), scan_);
  }
  static Candidate candidate(const IndexDefinition& index) { return {index, nullptr, {}, 1, {}}; }

  sandbox::Scan scan_;
};

TEST_F(Relevance, OfAnIndexWhoseFirstKeyIsSearchedJoinedOrSortedBy) {
  for (const char* column : {"customer_id", "invoice_id", "created_at"}) {
    EXPECT_TRUE(serves({kOrders, "btree", {{column}}, {}, ""})) << column;
  }
  EXPECT_FALSE(serves({kOrders, "btree", {{"total"}}, {}, ""}));
  EXPECT_FALSE(serves({kOrders, "btree", {{"total"}, {"customer_id"}}, {}, ""}));
  EXPECT_FALSE(serves({{"public", "lines"}, "btree", {{"customer_id"}}, {}, ""}));
}

TEST_F(Relevance, OfAnIndexThatHoldsAllColumns) {
  const IndexDefinition all{kOrders, "btree", {{"total"}}, {"created_at", "customer_id", "invoice_id"}, ""};
  EXPECT_TRUE(serves(all));
  scan_.whole_row = true;
  EXPECT_FALSE(serves(all));
}

TEST_F(Relevance, OfAPartialIndexOnlyWithAConditionOnItsColumn) {
  const IndexDefinition partial{kOrders, "btree", {{"customer_id"}}, {}, "deleted_at IS NULL"};
  EXPECT_FALSE(serves(partial));
  scan_.clauses.push_back(clause_on(ClauseKind::kNullTest, "deleted_at"));
  EXPECT_TRUE(serves(partial));
}

TEST_F(Relevance, OfAnIndexForAnArmOfAnOr) {
  Clause either;
  either.kind = ClauseKind::kOr;
  either.arms = {{clause_on(ClauseKind::kEquality, "code")}, {clause_on(ClauseKind::kEquality, "total")}};
  scan_.clauses.push_back(either);
  EXPECT_TRUE(serves({kOrders, "btree", {{"total"}}, {}, ""}));
}

TEST_F(Relevance, OfAnIndexOnAnotherTableOfThePartitionTree) {
  auto parent = candidate({{"public", "all_orders"}, "btree", {{"customer_id"}}, {}, ""});
  EXPECT_FALSE(could_serve(parent, scan_));
  parent.relatives = std::make_shared<const std::vector<model::ObjectName>>(1, kOrders);
  EXPECT_TRUE(could_serve(parent, scan_));
  EXPECT_FALSE(covers(parent, scan_));
  parent.definition.include = {"created_at", "invoice_id"};
  EXPECT_TRUE(covers(parent, scan_));
}

}  // namespace
}  // namespace pgadvisor::whatif
