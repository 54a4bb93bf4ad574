#include "daemon/http/reports_api.hpp"

#include "daemon/http/router.hpp"
#include "tests/support/sample_publication.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace pgadvisor::daemon::http {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace pgadvisor::testing;

std::shared_ptr<const KeptReport> sample(const std::string& id) {
  auto report = std::make_shared<KeptReport>();
  report->id = id;
  report->window = {sample_time() - std::chrono::hours(168), sample_time()};
  report->made_at = sample_time();
  report->subject = kHostile;
  report->json = R"({"id":")" + id + "\"}";
  report->html = "<!DOCTYPE html><p style=\"margin:0\">" + id;
  report->markdown = "# " + id;
  report->deliveries = {
      {.channel = "mail", .state = DeliveryState::kDead, .attempts = 3, .trouble = kHostile}};
  return report;
}

class ReportsApi : public ::testing::Test {
 protected:
  ReportsApi() { publication_.publish(KeptReports{{sample("new"), sample("old")}, {"mail"}, sample_time()}); }

  [[nodiscard]] Response get(const std::string& target) const {
    return router_.handle({.target = "/api/v1/reports" + target, .hosts = {"localhost:7432"}});
  }
  [[nodiscard]] Request redelivery(const std::string& id) const {
    return {.method = "POST",
            .target = "/api/v1/reports/" + id + "/deliver",
            .hosts = {"localhost:7432"},
            .content_type = "application/json",
            .body = "{}"};
  }

  Publication publication_;
  metrics::Metrics metrics_;
  double asked_seconds_ = 0;
  std::string asked_id_;
  std::optional<model::Error> refusal_;
  Router router_{publication_,
                 metrics_,
                 true,
                 {},
                 {[this](model::Seconds length) -> model::Result<KeptReport> {
                    asked_seconds_ = length.count();
                    if (refusal_) return *refusal_;
                    return *sample("now");
                  },
                  [this](const std::string& id) -> model::Result<std::shared_ptr<const KeptReport>> {
                    asked_id_ = id;
                    if (refusal_) return *refusal_;
                    return sample(id);
                  }}};
};

TEST_F(ReportsApi, ListsReportsAndHowTheyWereDeliveredWithoutTheirTexts) {
  const auto response = get("");
  ASSERT_EQ(response.status, 200u) << response.body;
  const auto list = json::parse(response.body);
  ASSERT_EQ(list.at("items").as_array().size(), 2u);
  const auto& item = list.at("items").at(0);
  EXPECT_EQ(item.at("id"), "new");
  EXPECT_EQ(item.at("deliveries").at(0).at("state"), "dead");
  EXPECT_EQ(item.at("deliveries").at(0).at("next_at"), nullptr);
  EXPECT_FALSE(item.as_object().contains("html"));
  EXPECT_EQ(list.at("next_at"), "2026-03-04T05:00:01.234567Z");
  EXPECT_EQ(json::parse(get("?limit=1").body).at("items").as_array().size(), 1u);
}

TEST_F(ReportsApi, GivesAReportInEachFormat) {
  EXPECT_EQ(get("/old").body, R"({"id":"old"})");
  EXPECT_EQ(get("/last?format=json").body, R"({"id":"new"})");
  const auto markdown = get("/last?format=markdown");
  EXPECT_EQ(markdown.body, "# new");
  EXPECT_THAT(markdown.content_type, HasSubstr("text/markdown"));
  EXPECT_EQ(get("/last?format=sql").content_type, "application/sql");
  EXPECT_EQ(get("/none").status, 404u);
}

TEST_F(ReportsApi, LetsNothingRunInAReportsHtml) {
  auto response = get("/last?format=html");
  add_security_headers(response);
  std::vector<std::string> policies;
  for (const auto& [name, value] : response.headers)
    if (name == "Content-Security-Policy") policies.push_back(value);
  ASSERT_EQ(policies.size(), 1u);
  EXPECT_THAT(policies.front(), HasSubstr("default-src 'none'"));
  EXPECT_THAT(policies.front(), Not(HasSubstr("script-src")));
}

TEST_F(ReportsApi, MakesOneOfNow) {
  EXPECT_EQ(get("/now").body, R"({"id":"now"})");
  EXPECT_EQ(asked_seconds_, 7 * 86400);
  EXPECT_EQ(get("/now?period=day&format=markdown").body, "# now");
  EXPECT_EQ(asked_seconds_, 86400);
  refusal_ = model::Error{model::NextStep::kRetry, "the disk is full", {}, {}};
  EXPECT_EQ(get("/now").status, 503u);
}

TEST_F(ReportsApi, RefusesWhatItDoesNotKnow) {
  for (const char* target : {"?database=shop", "?colour=red", "/last?format=pdf", "/last?period=week",
                             "/now?period=year", "/last?format=json&format=html", "/last?colour=red"}) {
    EXPECT_EQ(get(target).status, 400u) << target;
  }
  EXPECT_EQ(asked_seconds_, 0);
}

TEST_F(ReportsApi, DeliversAgain) {
  const auto response = router_.handle(redelivery("old"));
  EXPECT_EQ(response.status, 200u) << response.body;
  EXPECT_EQ(asked_id_, "old");
  EXPECT_EQ(json::parse(response.body).at("id"), "old");
  refusal_ = model::skip("there is no report with this id");
  EXPECT_EQ(router_.handle(redelivery("none")).status, 404u);
  refusal_ = model::give_up("no channel is configured");
  EXPECT_EQ(router_.handle(redelivery("old")).status, 409u);
}

TEST_F(ReportsApi, DeliversForNoOtherPage) {
  auto request = redelivery("old");
  request.content_type = "text/plain";
  EXPECT_EQ(router_.handle(request).status, 415u);
  request = redelivery("old");
  request.origin = "http://evil.example";
  EXPECT_EQ(router_.handle(request).status, 403u);
  EXPECT_EQ(get("/old/deliver").status, 405u);
  request = redelivery("old");
  request.target = "/api/v1/reports/old";
  EXPECT_EQ(router_.handle(request).status, 405u);
  EXPECT_EQ(asked_id_, "");
}

TEST_F(ReportsApi, IsEmptyBeforeTheFirstReport) {
  publication_.publish(KeptReports{});
  const auto list = json::parse(get("").body);
  EXPECT_TRUE(list.at("items").as_array().empty());
  EXPECT_EQ(list.at("as_of"), nullptr);
  EXPECT_EQ(list.at("next_at"), nullptr);
  EXPECT_EQ(get("/last").status, 404u);
}

}  // namespace
}  // namespace pgadvisor::daemon::http
