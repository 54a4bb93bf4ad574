#include "daemon/apply/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::daemon::apply {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

sql::CreateIndexStatement wanted(const std::string& text) {
  return std::get<sql::CreateIndexStatement>(sql::parse_index_statement(text).value());
}

const sql::CreateIndexStatement kByCustomer = wanted("CREATE INDEX ON orders (customer_id)");

TableNode node(std::uint32_t oid, const std::string& name, char kind = 'r', std::uint32_t parent = 0) {
  return {model::Oid{oid}, {"public", name}, kind, model::Oid{parent}};
}

ExistingIndex index(std::uint32_t table, const std::string& name, const std::string& body = "(customer_id)") {
  ExistingIndex index;
  index.oid = model::Oid{1000 + table};
  index.name = {"public", name};
  index.table = model::Oid{table};
  index.ddl = "CREATE INDEX " + name + " ON public.t USING btree " + body;
  index.shape = wanted(index.ddl).shape;
  return index;
}

TableFacts orders(std::vector<ExistingIndex> indexes = {}) {
  TableFacts facts;
  facts.nodes = {node(1, "orders")};
  for (const auto& entry : indexes) facts.names.insert(entry.name);
  facts.indexes = std::move(indexes);
  return facts;
}

/// A root with two leaves and a partitioned child with one more.
TableFacts parts(std::vector<ExistingIndex> indexes = {}) {
  auto facts = orders(std::move(indexes));
  facts.nodes = {node(1, "orders", 'p'), node(2, "orders_a", 'r', 1), node(3, "orders_b", 'p', 1),
                 node(4, "orders_b1", 'r', 3)};
  return facts;
}

std::vector<std::string> steps(const TableFacts& facts,
                               const sql::CreateIndexStatement& statement = kByCustomer) {
  std::vector<std::string> result;
  const auto plan = plan_create(statement, facts);
  EXPECT_TRUE(plan) << (plan ? "" : plan.error().message);
  if (plan) {
    for (const auto& step : plan->steps) result.push_back(step.sql);
  }
  return result;
}

std::string refusal(const TableFacts& facts, const sql::CreateIndexStatement& statement = kByCustomer) {
  const auto plan = plan_create(statement, facts);
  EXPECT_FALSE(plan);
  return plan ? "" : plan.error().message;
}

TEST(PlanCreate, BuildsConcurrentlyUnderANameOfOurs) {
  const auto plan = plan_create(kByCustomer, orders()).value();
  EXPECT_THAT(
      plan.steps,
      ElementsAre(Step{Step::What::kCreate,
                       true,
                       "CREATE INDEX CONCURRENTLY ix_orders_customer_id ON public.orders (customer_id)",
                       {"public", "orders"},
                       {"public", "ix_orders_customer_id"},
                       "DROP INDEX CONCURRENTLY public.ix_orders_customer_id"}));
  EXPECT_EQ(plan.undo, "DROP INDEX CONCURRENTLY public.ix_orders_customer_id");
  EXPECT_THAT(plan.notes, IsEmpty());
}

TEST(PlanCreate, TakesTheNameThatIsGivenUnlessItIsTaken) {
  auto facts = orders();
  const auto named = wanted("CREATE INDEX \"My ix\" ON orders (customer_id)");
  EXPECT_THAT(steps(facts, named), ElementsAre(HasSubstr("CONCURRENTLY \"My ix\" ON")));
  facts.names.insert({"other", "My ix"});
  EXPECT_THAT(steps(facts, named), ElementsAre(HasSubstr("CONCURRENTLY \"My ix\" ON")));
  facts.names.insert({"public", "My ix"});
  EXPECT_THAT(refusal(facts, named), HasSubstr("is taken by something else"));
  facts.names.insert({"public", "ix_orders_customer_id"});
  EXPECT_THAT(steps(facts), ElementsAre(HasSubstr("ix_orders_customer_id_2 ON")));
}

TEST(PlanCreate, RefusesWhatIsServedAlready) {
  EXPECT_THAT(refusal(orders({index(1, "wide", "(customer_id, status)")})),
              HasSubstr("public.wide serves the same"));
  EXPECT_THAT(steps(orders({index(1, "other", "(status, customer_id)")})),
              ElementsAre(HasSubstr("CREATE INDEX")));
}

TEST(PlanCreate, DropsWhatAFailedAttemptLeftFirst) {
  auto attempt = index(1, "ix_orders_customer_id");
  attempt.is_valid = false;
  EXPECT_THAT(steps(orders({attempt})),
              ElementsAre("DROP INDEX CONCURRENTLY public.ix_orders_customer_id",
                          "CREATE INDEX CONCURRENTLY ix_orders_customer_id ON public.orders (customer_id)"));
  const auto named =
      plan_create(wanted("CREATE INDEX mine ON orders (customer_id)"), orders({attempt})).value();
  EXPECT_EQ(named.steps.size(), 1U);  // somebody else's attempt is pointed out, and left alone
  EXPECT_THAT(named.notes, ElementsAre(HasSubstr("DROP INDEX CONCURRENTLY public.ix_orders_customer_id;")));
}

TEST(PlanCreate, DoesNotTakeAnInvalidIndexOfAnotherDefinitionForAnAttempt) {
  auto other = index(1, "ix_orders_customer_id", "(status)");
  other.is_valid = false;
  EXPECT_THAT(steps(orders({other})), ElementsAre(HasSubstr("ix_orders_customer_id_2 ON")));
}

