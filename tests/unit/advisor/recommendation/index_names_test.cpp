#include "advisor/recommendation/index_names.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::recommendation {
namespace {

const model::IndexDefinition kByState{{"public", "orders"}, "btree", {{"state"}}};

TEST(IndexNames, AreHandedOutOnce) {
  model::DatabaseSnapshot snapshot;
  snapshot.tables.emplace_back().name = {"other", "ix_orders_state"};
  IndexNames names(snapshot);
  EXPECT_EQ(names.take(kByState), "ix_orders_state");
  EXPECT_EQ(names.take(kByState), "ix_orders_state_2");
}

TEST(IndexNames, AreThoseOfIndexesThatAreBeingBuilt) {
  model::DatabaseSnapshot snapshot;
  auto& index = snapshot.indexes.emplace_back();
  index.name = {"public", "ix_orders_state"};
  index.is_valid = false;
  index.definition = kByState;
  EXPECT_EQ(IndexNames(snapshot).take(kByState), "ix_orders_state_2")
      << "what a failed build left is in the way";
  index.build = model::IndexBuild::kRunning;
  EXPECT_EQ(IndexNames(snapshot).take(kByState), "ix_orders_state");
  index.definition->keys = {{"note"}};
  EXPECT_EQ(IndexNames(snapshot).take(kByState), "ix_orders_state_2");
}

}  // namespace
}  // namespace pgadvisor::recommendation
