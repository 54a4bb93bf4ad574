#include "daemon/http/router.hpp"

#include "tests/support/sample_publication.hpp"
#include "tests/unit/daemon/http/problem_response.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <algorithm>

namespace pgadvisor::daemon::http {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using namespace pgadvisor::testing;

class RouterTest : public ::testing::Test {
 protected:
  RouterTest() {
    publication_.publish(sample_report());
    publication_.publish(sample_status());
    publication_.publish(sample_proposals());
  }

  [[nodiscard]] Response get(const std::string& target, const std::string& host = "localhost:7432") const {
    return router_.handle({.method = "GET", .target = target, .hosts = {host}});
  }
  [[nodiscard]] json::value items(const std::string& target) const {
    return json::parse(get(target).body).at("items");
  }

  Publication publication_;
  metrics::Metrics metrics_;
  Router router_{publication_, metrics_, true};
};

std::string header(const Response& response, const std::string& name) {
  const auto found = std::ranges::find(response.headers, name, [](const auto& h) { return h.first; });
  return found == response.headers.end() ? "" : found->second;
}

TEST_F(RouterTest, AnswersEveryRoute) {
  for (const char* path : {"/",
                           "/assets/style.css",
                           "/assets/app.js",
                           "/assets/uPlot.esm.js",
                           "/assets/uPlot.min.css",
                           "/assets/icon.svg",
                           "/metrics",
                           "/healthz",
                           "/readyz",
                           "/openapi.json",
                           "/api/v1/recommendations",
                           "/api/v1/recommendations/r1shop",
                           "/api/v1/indexes",
                           "/api/v1/foreign_keys",
                           "/api/v1/hotspots",
                           "/api/v1/hotspot_readings",
                           "/api/v1/statements",
                           "/api/v1/findings",
                           "/api/v1/alternatives",
                           "/api/v1/unhelped_statements",
                           "/api/v1/targets",
                           "/api/v1/status"}) {
    const Response response = get(path);
    EXPECT_EQ(response.status, 200u) << path;
    EXPECT_FALSE(response.body.empty()) << path;
  }
}

TEST_F(RouterTest, KnowsNothingElse) {
  for (const char* path :
       {"/favicon.ico", "/assets/", "/assets/../app.js", "/assets/index.html", "/assets/openapi.json",
        "/assets/none.js", "/app.js", "/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v1/recommendations/",
        "/api/v1/recommendations/none", "/metrics/", "//"}) {
    expect_problem(get(path), 404, "");
  }
  EXPECT_EQ(json::parse(get("/no%20such").body).at("instance"), "/no%20such");
}

TEST_F(RouterTest, TakesOnlyGetAndHeadWhereNothingIsDecided) {
  for (const char* method : {"PUT", "DELETE", "OPTIONS", "TRACE", "BREW"}) {
    const Response response = router_.handle({.method = method, .target = "/", .hosts = {"localhost"}});
    expect_problem(response, 405, "GET, HEAD");
    EXPECT_EQ(header(response, "Allow"), "GET, HEAD, POST");
  }
  const Response response = router_.handle({.method = "POST", .target = "/", .hosts = {"localhost"}});
  expect_problem(response, 405, "GET, HEAD");
  EXPECT_EQ(header(response, "Allow"), "GET, HEAD");
}

TEST_F(RouterTest, SendsSecurityHeadersWithEveryAnswer) {
  for (const char* path : {"/", "/api/v1/status", "/nothing", "/metrics"}) {
    const Response response = get(path);
    const auto policy = header(response, "Content-Security-Policy");
    EXPECT_THAT(policy, HasSubstr("default-src 'none'")) << path;
    EXPECT_THAT(policy, HasSubstr("require-trusted-types-for 'script'")) << path;
    EXPECT_THAT(policy, Not(HasSubstr("unsafe"))) << path;
    EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(header(response, "Referrer-Policy"), "no-referrer") << path;
  }
  EXPECT_EQ(header(get("/api/v1/status"), "Cache-Control"), "no-store");
}

TEST_F(RouterTest, SavesTheTransferOfAssetsThatTheClientHas) {
  const Response first = get("/assets/app.js");
  EXPECT_EQ(header(first, "Cache-Control"), "no-cache");
  const Response second = router_.handle(
      {.target = "/assets/app.js", .hosts = {"localhost"}, .if_none_match = header(first, "ETag")});
  EXPECT_EQ(second.status, 304u);
  EXPECT_TRUE(second.body.empty());
}

TEST_F(RouterTest, RefusesForeignHostsOnLoopback) {
  for (const char* host : {"localhost", "localhost:1", "LOCALHOST:7432", "127.0.0.1:7432", "[::1]:7432"}) {
    EXPECT_EQ(get("/healthz", host).status, 200u) << host;
  }
  for (const char* host : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example:7432",
                           "localhost:x", "127.0.0.1@evil", "", "[::1]evil"}) {
    expect_problem(get("/healthz", host), 421, "loopback");
  }
  expect_problem(get("http://evil.example/healthz"), 421, "loopback");
  EXPECT_EQ(get("http://127.0.0.1:7432/healthz", "evil.example").status, 200u);
}

TEST_F(RouterTest, TakesAnyHostWhenBoundElsewhere) {
  const Router open(publication_, metrics_, false);
  EXPECT_EQ(open.handle({.target = "/healthz", .hosts = {"db7.example:7432"}}).status, 200u);
}

