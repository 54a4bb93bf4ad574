#include "advisor/sandbox/table_parts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pgadvisor::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = TablePart::Kind;
using Parts = std::vector<TablePart>;

const model::ObjectName kTable{"public", "Orders"};

TablePart column(const std::string& name, const std::string& type) {
  return {Kind::kColumn, kTable, name, type};
}

TablePart index(const std::string& name, const std::string& definition) {
  return {Kind::kIndex, kTable, name, definition};
}

TablePart constraint(const std::string& name, const std::string& definition) {
  return {Kind::kConstraint, kTable, name, definition};
}

std::vector<std::string> ddl(const Parts& twin, const Parts& production) {
  return difference(twin, production).value();
}

TEST(Difference, IsNothingBetweenEquals) {
  const Parts parts{column("a", "integer"),
                    index("i", "CREATE INDEX i ON public.\"Orders\" USING btree (a)")};
  EXPECT_THAT(ddl(parts, parts), IsEmpty());
  EXPECT_TRUE(same_parts(parts, Parts(parts.rbegin(), parts.rend())));
}

TEST(Difference, AddsColumnsBeforeTheIndexesOnThem) {
  TablePart added = column("the new", "text COLLATE \"C\"");
  added.default_value = "'x'::text";
  added.not_null = true;
  EXPECT_THAT(
      ddl({}, {index("i", "CREATE INDEX i ON t (x)"), added}),
      ElementsAre("ALTER TABLE public.\"Orders\" ADD COLUMN \"the new\" text COLLATE \"C\" DEFAULT 'x'::text "
                  "NOT NULL",
                  "CREATE INDEX i ON t (x)"));
}

TEST(Difference, DropsForeignKeysBeforeTheKeysTheyReferTo) {
  EXPECT_THAT(
      ddl({constraint("a_key", "UNIQUE (a)"), constraint("z_fkey", "FOREIGN KEY (a) REFERENCES t(a)")}, {}),
      ElementsAre("ALTER TABLE public.\"Orders\" DROP CONSTRAINT IF EXISTS z_fkey",
                  "ALTER TABLE public.\"Orders\" DROP CONSTRAINT IF EXISTS a_key"));
}

TEST(Difference, ReplacesAnIndexOfAnotherDefinition) {
  EXPECT_THAT(ddl({index("i", "CREATE INDEX i ON t (a)")}, {index("i", "CREATE INDEX i ON t (a, b)")}),
              ElementsAre("DROP INDEX IF EXISTS public.i", "CREATE INDEX i ON t (a, b)"));
}

TEST(Difference, AltersAColumn) {
  TablePart before = column("a", "integer"), after = column("a", "bigint");
  before.default_value = "1";
  after.not_null = true;
  EXPECT_THAT(ddl({before}, {after}),
              ElementsAre("ALTER TABLE public.\"Orders\" ALTER COLUMN a TYPE bigint USING NULL",
                          "ALTER TABLE public.\"Orders\" ALTER COLUMN a DROP DEFAULT",
                          "ALTER TABLE public.\"Orders\" ALTER COLUMN a SET NOT NULL"));
}

TEST(Difference, LeavesWhatIsInheritedToTheParent) {
  TablePart inherited = column("a", "integer");
  inherited.inherited = true;
  EXPECT_THAT(ddl({}, {inherited}), IsEmpty());
  EXPECT_THAT(ddl({inherited}, {}), IsEmpty());
  EXPECT_FALSE(same_parts({}, Parts{inherited}));
}

TEST(Difference, IsBeyondDdlForTablesAndParents) {
  EXPECT_FALSE(difference(Parts{}, Parts{{Kind::kTable, kTable, "", "r p"}}));
  EXPECT_FALSE(difference(Parts{{Kind::kParent, kTable, "public.p", "1 FOR VALUES IN (1)"}},
                          Parts{{Kind::kParent, kTable, "public.p", "1 FOR VALUES IN (2)"}}));
  EXPECT_FALSE(difference(Parts{column("a", "integer GENERATED ALWAYS AS (1) STORED")},
                          Parts{column("a", "integer")}));
}

}  // namespace
}  // namespace pgadvisor::sandbox
