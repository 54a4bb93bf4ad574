#include "daemon/metrics/metrics.hpp"

#include "tests/support/sample_publication.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace pgadvisor::daemon::metrics {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace pgadvisor::testing;

std::vector<std::string> lines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> result;
  for (std::string line; std::getline(stream, line);) result.push_back(line);
  return result;
}

std::vector<std::string> exposed(const advisor::Report& report, const Status& status) {
  return lines(Metrics().expose(report, status, {}));
}

TEST(Metrics, ShowsTheDaemonsOwnState) {
  Status status = sample_status();
  status.problems = {sample_problem()};
  const auto text = exposed({}, status);
  for (const char* line :
       {"pgadvisor_build_info{version=\"0.1.0\"} 1", "pgadvisor_up 1", "pgadvisor_ready 0",
        "pgadvisor_problems{component=\"statements\"} 1", "pgadvisor_problems{component=\"sandbox\"} 0",
        "pgadvisor_task_runs_total{task=\"statements\",database=\"\"} 60",
        "pgadvisor_task_failures_total{task=\"statements\",database=\"\"} 2",
        "pgadvisor_task_interval_seconds{task=\"relations\",database=\"shop\"} 300",
        "pgadvisor_monitored_database_seconds_total 12.5", "pgadvisor_duty_cycle_ratio 0.0004",
        "pgadvisor_duty_cycle_limit_ratio 0.001", "pgadvisor_history_bytes 1048576",
        "pgadvisor_statement_evictions_total 3", "pgadvisor_sandbox_up 1",
        "pgadvisor_advice_stage_seconds{stage=\"select\"} 1.1"}) {
    EXPECT_THAT(text, Contains(line));
  }
}

TEST(Metrics, ShowsWhatWasFound) {
  const auto text = exposed(sample_report(), sample_status());
  for (const char* line :
       {"pgadvisor_recommendations{database=\"shop\"} 1",
        "pgadvisor_recommendation_info{id=\"r1shop\",database=\"shop\",table=\"public.orders\","
        "index=\"ix_orders_customer_id\"} 1",
        "pgadvisor_recommendation_size_bytes{id=\"r1shop\"} 819200",
        "pgadvisor_recommendation_saved_seconds{id=\"r1shop\"} 90",
        "pgadvisor_recommendation_benefit_ratio{id=\"r1shop\"} 0.4",
        "pgadvisor_workload_statements{database=\"shop\",state=\"analysed\"} 2",
        "pgadvisor_workload_statements{database=\"shop\",state=\"skipped\"} 1",
        "pgadvisor_workload_cost_bound{database=\"shop\"} 0.39",
        "pgadvisor_indexes{database=\"shop\",verdict=\"unused\"} 1",
        "pgadvisor_index_bytes{database=\"shop\",verdict=\"ok\"} 16384",
        "pgadvisor_index_reclaimable_bytes{database=\"shop\",verdict=\"unused\"} 8192",
        "pgadvisor_index_finding_info{database=\"shop\",schema=\"public\",index=\"ix_a\",table=\"public."
        "orders\","
        "verdict=\"unused\"} 1",
        "pgadvisor_index_finding_reclaimable_bytes{database=\"shop\",schema=\"public\",index=\"ix_a\"} 8192",
        "pgadvisor_foreign_keys_without_index{database=\"shop\",severity=\"critical\"} 1",
        "pgadvisor_foreign_keys_without_index{database=\"shop\",severity=\"info\"} 0",
        "pgadvisor_foreign_key_without_index_info{database=\"shop\",table=\"public.orders\",columns="
        "\"customer_id\","
        "severity=\"critical\"} 1",
        "pgadvisor_member_coverage_ratio{database=\"shop\",member=\"db1:5432\"} 0.99",
        "pgadvisor_replica_up{member=\"db2:5432\"} 0",
        "pgadvisor_hotspots{database=\"shop\",state=\"new\"} 1",
        "pgadvisor_hotspots{database=\"shop\",state=\"known\"} 0",
        "pgadvisor_hotspot_info{database=\"shop\",schema=\"public\",table=\"orders\",state=\"new\","
        "cause=\"missing_index\"} 1",
        "pgadvisor_hotspot_read_bytes{database=\"shop\",schema=\"public\",table=\"orders\"} 4096000"}) {
    EXPECT_THAT(text, Contains(line));
  }
}

TEST(Metrics, SaysDownWithoutAnyServer) {
  const auto text = exposed({}, {});
  EXPECT_THAT(text, Contains("pgadvisor_up 0"));
  EXPECT_THAT(text, Contains("pgadvisor_ready 0"));
  EXPECT_THAT(text, Contains("pgadvisor_sandbox_up 0"));
}

TEST(Metrics, LeavesOutTheSavedTimeThatIsNotKnown) {
  const std::string text = Metrics().expose(sample_report(), sample_status(), sample_proposals());
  EXPECT_THAT(text, HasSubstr("pgadvisor_recommendation_size_bytes{id=\"r1a\\\"b"));
  EXPECT_THAT(text, Not(HasSubstr("pgadvisor_recommendation_saved_seconds{id=\"r1a")));
}

