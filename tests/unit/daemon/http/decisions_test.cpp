#include "daemon/http/router.hpp"

#include "tests/support/sample_publication.hpp"
#include "tests/unit/daemon/http/problem_response.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <variant>

namespace pgadvisor::daemon::http {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using namespace pgadvisor::testing;

class FixedClock final : public model::Clock {
 public:
  model::Timestamp now() const override { return sample_time(); }
  std::chrono::steady_clock::time_point monotonic() const override { return {}; }
};

/// Keeps the last decision, and answers as it was told to.
class DecisionsTest : public ::testing::Test {
 protected:
  DecisionsTest() { publication_.publish(sample_proposals()); }

  [[nodiscard]] Response post(const std::string& target, const std::string& body) const {
    return send({.method = "POST",
                 .target = "/api/v1/recommendations/" + target,
                 .hosts = {"localhost:7432"},
                 .content_type = "application/json",
                 .body = body});
  }
  [[nodiscard]] Response send(Request request) const { return router_.handle(request); }
  [[nodiscard]] Request good() const {
    return {.method = "POST",
            .target = "/api/v1/recommendations/r1shop/reopen",
            .hosts = {"localhost:7432"},
            .content_type = "application/json",
            .body = R"({"by": "ann"})"};
  }

  FixedClock clock_;
  Publication publication_;
  metrics::Metrics metrics_;
  std::optional<model::Error> refusal_;
  std::string id_;
  std::optional<lifecycle::Event> event_;
  Decisions decisions_{
      [this](const std::string& id,
             const lifecycle::Event& event) -> model::Result<std::shared_ptr<const TrackedProposal>> {
        id_ = id;
        event_ = event;
        if (refusal_) return *refusal_;
        return publication_.proposals()->items.front();
      },
      &clock_};
  Router router_{publication_, metrics_, true, decisions_};
};

TEST_F(DecisionsTest, SnoozesUntilATime) {
  const auto response = post(
      "r1shop/snooze", R"({"by": "ann", "until": "2026-03-05T07:00:00+01:00", "why": "after the sale"})");
  ASSERT_EQ(response.status, 200u) << response.body;
  EXPECT_EQ(id_, "r1shop");
  const auto& snooze = std::get<lifecycle::Snooze>(*event_);
  EXPECT_EQ(snooze.by, "ann");
  EXPECT_EQ(snooze.why, "after the sale");
  EXPECT_EQ(to_rfc3339(snooze.until), "2026-03-05T06:00:00.000000Z");
  EXPECT_EQ(json::parse(response.body).at("lifecycle").at("state"), "open");  // as the decision left it
}

TEST_F(DecisionsTest, DismissesWithAReasonAndReopensWithout) {
  EXPECT_EQ(post("r1shop/dismiss", R"({"by": "ann", "why": "writes matter more"})").status, 200u);
  EXPECT_EQ(std::get<lifecycle::Dismiss>(*event_).why, "writes matter more");
  EXPECT_EQ(post("r1shop/reopen", R"({"by": "ann"})").status, 200u);
  EXPECT_EQ(std::get<lifecycle::Reopen>(*event_).by, "ann");
}

TEST_F(DecisionsTest, SaysWhichMemberIsWrong) {
  const auto expect_fault = [&](const char* target, const char* body, const char* member) {
    const auto response = post(target, body);
    expect_problem(response, 422, member);
    EXPECT_EQ(json::parse(response.body).at("member"), member) << body;
    EXPECT_FALSE(event_);
  };
  expect_fault("r1shop/dismiss", R"({"by": "ann"})", "why");
  expect_fault("r1shop/dismiss", R"({"by": "ann", "why": "  "})", "why");
  expect_fault("r1shop/dismiss", R"({"why": "x"})", "by");
  expect_fault("r1shop/dismiss", R"({"by": 7, "why": "x"})", "by");
  expect_fault("r1shop/dismiss", R"({"by": "ann", "why": "x", "until": "2027-01-01T00:00:00Z"})", "until");
  expect_fault("r1shop/snooze", R"({"by": "ann"})", "until");
  expect_fault("r1shop/snooze", R"({"by": "ann", "until": "tomorrow"})", "until");
  expect_fault("r1shop/snooze", R"({"by": "ann", "until": "2026-03-04T05:00:01Z"})", "until");
  expect_fault("r1shop/snooze", R"({"by": "ann", "until": "2126-03-04T05:00:01Z"})", "until");
  expect_fault("r1shop/reopen", R"({"by": "ann", "force": true})", "force");
  const auto longer = R"({"by": "ann", "why": ")" + std::string(1001, 'x') + "\"}";
  expect_fault("r1shop/dismiss", longer.c_str(), "why");
}

