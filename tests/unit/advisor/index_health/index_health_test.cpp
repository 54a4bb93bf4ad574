#include "advisor/index_health/index_health.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::index_health {
namespace {

class Judge : public testing::Test {
 protected:
  Judge() {
    model::Table table;
    table.oid = model::Oid{1};
    table.name = {"public", "orders"};
    snapshot_.tables = {table};
    model::Index index;
    index.oid = model::Oid{2};
    index.name = {"public", "ix"};
    index.table = table.oid;
    index.pages = 10;
    snapshot_.indexes = {index};
  }
  void scanned(std::int64_t times) {
    activity_.indexes = {{{"public", "ix"}, {"public", "orders"}, {times, 0, 0}}};
  }
  [[nodiscard]] advisor::IndexReport judged() const { return judge(snapshot_, activity_).at(0); }
  model::Index& index() { return snapshot_.indexes[0]; }

  model::DatabaseSnapshot snapshot_;
  model::DatabaseActivity activity_;
};

TEST_F(Judge, CallsAScannedIndexOk) {
  scanned(3);
  EXPECT_EQ(judged().verdict, "ok");
  EXPECT_EQ(judged().scans, 3);
  EXPECT_EQ(judged().size.value, 81920);
}

TEST_F(Judge, ObservesAnIndexWithoutScans) {
  scanned(0);
  EXPECT_EQ(judged().verdict, "observing");
}

TEST_F(Judge, CallsAnIndexWithoutCountersUnknownNeverUnused) {
  EXPECT_EQ(judged().verdict, "unknown");
}

TEST_F(Judge, CallsAnInvalidIndexInvalidEvenIfUnique) {
  index().is_valid = false;
  index().is_unique = true;
  EXPECT_EQ(judged().verdict, "invalid");
}

TEST_F(Judge, ProtectsWhatEnforcesOrIdentifies) {
  for (const auto flag :
       {&model::Index::is_primary, &model::Index::is_unique, &model::Index::is_exclusion,
        &model::Index::backs_constraint, &model::Index::is_replica_identity, &model::Index::is_clustered}) {
    index().*flag = true;
    EXPECT_EQ(judged().verdict, "protected");
    index().*flag = false;
  }
}

}  // namespace
}  // namespace pgadvisor::index_health
