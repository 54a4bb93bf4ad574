#include "advisor/lifecycle/catalog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::lifecycle {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const model::ObjectName kOrders{"public", "orders"};
const std::string kByCustomer = "public.orders (customer_id)";

CatalogIndex index(const std::string& name, const std::string& definition = kByCustomer) {
  return {kOrders,    {"public", name},
          definition, "CREATE INDEX CONCURRENTLY " + name + " ON " + definition,
          false,      false,
          false,      {8192}};
}

Catalog catalog(std::vector<CatalogIndex> indexes) {
  return made_catalog(model::Timestamp(std::chrono::hours(1)), std::move(indexes), {kOrders});
}

std::vector<std::string> made(const Catalog& before, const Catalog& after) {
  std::vector<std::string> result;
  for (const auto& proposal : made_by_others("shop", before, after)) {
    EXPECT_EQ(proposal.origin, Origin::kCatalog);
    EXPECT_TRUE(presence_of(proposal, after).in_effect);
    EXPECT_FALSE(presence_of(proposal, before).in_effect);
    result.push_back(std::string(to_string(proposal.action)) + " " + proposal.index.name);
  }
  return result;
}

Proposal create_proposal() {
  Proposal proposal;
  proposal.table = kOrders;
  proposal.definition = kByCustomer;
  proposal.index = {"public", "ix_orders_customer_id"};
  return proposal;
}

Proposal drop_proposal(std::int64_t baseline) {
  auto proposal = create_proposal();
  proposal.action = Action::kDropIndex;
  proposal.baseline = baseline;
  return proposal;
}

TEST(Presence, KnowsACreatedIndexByItsDefinitionWhateverItsName) {
  const auto there = presence_of(create_proposal(), catalog({index("made_by_hand")}));
  EXPECT_TRUE(there.in_effect);
  EXPECT_EQ(there.index->name.name, "made_by_hand");
  const auto other = presence_of(
      create_proposal(), catalog({index("ix_orders_customer_id", "public.orders (customer_id, status)")}));
  EXPECT_FALSE(other.in_effect);
  EXPECT_TRUE(other.possible);
}

TEST(Presence, PrefersTheProposedNameAmongTwins) {
  const auto there =
      presence_of(create_proposal(), catalog({index("a"), index("ix_orders_customer_id"), index("z")}));
  EXPECT_EQ(there.index->name.name, "ix_orders_customer_id");
}

TEST(Presence, KnowsWhichOfSeveralAlikeIsGone) {
  const auto after = catalog({index("a"), index("ix_orders_customer_id")});
  EXPECT_FALSE(presence_of(drop_proposal(3), after).in_effect) << "another one was dropped";
  auto dropped = drop_proposal(3);
  dropped.index.name = "b";
  EXPECT_TRUE(presence_of(dropped, after).in_effect);
}

TEST(Presence, KnowsADroppedIndexByOneFewerOfItsDefinition) {
  EXPECT_FALSE(presence_of(drop_proposal(2), catalog({index("a"), index("b")})).in_effect);
  EXPECT_FALSE(presence_of(drop_proposal(2), catalog({index("a"), index("renamed")})).in_effect);
  EXPECT_TRUE(presence_of(drop_proposal(2), catalog({index("a")})).in_effect);
  EXPECT_TRUE(presence_of(drop_proposal(1), catalog({})).in_effect);
}

TEST(Presence, IsImpossibleWithoutTheTable) {
  Catalog empty{model::Timestamp(std::chrono::hours(1)), {}, {}};
  for (const auto& proposal : {create_proposal(), drop_proposal(1)}) {
    const auto presence = presence_of(proposal, empty);
    EXPECT_FALSE(presence.in_effect);
    EXPECT_FALSE(presence.possible);
  }
}

TEST(MadeByOthers, FindsCreatedAndDroppedIndexes) {
  EXPECT_THAT(made(catalog({}), catalog({index("a")})), ElementsAre("create_index a"));
  EXPECT_THAT(made(catalog({index("a")}), catalog({})), ElementsAre("drop_index a"));
  EXPECT_THAT(made(catalog({index("a")}), catalog({index("a"), index("b")})), ElementsAre("create_index b"));
  EXPECT_THAT(made(catalog({index("a"), index("b")}), catalog({index("b")})), ElementsAre("drop_index a"));
}

