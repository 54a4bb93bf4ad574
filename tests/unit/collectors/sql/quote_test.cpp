#include "collectors/sql/quote.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::sql {
namespace {

using model::IndexDefinition;
using model::IndexKey;

IndexDefinition on_orders(std::vector<IndexKey> keys) {
  return {{"public", "orders"}, "btree", std::move(keys)};
}

TEST(QuoteIdentifier, LeavesPlainLowerCaseNamesAlone) {
  EXPECT_EQ(quote_identifier("orders"), "orders");
  EXPECT_EQ(quote_identifier("_x1"), "_x1");
}

TEST(QuoteIdentifier, QuotesWhatPostgresqlWouldFoldOrMisread) {
  EXPECT_EQ(quote_identifier("Orders"), "\"Orders\"");
  EXPECT_EQ(quote_identifier("1st"), "\"1st\"");
  EXPECT_EQ(quote_identifier("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(quote_identifier("a\nb"), "\"a\nb\"");
  EXPECT_EQ(quote_identifier("größe"), "\"größe\"");
  EXPECT_EQ(quote_identifier("a$b"), "\"a$b\"");
  EXPECT_EQ(quote_identifier(""), "\"\"");
}

TEST(QuoteIdentifier, QuotesKeywordsButUnreservedOnes) {
  EXPECT_EQ(quote_identifier("select"), "\"select\"");            // reserved
  EXPECT_EQ(quote_identifier("between"), "\"between\"");          // column name
  EXPECT_EQ(quote_identifier("left"), "\"left\"");                // type or function name
  EXPECT_EQ(quote_identifier("system_user"), "\"system_user\"");  // reserved since 16
  EXPECT_EQ(quote_identifier("name"), "name");                    // unreserved
}

TEST(QuoteName, QuotesEachPart) {
  EXPECT_EQ(quote_name({"public", "Order Items"}), "public.\"Order Items\"");
  EXPECT_EQ(quote_name({"", "t"}), "t");
}

TEST(QuoteLiteral, DoublesQuotesAndEscapesBackslashes) {
  EXPECT_EQ(quote_literal("it's"), "'it''s'");
  EXPECT_EQ(quote_literal("a\\b'c"), "E'a\\\\b''c'");
  EXPECT_EQ(quote_literal(""), "''");
}

TEST(Describe, WritesKeysIncludeAndPredicate) {
  auto definition = on_orders({{"customer_id"}, {"created_at", "", "", "", true, true}});
  definition.include = {"status", "Amount"};
  definition.predicate = "deleted_at IS NULL";
  EXPECT_EQ(
      describe(definition),
      "public.orders (customer_id, created_at DESC) INCLUDE (\"Amount\", status) WHERE deleted_at IS NULL");
}

TEST(Describe, SpellsOutOnlyNullOrdersThatAreNotTheDefault) {
  EXPECT_EQ(describe(on_orders({{"a", "", "", "", false, false}})), "public.orders (a)");
  EXPECT_EQ(describe(on_orders({{"a", "", "", "", false, true}})), "public.orders (a NULLS FIRST)");
  EXPECT_EQ(describe(on_orders({{"a", "", "", "", true, true}})), "public.orders (a DESC)");
  EXPECT_EQ(describe(on_orders({{"a", "", "", "", true, false}})), "public.orders (a DESC NULLS LAST)");
}

TEST(Describe, PutsExpressionsInParenthesesAndCollationBeforeOperatorClass) {
  EXPECT_EQ(describe(on_orders({{"", "lower(email)", "text_pattern_ops", "\"C\""}})),
            "public.orders ((lower(email)) COLLATE \"C\" text_pattern_ops)");
}

TEST(Describe, NamesEveryMethodButBtree) {
  auto definition = on_orders({{"attributes", "", "jsonb_path_ops"}});
  definition.method = "gin";
  EXPECT_EQ(describe(definition), "public.orders USING gin (attributes jsonb_path_ops)");
}

TEST(Ddl, CreatesAndDropsWithAndWithoutConcurrently) {
  const auto definition = on_orders({{"a"}});
  EXPECT_EQ(create_index(definition, "Ix", true), "CREATE INDEX CONCURRENTLY \"Ix\" ON public.orders (a)");
  EXPECT_EQ(create_index(definition, "ix", false), "CREATE INDEX ix ON public.orders (a)");
  EXPECT_EQ(drop_index("public", "ix", true), "DROP INDEX CONCURRENTLY public.ix");
  EXPECT_EQ(drop_index("My", "ix", false), "DROP INDEX \"My\".ix");
}

TEST(IndexName, JoinsTableAndKeys) {
  EXPECT_EQ(index_name(on_orders({{"customer_id"}, {"created_at"}}), {}), "ix_orders_customer_id_created_at");
  EXPECT_EQ(index_name(on_orders({{"", "lower((email)::text)"}}), {}), "ix_orders_lower_email_text");
}

TEST(IndexName, NumbersNamesThatAreTaken) {
  const auto definition = on_orders({{"a"}});
  EXPECT_EQ(index_name(definition, {"ix_orders_a"}), "ix_orders_a_2");
  EXPECT_EQ(index_name(definition, {"ix_orders_a", "ix_orders_a_2"}), "ix_orders_a_3");
}

TEST(IndexName, FitsInSixtyThreeBytesWithoutCuttingACharacter) {
  for (std::size_t pad = 0; pad < 4; ++pad) {
    std::string column(pad, 'x');
    for (int i = 0; i < 40; ++i) column += "ü";
    const auto name = index_name(on_orders({{column}}), {});
    EXPECT_LE(name.size(), 63U);
    EXPECT_GE(name.size(), 61U);
    const auto mark = name.rfind('_');
    EXPECT_EQ(name.size() - mark, 9U);
    EXPECT_EQ(name.substr(mark - 2, 2), "ü");
  }
}

TEST(IndexName, KeepsLongNamesThatDifferAtTheirEndApart) {
  const std::string start(70, 'c');
  const auto first = index_name(on_orders({{start + "1"}}), {});
  EXPECT_NE(first, index_name(on_orders({{start + "2"}}), {}));
  const auto second = index_name(on_orders({{start + "1"}}), {first});
  EXPECT_NE(second, first);
  EXPECT_LE(second.size(), 63U);
  EXPECT_TRUE(second.ends_with("_2"));
}

}  // namespace
}  // namespace pgadvisor::sql
