#include "collectors/sql/maintenance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::sql {
namespace {

using model::Maintenance;
using model::MaintenanceKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Maintenance table(MaintenanceKind kind, const std::string& schema, const std::string& name) {
  return {kind, {schema, name}, false, {}};
}

TEST(MaintenanceOf, KnowsTheTableThatIsCopiedOut) {
  EXPECT_THAT(maintenance_of("COPY public.orders (id, total) TO stdout;"),
              ElementsAre(table(MaintenanceKind::kCopy, "public", "orders")));
  EXPECT_THAT(maintenance_of("/* nightly */ copy \"Odd \"\"Name\" to '/dev/null'"),
              ElementsAre(table(MaintenanceKind::kCopy, "", "Odd \"Name")));
  EXPECT_THAT(
      maintenance_of(
          "COPY (SELECT * FROM shop.Orders o JOIN ONLY lines USING (id) WHERE a = 'from x') TO stdout"),
      ElementsAre(table(MaintenanceKind::kCopy, "shop", "orders"),
                  table(MaintenanceKind::kCopy, "", "lines")));
}

TEST(MaintenanceOf, LeavesOutWhatIsCopiedIn) {
  EXPECT_THAT(maintenance_of("COPY orders (id, total) FROM stdin"), IsEmpty());
}

TEST(MaintenanceOf, KnowsTheTableAnIndexIsBuiltOn) {
  for (const char* text :
       {"CREATE INDEX ON shop.orders (id)",
        "create unique index concurrently if not exists i on only shop.orders using gin (x)",
        "CREATE INDEX \"on\" ON shop.orders (id)"}) {
    EXPECT_THAT(maintenance_of(text), ElementsAre(table(MaintenanceKind::kIndexBuild, "shop", "orders")))
        << text;
  }
  EXPECT_THAT(maintenance_of("REINDEX TABLE CONCURRENTLY orders"),
              ElementsAre(table(MaintenanceKind::kIndexBuild, "", "orders")));
  EXPECT_THAT(maintenance_of("REINDEX (VERBOSE) INDEX shop.i"),
              ElementsAre(Maintenance{MaintenanceKind::kIndexBuild, {"shop", "i"}, true, {}}));
  EXPECT_THAT(maintenance_of("REINDEX SCHEMA shop"),
              ElementsAre(table(MaintenanceKind::kIndexBuild, "", "")));
}

TEST(MaintenanceOf, KnowsWhatIsRewritten) {
  EXPECT_THAT(
      maintenance_of("VACUUM (ANALYZE, FULL) a, shop.b (x)"),
      ElementsAre(table(MaintenanceKind::kRewrite, "", "a"), table(MaintenanceKind::kRewrite, "shop", "b")));
  EXPECT_THAT(maintenance_of("vacuum full verbose a"),
              ElementsAre(table(MaintenanceKind::kRewrite, "", "a")));
  EXPECT_THAT(maintenance_of("VACUUM FULL"), ElementsAre(table(MaintenanceKind::kRewrite, "", "")));
  EXPECT_THAT(maintenance_of("CLUSTER shop.a USING i"),
              ElementsAre(table(MaintenanceKind::kRewrite, "shop", "a")));
  EXPECT_THAT(maintenance_of("CLUSTER"), ElementsAre(table(MaintenanceKind::kRewrite, "", "")));
  EXPECT_THAT(maintenance_of("ALTER TABLE IF EXISTS ONLY a ALTER b TYPE bigint"),
              ElementsAre(table(MaintenanceKind::kRewrite, "", "a")));
}

TEST(MaintenanceOf, LeavesOutEverythingElse) {
  for (const char* text :
       {"SELECT 1", "VACUUM orders", "ANALYZE orders", "CREATE TABLE a (b int)", "ALTER ROLE a PASSWORD 'x'",
        "", "COPY", "CREATE INDEX", "'unterminated", "create index on"}) {
    EXPECT_THAT(maintenance_of(text), IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace pgadvisor::sql