TEST_F(RouterTest, NeedsExactlyOneHost) {
  expect_problem(router_.handle({.target = "/healthz", .hosts = {}}), 400, "Host");
  expect_problem(router_.handle({.target = "/healthz", .hosts = {"localhost", "evil"}}), 400, "Host");
  EXPECT_EQ(router_.handle({.target = "/healthz", .hosts = {}, .version = 10}).status, 200u);
}

TEST_F(RouterTest, RefusesMalformedTargets) {
  for (const char* target : {"*", "", "healthz", "/%zz", "/a b", "ftp://localhost/", "localhost:80"}) {
    expect_problem(get(target), 400, "target");
  }
}

TEST_F(RouterTest, ListsItemsOfEveryDatabaseWithItsName) {
  const json::value list = json::parse(get("/api/v1/statements").body);
  EXPECT_EQ(list.at("as_of"), "2026-03-04T05:00:01.234567Z");
  ASSERT_EQ(list.at("items").as_array().size(), 4u);
  EXPECT_EQ(list.at("items").at(0).at("query_id"), "43");  // most time first
  EXPECT_EQ(list.at("items").at(0).at("database"), "shop");
  EXPECT_NE(list.at("items").at(1).at("database"), "shop");
}

TEST_F(RouterTest, FiltersByDatabase) {
  EXPECT_EQ(items("/api/v1/statements?database=shop").as_array().size(), 2u);
  EXPECT_EQ(items("/api/v1/targets?database=shop").at(0).at("databases").as_array().size(), 1u);
  for (const char* list :
       {"recommendations", "indexes", "foreign_keys", "hotspots", "statements", "findings", "targets"}) {
    EXPECT_EQ(items("/api/v1/" + std::string(list) + "?database=none").as_array().size(), 0u) << list;
  }
}

TEST_F(RouterTest, CutsListsAtTheLimit) {
  for (const char* list :
       {"recommendations", "indexes", "foreign_keys", "hotspots", "statements", "findings", "targets"}) {
    EXPECT_EQ(items("/api/v1/" + std::string(list) + "?limit=1").as_array().size(), 1u) << list;
  }
}

TEST_F(RouterTest, RefusesBadQueryParameters) {
  for (const char* query : {"limit=0", "limit=10001", "limit=-1", "limit=1x", "limit=", "limit",
                            "database=", "limit=1&limit=2", "limit=99999999999999999999", "limit=%2B1"}) {
    expect_problem(get("/api/v1/indexes?" + std::string(query)), 400, "");
  }
  expect_problem(get("/api/v1/indexes?colour=red"), 400, "colour");
  expect_problem(get("/api/v1/status?limit=1"), 400, "limit");
  expect_problem(get("/api/v1/recommendations/r1shop?x"), 400, "x");
}

TEST_F(RouterTest, ShowsSkippedStatementsAmongTheFindings) {
  const json::value list = items("/api/v1/findings?database=shop");
  EXPECT_EQ(list.at(1).at("kind"), "not_analysed");
  EXPECT_EQ(list.at(1).at("query_id"), "7");
}

TEST_F(RouterTest, GivesOneRecommendation) {
  const json::value one = json::parse(get("/api/v1/recommendations/r1shop").body);
  EXPECT_EQ(one.at("id"), "r1shop");
  EXPECT_EQ(one, items("/api/v1/recommendations?database=shop").at(0));
}

TEST_F(RouterTest, ListsWhatIsOpenUnlessOtherStatesAreAskedFor) {
  const auto ids = [&](const std::string& query) {
    std::vector<std::string> found;
    const json::value list = items("/api/v1/recommendations?database=shop" + query);
    for (const auto& item : list.as_array()) found.emplace_back(item.at("id").as_string());
    return found;
  };
  using Ids = std::vector<std::string>;
  EXPECT_EQ(ids(""), Ids{"r1shop"});
  EXPECT_EQ(ids("&state=all"), (Ids{"r1shop", "d1shop"}));  // the one that saves time first
  EXPECT_EQ(ids("&state=regressed,verified"), Ids{"d1shop"});
  EXPECT_EQ(ids("&state=all&action=drop_index"), Ids{"d1shop"});
  EXPECT_EQ(ids("&state=snoozed"), Ids{});
  for (const char* query : {"state=", "state=done", "state=open,", "state=open&state=open", "action=apply"}) {
    expect_problem(get("/api/v1/recommendations?" + std::string(query)), 400, "");
  }
}

TEST_F(RouterTest, GivesAProposalInWhateverState) {
  const json::value one = json::parse(get("/api/v1/recommendations/d1shop").body);
  EXPECT_EQ(one.at("lifecycle").at("state"), "regressed");
  EXPECT_EQ(one, items("/api/v1/recommendations?state=regressed").at(0));
}

TEST_F(RouterTest, SaysReadyOnlyWithoutProblems) {
  EXPECT_EQ(get("/readyz").body, R"({"status":"ready"})");
  Status status = sample_status();
  status.problems = {sample_problem()};
  publication_.publish(status);
  const Response response = get("/readyz");
  expect_problem(response, 503, "problems");
  EXPECT_EQ(json::parse(response.body).at("problems").at(0).at("hint"),
            "CREATE EXTENSION pg_stat_statements;");
  EXPECT_EQ(get("/healthz").status, 200u);
}

TEST_F(RouterTest, IsNotReadyBeforeTheFirstPoll) {
  publication_.publish(Status{});
  publication_.publish(advisor::Report{});
  const Response response = get("/readyz");
  expect_problem(response, 503, "");
  EXPECT_EQ(json::parse(response.body).at("problems").as_array().size(), 1u);
  EXPECT_TRUE(json::parse(get("/api/v1/indexes").body).at("as_of").is_null());
}

}  // namespace
}  // namespace pgadvisor::daemon::http
