#include "tests/unit/daemon/reports/sample_material.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace pgadvisor::daemon::reports {
namespace {

using lifecycle::State;
using testing::add;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::sample_material;
using testing::sample_time;
using testing::sample_with_state;

std::vector<std::string> ids(const Lines<ProposalLine>& lines) {
  std::vector<std::string> found;
  for (const auto& line : lines.items) found.push_back(line.id);
  return found;
}

const Figure& figure(const WeeklyReport& report, std::string_view name) {
  return *std::ranges::find(report.figures, name, &Figure::name);
}

TEST(WeeklyReport, TellsNewFromOpenFromDoneFromPutAside) {
  auto material = sample_material();
  auto old = sample_with_state("eeeeeeeeeeeeeeee", State::kOpen);
  old.first_seen = testing::sample_week().from - std::chrono::hours(1);
  add(material.proposals, old);
  add(material.proposals, sample_with_state("ffffffffffffffff", State::kObsolete));
  const auto report = material.build();
  EXPECT_THAT(ids(report.fresh), ElementsAre("aaaaaaaaaaaaaaaa"));
  EXPECT_THAT(ids(report.done), ElementsAre("bbbbbbbbbbbbbbbb", "cccccccccccccccc"));
  EXPECT_THAT(ids(report.open), ElementsAre("cccccccccccccccc", "aaaaaaaaaaaaaaaa", "eeeeeeeeeeeeeeee"));
  EXPECT_THAT(ids(report.aside), ElementsAre("dddddddddddddddd"));
}

TEST(WeeklyReport, OrdersWhatIsOpenBySavedTime) {
  testing::SampleMaterial material;
  for (const auto& [id, milliseconds] : {std::pair{"little", 10.0}, {"much", 1000.0}, {"some", 100.0}}) {
    auto recommendation = testing::sample_recommendation();
    recommendation.id = id;
    recommendation.benefit_per_day = model::Milliseconds(milliseconds);
    add(material.proposals, testing::sample_tracked(recommendation, "shop"));
  }
  const auto report = material.build();
  EXPECT_THAT(ids(report.open), ElementsAre("much", "some", "little"));
  EXPECT_EQ(figure(report, "open_ms_per_day").value, 1110);
}

TEST(WeeklyReport, LeavesOutWhatWasDoneBeforeItsTime) {
  testing::SampleMaterial material;
  auto done = sample_with_state("a", State::kVerified);
  done.standing.applied_at = testing::sample_week().from - std::chrono::hours(200);
  done.changes = {{testing::sample_week().from - std::chrono::hours(1), State::kApplied, State::kVerified,
                   "pgadvisor", ""}};
  add(material.proposals, done);
  EXPECT_THAT(material.build().done.items, IsEmpty());
  done.proposal.id = "b";
  done.changes.front().at = testing::sample_week().from;
  add(material.proposals, done);
  EXPECT_THAT(ids(material.build().done), ElementsAre("b")) << "judged within it";
}

TEST(WeeklyReport, ClaimsNoMeasuredSavingThatIsNotSignificant) {
  testing::SampleMaterial material;
  auto done = sample_with_state("a", State::kApplied);
  done.standing.applied_at = sample_time();
  done.effect = testing::sample_effect();
  done.effect->verdict = lifecycle::Verdict::kUnknown;
  add(material.proposals, done);
  const auto report = material.build();
  EXPECT_EQ(figure(report, "measured_ms_per_day").value, std::nullopt);
  const auto text = as_markdown(document_of(report));
  EXPECT_THAT(text, HasSubstr("Measured: **not known yet**, predicted"));
}

TEST(WeeklyReport, ComparesItsFiguresWithTheReportBefore) {
  auto material = sample_material();
  material.before = baseline_from_json(boost::json::serialize(to_json(material.build())));
  ASSERT_TRUE(material.before);
  add(material.proposals, sample_with_state("eeeeeeeeeeeeeeee", State::kOpen));
  material.report.databases.front().health.indexes.front().index.name = "ix_new";
  const auto report = material.build();
  EXPECT_EQ(figure(report, "open").before, 2);
  EXPECT_EQ(figure(report, "open").value, 3);
  EXPECT_TRUE(report.unused.items.front().is_new);
  EXPECT_FALSE(report.hotspots.items.front().is_new) << "it was there before";
  const auto text = as_markdown(document_of(report));
  EXPECT_THAT(text, HasSubstr("| Open proposals | 3 | 2 | +1 |"));
  EXPECT_THAT(text, HasSubstr("| Unused indexes | 1 | 1 | same |"));
}

TEST(WeeklyReport, CallsNothingNewInTheFirstReport) {
  const auto report = sample_material().build();
  EXPECT_FALSE(report.unused.items.front().is_new);
  EXPECT_THAT(as_markdown(document_of(report)), HasSubstr("This is the first report"));
}

TEST(WeeklyReport, CutsLongListsAndSaysHowMuchIsLeftOut) {
  testing::SampleMaterial material;
  for (int i = 0; i < 40; ++i)
    add(material.proposals, sample_with_state(std::to_string(100 + i), State::kOpen));
  const auto report = material.build();
  EXPECT_EQ(report.open.items.size(), kMostLines);
  EXPECT_EQ(report.open.all, 40u);
  EXPECT_EQ(figure(report, "open").value, 40);
  const auto document = document_of(report);
  EXPECT_THAT(as_html(document), HasSubstr("and 15 more"));
  EXPECT_THAT(as_markdown(document), HasSubstr("and 15 more"));
  EXPECT_THAT(as_slack(document, ""), HasSubstr("and 35 more"));
}

TEST(WeeklyReport, ShowsHotspotsThatCeasedToBeSomeInItsTimeOnly) {
  auto material = sample_material();
  auto report = material.build();
  ASSERT_EQ(report.resolved_hotspots.items.size(), 1U);
  EXPECT_EQ(report.resolved_hotspots.items.front().table, "public.carts");
  EXPECT_EQ(figure(report, "hotspots").value, 1);
  material.report.hotspots.front().hotspots.back().since =
      testing::sample_week().from - std::chrono::hours(1);
  EXPECT_THAT(material.build().resolved_hotspots.items, IsEmpty());
}

TEST(WeeklyReport, CallsHotspotsUnknownWhereNobodyLooked) {
  auto material = sample_material();
  material.report.hotspots.clear();
  EXPECT_EQ(figure(material.build(), "hotspots").value, std::nullopt);
  EXPECT_THAT(as_markdown(material.document()),
              HasSubstr("Not known: nobody looked at what sequential scans read yet"));
  material.report.hotspots = {{"shop", sample_time(), {}}};
  EXPECT_EQ(figure(material.build(), "hotspots").value, 0);
}

TEST(WeeklyReport, SaysWhenLittleOfTheTimeWasAnalysed) {
  auto material = sample_material();
  EXPECT_THAT(as_markdown(material.document()), Not(HasSubstr("of the statement time was analysed:")));
  material.report.databases.front().advice.coverage->analysed = model::Milliseconds(360e3);
  EXPECT_THAT(as_markdown(material.document()),
              HasSubstr("Only **10.0 %** of the statement time was analysed:"));
}

TEST(WeeklyReport, SaysThatItsAdviceIsOlderThanItself) {
  auto material = sample_material();
  EXPECT_THAT(as_markdown(material.document()), Not(HasSubstr("no advice was worked out since")));
  material.report.as_of = testing::sample_week().from - std::chrono::hours(1);
  EXPECT_THAT(as_markdown(material.document()), HasSubstr("no advice was worked out since"));
}

TEST(WeeklyReport, HasAStatementOnceInItsScriptAndInItsDatabaseOnly) {
  auto material = sample_material();
  auto other = testing::sample_database("archive");
  other.health.foreign_keys.front().ddl = material.proposals.items.front()->proposal.ddl;
  material.report.databases.push_back(other);
  auto same = testing::sample_with_state("eeeeeeeeeeeeeeee", State::kOpen);
  add(material.proposals, same);
  const auto script = as_sql(material.build());
  const auto count = [&](const std::string& text) {
    std::size_t found = 0;
    for (auto at = script.find(text); at != std::string::npos; at = script.find(text, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count("\n" + same.proposal.ddl + ";\n"), 2U) << "once in each database";
  EXPECT_EQ(count("\\if :pgadvisor_here"), 2U);
  EXPECT_EQ(count("\\endif"), 2U);
}

TEST(WeeklyReport, SaysWhatBlocksWritesInItsScript) {
  auto material = sample_material();
  constexpr const char* kWarning = "blocks writes to all partitions";
  ASSERT_THAT(as_sql(material.build()), Not(HasSubstr(kWarning)));
  auto& key = material.report.databases.front().health.foreign_keys.front();
  key.ddl = "CREATE INDEX ix_parts_id ON public.parts (id)";
  EXPECT_THAT(as_sql(material.build()), HasSubstr(kWarning));
}

TEST(WeeklyReport, LeavesOutOfItsScriptWhatSomebodyDoesNotWant) {
  auto material = sample_material();
  const auto& key = material.report.databases.front().health.foreign_keys.front();
  ASSERT_THAT(as_sql(material.build()), HasSubstr(key.ddl));
  auto dismissed = testing::sample_with_state("ffffffffffffffff", State::kDismissed);
  dismissed.proposal.ddl = key.ddl;
  add(material.proposals, dismissed);
  EXPECT_THAT(as_sql(material.build()), Not(HasSubstr(key.ddl)));
}

TEST(WeeklyReport, NamesADropOnceWithItsVerdictAndNotAtAllOnceItIsDismissed) {
  auto material = sample_material();
  const auto& index = material.report.databases.front().health.indexes.front();
  auto drop = sample_with_state("eeeeeeeeeeeeeeee", State::kOpen);
  drop.proposal.action = lifecycle::Action::kDropIndex;
  drop.proposal.origin = lifecycle::Origin::kVerdict;
  drop.proposal.ddl = index.ddl;
  const auto before = material.build();
  add(material.proposals, drop);
  const auto open = material.build();
  EXPECT_EQ(open.open.all, before.open.all);
  EXPECT_EQ(open.fresh.all, before.fresh.all);
  ASSERT_EQ(open.unused.all, 1U);
  material.proposals.items.pop_back();
  drop.standing.state = State::kDismissed;
  add(material.proposals, drop);
  EXPECT_EQ(material.build().unused.all, 0U);
  EXPECT_EQ(material.build().aside.all, before.aside.all + 1);
}

TEST(WeeklyReport, SaysWhichDatabasesWereNotAnalysed) {
  const auto report = sample_material().build();
  EXPECT_THAT(report.unheard, ElementsAre("archive"));
  EXPECT_THAT(as_markdown(document_of(report)), HasSubstr("Database `archive`: not analysed yet"));
}

TEST(WeeklyReport, CountsWhatDisturbedTheCountersInItsTimeOnly) {
  auto material = sample_material();
  material.events.push_back({testing::sample_week().to, "restarted", "", ""});
  EXPECT_THAT(material.build().events, ElementsAre(HasSubstr("Once pg_stat_statements was reset"),
                                                   HasSubstr("2 times counters were not read")));
}

TEST(WeeklyReport, SurvivesAReportBeforeThatIsNone) {
  EXPECT_FALSE(baseline_from_json(""));
  EXPECT_FALSE(baseline_from_json("[]"));
  EXPECT_FALSE(baseline_from_json(R"({"id": 1, "period": {}, "figures": {}, "marks": []})"));
  EXPECT_FALSE(
      baseline_from_json(R"({"id": "x", "period": {"to": "yesterday"}, "figures": {}, "marks": []})"));
}

TEST(WeeklyReport, HasAnIdThatSortsByTime) {
  EXPECT_EQ(id_of(sample_time()), "20260304T050001Z");
}

}  // namespace
}  // namespace pgadvisor::daemon::reports