TEST(PlanCreate, WaitsForWhoeverBuildsIt) {
  auto building = index(1, "ix_orders_customer_id");
  building.is_valid = false;
  building.built_by = 4711;
  EXPECT_THAT(refusal(orders({building})), HasSubstr("is being built right now, by backend 4711"));
}

TEST(PlanCreate, IndexesPartitionsBeforeTheirParents) {
  EXPECT_THAT(
      steps(parts()),
      ElementsAre(
          "CREATE INDEX CONCURRENTLY ix_orders_a_customer_id ON public.orders_a (customer_id)",
          "CREATE INDEX CONCURRENTLY ix_orders_b1_customer_id ON public.orders_b1 (customer_id)",
          "CREATE INDEX ix_orders_b_customer_id ON ONLY public.orders_b (customer_id)",
          "ALTER INDEX public.ix_orders_b_customer_id ATTACH PARTITION public.ix_orders_b1_customer_id",
          "CREATE INDEX ix_orders_customer_id ON ONLY public.orders (customer_id)",
          "ALTER INDEX public.ix_orders_customer_id ATTACH PARTITION public.ix_orders_a_customer_id",
          "ALTER INDEX public.ix_orders_customer_id ATTACH PARTITION public.ix_orders_b_customer_id"));
  EXPECT_EQ(plan_create(kByCustomer, parts())->undo, "DROP INDEX public.ix_orders_customer_id");
}

TEST(PlanCreate, AttachesWhatAPartitionHasAlready) {
  EXPECT_THAT(
      steps(parts({index(2, "by_hand"), index(4, "too")})),
      ElementsAre(
          "CREATE INDEX ix_orders_b_customer_id ON ONLY public.orders_b (customer_id)",
          "ALTER INDEX public.ix_orders_b_customer_id ATTACH PARTITION public.too",
          "CREATE INDEX ix_orders_customer_id ON ONLY public.orders (customer_id)",
          "ALTER INDEX public.ix_orders_customer_id ATTACH PARTITION public.by_hand",
          "ALTER INDEX public.ix_orders_customer_id ATTACH PARTITION public.ix_orders_b_customer_id"));
}

TEST(PlanCreate, ContinuesAPartitionedIndexThatIsNotComplete) {
  auto root = index(1, "ix_orders_customer_id");
  root.is_valid = false;
  root.is_partitioned = true;
  auto attached = index(2, "ix_orders_a_customer_id");
  attached.parent = root.oid;
  EXPECT_THAT(
      steps(parts({root, attached})),
      ElementsAre(
          "CREATE INDEX CONCURRENTLY ix_orders_b1_customer_id ON public.orders_b1 (customer_id)",
          "CREATE INDEX ix_orders_b_customer_id ON ONLY public.orders_b (customer_id)",
          "ALTER INDEX public.ix_orders_b_customer_id ATTACH PARTITION public.ix_orders_b1_customer_id",
          "ALTER INDEX public.ix_orders_customer_id ATTACH PARTITION public.ix_orders_b_customer_id"));
}

TEST(PlanCreate, RefusesWhatPostgresCannotDo) {
  auto foreign = parts();
  foreign.nodes[3].kind = 'f';
  EXPECT_THAT(refusal(foreign), HasSubstr("public.orders_b1 is a foreign table"));
  EXPECT_THAT(plan_create(kByCustomer, foreign).error().hint,
              HasSubstr("CREATE INDEX ix_orders_customer_id ON public.orders (customer_id);"));
  EXPECT_THAT(refusal(parts(), wanted("CREATE INDEX ON ONLY orders (customer_id)")), HasSubstr("ON ONLY"));
  auto view = orders();
  view.nodes[0].kind = 'v';
  EXPECT_THAT(refusal(view), HasSubstr("neither a table nor a materialised view"));
}

TEST(PlanCreate, QuotesHostileNames) {
  auto facts = orders();
  facts.nodes[0].name = {"s;--", "t\"\n"};
  EXPECT_THAT(steps(facts, wanted("CREATE INDEX ON x (\"c'\")")),
              ElementsAre("CREATE INDEX CONCURRENTLY \"ix_t\"\"\n_c'\" ON \"s;--\".\"t\"\"\n\" (\"c'\")"));
}

TEST(PlanDrop, DropsConcurrentlyAndKnowsTheWayBack) {
  const auto plan = plan_drop(index(1, "a"), node(1, "orders")).value();
  EXPECT_EQ(plan.steps.front().sql, "DROP INDEX CONCURRENTLY public.a");
  EXPECT_EQ(plan.undo, "CREATE INDEX CONCURRENTLY a ON public.t USING btree (customer_id)");
  auto partitioned = index(1, "a");
  partitioned.is_partitioned = true;
  const auto brief = plan_drop(partitioned, node(1, "orders", 'p')).value();
  EXPECT_EQ(brief.steps.front().sql, "DROP INDEX public.a");
  EXPECT_FALSE(brief.steps.front().concurrently);
  EXPECT_EQ(brief.undo, partitioned.ddl);
}

TEST(PlanDrop, KeepsWhatIsNeeded) {
  auto primary = index(1, "a");
  primary.needed_for = "the primary key";
  EXPECT_THAT(plan_drop(primary, node(1, "orders")).error().message,
              HasSubstr("the primary key rests on it"));
  auto part = index(1, "a");
  part.parent = model::Oid{9};
  EXPECT_THAT(plan_drop(part, node(1, "orders")).error().message, HasSubstr("part of a partitioned index"));
  auto building = index(1, "a");
  building.built_by = 4711;
  EXPECT_THAT(plan_drop(building, node(1, "orders")).error().message, HasSubstr("4711"));
}

}  // namespace
}  // namespace pgadvisor::daemon::apply