TEST_F(DecisionsTest, RefusesWhatIsNoJsonObject) {
  for (const char* body : {"", "{", "[]", "7", "by=ann"}) {
    expect_problem(post("r1shop/reopen", body), 400, "JSON object");
  }
  EXPECT_FALSE(event_);
}

TEST_F(DecisionsTest, MapsWhatTheLifeCycleAnswers) {
  refusal_ = model::skip("there is no proposal with this id");
  expect_problem(post("none/reopen", R"({"by": "ann"})"), 404, "no proposal");
  refusal_ = model::give_up("the proposal is applied: nothing to decide");
  expect_problem(post("r1shop/reopen", R"({"by": "ann"})"), 409, "is applied");
  refusal_ = model::Error{model::NextStep::kRetry, "the disk is full", {}, {}};
  expect_problem(post("r1shop/reopen", R"({"by": "ann"})"), 503, "disk is full");
}

TEST_F(DecisionsTest, AreNotTakenFromOtherPages) {
  const auto with = [&](const std::string& origin, const std::string& site) {
    auto request = good();
    request.origin = origin;
    request.sec_fetch_site = site;
    return send(request).status;
  };
  EXPECT_EQ(with("", ""), 200u);  // curl
  EXPECT_EQ(with("http://localhost:7432", "same-origin"), 200u);
  EXPECT_EQ(with("HTTP://LOCALHOST:7432", ""), 200u);
  EXPECT_EQ(with("https://localhost:7432", "same-origin"), 200u);  // behind a proxy that speaks TLS
  for (const auto& [origin, site] :
       std::vector<std::pair<std::string, std::string>>{{"http://evil.example", ""},
                                                        {"http://evil.example", "cross-site"},
                                                        {"http://localhost:8080", "same-site"},
                                                        {"http://localhost", ""},
                                                        {"null", ""},
                                                        {"http://localhost:7432.evil.example", ""},
                                                        {"", "cross-site"},
                                                        {"", "same-site"},
                                                        {"http://localhost:7432", "cross-site"}}) {
    event_.reset();
    EXPECT_EQ(with(origin, site), 403u) << origin << " " << site;
    EXPECT_FALSE(event_);
  }
}

TEST_F(DecisionsTest, AreTakenAsJsonOnly) {
  for (const char* type :
       {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
        "application/jsonp", "text/plain; application/json"}) {
    auto request = good();
    request.content_type = type;
    expect_problem(send(request), 415, "application/json");
  }
  for (const char* type : {"application/json", "Application/JSON; charset=utf-8"}) {
    auto request = good();
    request.content_type = type;
    EXPECT_EQ(send(request).status, 200u) << type;
  }
  EXPECT_TRUE(event_);
}

TEST_F(DecisionsTest, AreSubjectToTheHostCheck) {
  auto request = good();
  request.hosts = {"evil.example"};
  expect_problem(send(request), 421, "loopback");
  request.hosts = {"evil.example"};
  request.origin = "http://evil.example";
  expect_problem(send(request), 421, "loopback");
}

TEST_F(DecisionsTest, AllowTheMethodThatFits) {
  const auto allow = [](const Response& response) {
    for (const auto& [name, value] : response.headers) {
      if (name == "Allow") return value;
    }
    return std::string();
  };
  for (const char* method : {"GET", "HEAD"}) {
    auto request = good();
    request.method = method;
    expect_problem(send(request), 405, "POST");
    EXPECT_EQ(allow(send(request)), "POST");
  }
  for (const char* target : {"/", "/api/v1/status", "/api/v1/recommendations/r1shop", "/nothing",
                             "/api/v1/recommendations/r1shop/apply", "/api/v1/recommendations//snooze"}) {
    auto request = good();
    request.target = target;
    expect_problem(send(request), 405, "GET, HEAD");
    EXPECT_EQ(allow(send(request)), "GET, HEAD");
  }
  EXPECT_FALSE(event_);
}

TEST_F(DecisionsTest, TakesNoQueryParameters) {
  auto request = good();
  request.target += "?by=bob";
  expect_problem(send(request), 400, "query parameters");
}

TEST(NoDecisions, AreThereWithoutALifeCycle) {
  Publication publication;
  metrics::Metrics metrics;
  const Router router(publication, metrics, true);
  const auto response = router.handle({.method = "POST",
                                       .target = "/api/v1/recommendations/x/reopen",
                                       .hosts = {"localhost"},
                                       .content_type = "application/json",
                                       .body = "{}"});
  expect_problem(response, 503, "");
}

}  // namespace
}  // namespace pgadvisor::daemon::http
