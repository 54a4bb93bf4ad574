#include "advisor/candidates/other_methods.hpp"

#include <gmock/gmock.h>

namespace pgadvisor::candidates {
namespace {

using model::IndexDefinition;
using sandbox::Clause;
using sandbox::ClauseKind;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const model::ObjectName kDocuments{"public", "documents"};

model::Table documents(std::int64_t pages) {
  model::Table table;
  table.name = kDocuments;
  table.pages = pages;
  return table;
}

Clause clause_on(ClauseKind kind, const std::string& column, std::vector<sandbox::Support> supports) {
  Clause clause;
  clause.kind = kind;
  clause.key = {column};
  clause.supports = std::move(supports);
  return clause;
}

sandbox::Scan scan_of(std::vector<Clause> clauses) {
  sandbox::Scan scan;
  scan.relation = kDocuments;
  scan.clauses = std::move(clauses);
  return scan;
}

IndexDefinition index_of(const char* method, const char* column, const char* operator_class = "") {
  return {kDocuments, method, {{column, "", operator_class}}, {}, {}};
}

TEST(OtherMethods, OfferEveryGinClassOfAnOperator) {
  const auto scan =
      scan_of({clause_on(ClauseKind::kOperator, "body", {{"gin", "", 7}, {"gin", "jsonb_path_ops", 7}})});
  EXPECT_THAT(other_methods(scan, documents(100)),
              UnorderedElementsAre(index_of("gin", "body"), index_of("gin", "body", "jsonb_path_ops")));
}

TEST(OtherMethods, OfferGistOnlyWhereThereIsNoGin) {
  const std::vector<sandbox::Support> range{{"brin", "", 3}, {"gist", "", 3}, {"spgist", "", 3}};
  EXPECT_THAT(other_methods(scan_of({clause_on(ClauseKind::kOperator, "during", range)}), documents(100)),
              ElementsAre(index_of("gist", "during")));
  const std::vector<sandbox::Support> words{{"gin", "", 1}, {"gist", "", 1}};
  EXPECT_THAT(other_methods(scan_of({clause_on(ClauseKind::kOperator, "words", words)}), documents(100)),
              ElementsAre(index_of("gin", "words")));
}

TEST(OtherMethods, LeaveToTheTreeWhatItCanSearch) {
  const auto scan = scan_of({clause_on(ClauseKind::kEquality, "url", {{"btree", "", 3}, {"hash", "", 1}})});
  EXPECT_THAT(other_methods(scan, documents(kBrinPages - 1)), IsEmpty());
}

TEST(OtherMethods, OfferBrinOnLargeTables) {
  const auto scan = scan_of({clause_on(ClauseKind::kRange, "at", {{"brin", "", 4}, {"btree", "", 4}})});
  EXPECT_THAT(other_methods(scan, documents(kBrinPages)), ElementsAre(index_of("brin", "at")));
}

TEST(OtherMethods, LookIntoTheArmsOfAnOr) {
  Clause either;
  either.kind = ClauseKind::kOr;
  either.arms = {{clause_on(ClauseKind::kOperator, "tags", {{"gin", "", 2}})}, {}};
  EXPECT_THAT(other_methods(scan_of({either}), documents(100)), ElementsAre(index_of("gin", "tags")));
}

TEST(OtherMethods, OfferAnOrderByDistance) {
  auto scan = scan_of({});
  scan.distances = {clause_on(ClauseKind::kOperator, "spot", {{"gist", "", 15}})};
  EXPECT_THAT(other_methods(scan, documents(100)), ElementsAre(index_of("gist", "spot")));
}

}  // namespace
}  // namespace pgadvisor::candidates