TEST(MadeByOthers, TakesARenameAndARebuildForNoChange) {
  EXPECT_THAT(made(catalog({index("a")}), catalog({index("b")})), IsEmpty());
  EXPECT_THAT(made(catalog({index("a")}), catalog({index("a")})), IsEmpty());
}

TEST(MadeByOthers, TakesAnotherDefinitionUnderTheSameNameForBoth) {
  EXPECT_THAT(made(catalog({index("a")}), catalog({index("a", "public.orders (status)")})),
              ElementsAre("create_index a", "drop_index a"));
}

TEST(MadeByOthers, IgnoresTablesThatCameOrWent) {
  const Catalog nothing{model::Timestamp{}, {}, {}};
  EXPECT_THAT(made(nothing, catalog({index("a")})), IsEmpty());
  EXPECT_THAT(made(catalog({index("a")}), nothing), IsEmpty());
}

TEST(MadeByOthers, IgnoresConstraintsAndNewUniqueIndexes) {
  auto unique = index("u");
  unique.is_unique = true;
  EXPECT_THAT(made(catalog({}), catalog({unique})), IsEmpty());
  EXPECT_THAT(made(catalog({unique}), catalog({})), ElementsAre("drop_index u"));
  auto constraint = index("c");
  constraint.backs_constraint = true;
  EXPECT_THAT(made(catalog({}), catalog({constraint})), IsEmpty());
  EXPECT_THAT(made(catalog({constraint}), catalog({})), IsEmpty());
}

TEST(MadeByOthers, KnowsTheWayBack) {
  const auto created = made_by_others("shop", catalog({}), catalog({index("Mixed")})).front();
  EXPECT_EQ(created.rollback, "DROP INDEX CONCURRENTLY public.\"Mixed\"");
  const auto dropped = made_by_others("shop", catalog({index("a")}), catalog({})).front();
  EXPECT_EQ(dropped.rollback, "CREATE INDEX CONCURRENTLY a ON public.orders (customer_id)");
  auto partitioned = index("p");
  partitioned.is_partitioned = true;
  EXPECT_EQ(made_by_others("shop", catalog({}), catalog({partitioned})).front().rollback,
            "DROP INDEX public.p");
}

TEST(CatalogOf, LeavesOutWhatIsInvalidUnknownOrAPartitionsPart) {
  model::DatabaseSnapshot snapshot;
  auto& table = snapshot.tables.emplace_back();
  table.oid = model::Oid{1};
  table.name = kOrders;
  const model::IndexDefinition definition{kOrders, "btree", {{.column = "customer_id"}}};
  const auto add = [&](const char* name) -> model::Index& {
    model::Index index;
    index.name = {"public", name};
    index.table = model::Oid{1};
    index.definition = definition;
    index.pages = 3;
    return snapshot.indexes.emplace_back(index);
  };
  add("good");
  add("invalid").is_valid = false;
  add("unknown").definition.reset();
  add("part").parent = model::Oid{9};
  add("one_only").is_unique = true;
  const auto catalog = catalog_of(snapshot);
  ASSERT_EQ(catalog.indexes.size(), 2U);
  EXPECT_EQ(catalog.indexes[0], (CatalogIndex{kOrders,
                                              {"public", "good"},
                                              kByCustomer,
                                              "CREATE INDEX CONCURRENTLY good ON public.orders (customer_id)",
                                              false,
                                              false,
                                              false,
                                              {3 * 8192}}));
  EXPECT_EQ(catalog.indexes[1].ddl,
            "CREATE UNIQUE INDEX CONCURRENTLY one_only ON public.orders (customer_id)");
  EXPECT_TRUE(catalog.tables.contains(kOrders));
}

TEST(Id, IsTheSameForTheSameChangeOnly) {
  const model::ObjectName a{"public", "a"};
  EXPECT_EQ(drop_id("shop", kByCustomer, a), drop_id("shop", kByCustomer, a));
  EXPECT_NE(drop_id("shop", kByCustomer, a), drop_id("shop", kByCustomer, {"public", "b"}));
  EXPECT_NE(drop_id("shop", kByCustomer, a), create_id("shop", kByCustomer));
  EXPECT_NE(create_id("shop", kByCustomer), create_id("shop2", kByCustomer));
}

}  // namespace
}  // namespace pgadvisor::lifecycle