TEST(Metrics, EscapesHostileLabelsAndShowsNoStatement) {
  const std::string text = Metrics().expose(sample_report(), sample_status(), sample_proposals());
  EXPECT_THAT(text, HasSubstr(R"(database="a\"b\\c\n<script>alert(1)</script>)"
                              "\uFFFD\uFFFD\uFFFD"
                              R"({}")"));
  EXPECT_THAT(text, Not(HasSubstr("\xFF")));
  EXPECT_THAT(text, Not(HasSubstr("SELECT")));
  EXPECT_THAT(text, Not(HasSubstr("CREATE INDEX")));
}

TEST(Metrics, ShowsEachSeriesOnce) {
  advisor::Report report = sample_report();
  report.hotspots[0].hotspots.push_back(sample_hotspot());
  report.hotspots[0].hotspots.back().seq_scans = 99;
  const auto text = exposed(report, sample_status());
  EXPECT_THAT(text, Contains("pgadvisor_hotspot_sequential_scans{database=\"shop\",schema=\"public\","
                             "table=\"orders\"} 5"));
  EXPECT_THAT(text, Not(Contains("pgadvisor_hotspot_sequential_scans{database=\"shop\",schema=\"public\","
                                 "table=\"orders\"} 99")));
}

TEST(Metrics, BoundsEachFamilyAndCountsWhatItDrops) {
  advisor::Report report;
  report.databases = {sample_database("shop")};
  report.hotspots = {{"shop", sample_time(), {sample_hotspot()}}};
  for (int i = 0; i < 40; ++i) report.hotspots[0].hotspots.push_back(sample_hotspot("t" + std::to_string(i)));
  Metrics metrics(20);
  const auto text = lines(metrics.expose(report, sample_status(), {}));
  EXPECT_EQ(
      std::ranges::count_if(
          text, [](const std::string& line) { return line.starts_with("pgadvisor_hotspot_rows_read{"); }),
      20);
  EXPECT_THAT(text, Contains("pgadvisor_series_dropped_total{family=\"pgadvisor_hotspot_rows_read\"} 21"));
  const auto again = lines(metrics.expose(report, sample_status(), {}));
  EXPECT_THAT(again, Contains("pgadvisor_series_dropped_total{family=\"pgadvisor_hotspot_rows_read\"} 42"));
}

TEST(Metrics, DropsCountersOfADatabaseAfterThreeMissedPolls) {
  Status status = sample_status();
  status.tasks.back().last_success = status.as_of - std::chrono::seconds(900);
  EXPECT_THAT(Metrics().expose(sample_report(), status, {}),
              HasSubstr("pgadvisor_indexes{database=\"shop\""));
  status.tasks.back().last_success = status.as_of - std::chrono::seconds(901);
  const std::string text = Metrics().expose(sample_report(), status, {});
  EXPECT_THAT(text, Not(HasSubstr("pgadvisor_indexes{database=\"shop\"")));
  EXPECT_THAT(text, Not(HasSubstr("pgadvisor_hotspot_read_bytes{database=\"shop\"")));
  EXPECT_THAT(text, HasSubstr("pgadvisor_recommendations{database=\"shop\"} 1"));
}

TEST(Metrics, CountsProposalsByWhereTheyStandAndShowsWhatWasMeasured) {
  const auto text = lines(Metrics().expose(sample_report(), sample_status(), sample_proposals()));
  for (const char* line :
       {"pgadvisor_proposals{database=\"shop\",action=\"create_index\",state=\"open\"} 1",
        "pgadvisor_proposals{database=\"shop\",action=\"create_index\",state=\"regressed\"} 0",
        "pgadvisor_proposals{database=\"shop\",action=\"drop_index\",state=\"regressed\"} 1",
        "pgadvisor_proposal_info{id=\"d1shop\",database=\"shop\",action=\"drop_index\",table=\"public."
        "orders\","
        "index=\"ix_orders_customer_id\",state=\"regressed\"} 1",
        "pgadvisor_proposal_time_ratio{id=\"d1shop\"} 0.05",
        "pgadvisor_proposal_saved_seconds_per_day{id=\"d1shop\"} 55",
        "pgadvisor_proposal_size_bytes{id=\"d1shop\"} 983040",
        "pgadvisor_proposal_index_scans{id=\"d1shop\"} 490"}) {
    EXPECT_THAT(text, Contains(line));
  }
}

TEST(Metrics, ShowsWhatTheAdviceRestsOnWhereItIsKnown) {
  advisor::Report report = sample_report();
  advisor::Advice& advice = report.databases.front().advice;
  auto& coverage = advice.coverage.emplace();
  coverage.total = model::Milliseconds(2000);
  coverage.analysed = model::Milliseconds(1500);
  coverage.of_active_time = 0.9;
  advice.saved_per_day = model::Milliseconds(3600e3);
  const std::string text = Metrics().expose(report, sample_status(), {});
  for (const char* line : {"pgadvisor_workload_coverage_ratio{database=\"shop\"} 0.9",
                           "pgadvisor_workload_analysed_ratio{database=\"shop\"} 0.75",
                           "pgadvisor_workload_saved_seconds_per_day{database=\"shop\"} 3600"}) {
    EXPECT_THAT(lines(text), Contains(line));
  }
  EXPECT_THAT(text, Not(HasSubstr("pgadvisor_workload_coverage_ratio{database=\"a")));
  EXPECT_THAT(text, Not(HasSubstr("pgadvisor_workload_analysed_ratio{database=\"a")));
  EXPECT_THAT(text, Not(HasSubstr("pgadvisor_workload_saved_seconds_per_day{database=\"a")));
}

TEST(Metrics, ForgetsWhatIsGone) {
  Metrics metrics;
  (void)metrics.expose(sample_report(), sample_status(), sample_proposals());
  EXPECT_THAT(metrics.expose({}, sample_status(), {}), Not(HasSubstr("pgadvisor_recommendation_info{")));
}

}  // namespace
}  // namespace pgadvisor::daemon::metrics
