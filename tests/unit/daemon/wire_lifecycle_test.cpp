#include "daemon/wire_lifecycle.hpp"

#include "daemon/lifecycle_rows.hpp"
#include "tests/support/sample_publication.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <limits>

namespace pgadvisor::daemon {
namespace {

namespace json = boost::json;
using namespace pgadvisor::testing;

TEST(EffectJson, LeadsBackToTheEffect) {
  EXPECT_EQ(effect_from_json(json::serialize(to_json(sample_effect()))), sample_effect());
  auto unbounded = sample_effect();
  unbounded.roles.front().time->high = std::numeric_limits<double>::infinity();
  unbounded.hot_after = 0.25;
  unbounded.real_size.reset();
  unbounded.saved_per_day.reset();
  EXPECT_EQ(effect_from_json(json::serialize(to_json(unbounded))), unbounded);
}

TEST(EffectJson, IsNotReadFromAnythingElse) {
  for (const char* text : {"", "null", "[]", "{}", R"({"verdict": "splendid"})", "{\"before\": 7}"}) {
    EXPECT_FALSE(effect_from_json(text)) << text;
  }
}

TEST(ProposalJson, AddsTheLifeCycleToTheRecommendation) {
  const auto recommendation = sample_recommendation();
  const auto item = to_json(sample_tracked(recommendation, "shop"));
  const auto plain = to_json(recommendation);
  for (const auto& member : plain.as_object())
    EXPECT_EQ(item.at(member.key()), member.value()) << member.key();
  EXPECT_EQ(item.at("database"), "shop");
  EXPECT_EQ(item.at("action"), "create_index");
  const auto& lifecycle = item.at("lifecycle");
  EXPECT_EQ(lifecycle.at("state"), "open");
  EXPECT_EQ(lifecycle.at("proposes"), json::string(recommendation.ddl));
  EXPECT_TRUE(lifecycle.at("effect").is_null());
  EXPECT_EQ(
      lifecycle.at("changes").at(0),
      json::parse(R"({"at": "2026-03-04T05:00:01.234567Z", "from": null, "to": "open", "by": "pgadvisor",
                            "why": null})"));
}

TEST(ProposalJson, SaysWhatIsNotKnownAsNullOfWhatNobodyRecommended) {
  const auto item = to_json(*sample_proposals().items.back());
  EXPECT_EQ(item.at("action"), "drop_index");
  EXPECT_TRUE(item.at("ddl").is_null());
  EXPECT_TRUE(item.at("benefit").at("share").is_null());
  EXPECT_TRUE(item.at("confidence").is_null());
  EXPECT_EQ(item.at("lifecycle").at("proposes"), "CREATE INDEX CONCURRENTLY gone ON orders (customer_id)");
  EXPECT_EQ(item.at("lifecycle").at("effect").at("verdict"), "regressed");
}

TEST(ProposedSql, FitsTheState) {
  auto tracked = sample_tracked(sample_recommendation(), "shop");
  const auto proposed = [&](lifecycle::State state, bool applied = false) {
    tracked.standing.state = state;
    tracked.standing.applied_at = applied ? std::optional(sample_time()) : std::nullopt;
    return proposed_sql(tracked);
  };
  using enum lifecycle::State;
  const auto& [ddl, rollback] = std::tie(tracked.proposal.ddl, tracked.proposal.rollback);
  EXPECT_EQ(proposed(kOpen), ddl);
  EXPECT_EQ(proposed(kSnoozed), ddl);
  EXPECT_EQ(proposed(kSnoozed, true), rollback);
  EXPECT_EQ(proposed(kWithoutEffect, true), rollback);
  EXPECT_EQ(proposed(kRegressed, true), rollback);
  for (const auto state : {kApplied, kVerified}) EXPECT_EQ(proposed(state, true), "");
  EXPECT_EQ(proposed(kObsolete), "");
  tracked.proposal.action = lifecycle::Action::kDropIndex;
  EXPECT_EQ(proposed(kWithoutEffect, true), "");
}

TEST(ProposalRow, LeadsBackToTheProposal) {
  auto tracked = sample_tracked(sample_recommendation(), kHostile);
  tracked.proposal.statements = {{"-42", lifecycle::Role::kServed}, {"43", lifecycle::Role::kWriter}};
  tracked.proposal.baseline = 2;
  tracked.standing.snoozed_until = sample_time();
  tracked.standing.missed = 3;
  tracked.standing.why = kHostile;
  tracked.effect = sample_effect();
  const auto row = to_row(tracked);
  const auto back = from_row(row);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->standing, tracked.standing);
  EXPECT_EQ(back->proposal.statements, tracked.proposal.statements);
  EXPECT_EQ(back->effect, tracked.effect);
  EXPECT_EQ(to_row(*back), row);
}

TEST(ProposalRow, OfANewerVersionIsLeftOut) {
  auto row = to_row(sample_tracked(sample_recommendation(), "shop"));
  row.state = "celebrated";
  EXPECT_FALSE(from_row(row));
  EXPECT_FALSE(from_row(history::ProposalChangeRow{"x", {}, "open", "celebrated", "", ""}));
}

TEST(FromRfc3339, ReadsTimes) {
  EXPECT_EQ(from_rfc3339("2026-03-04T05:00:01.234567Z"), sample_time());
  EXPECT_EQ(from_rfc3339("2026-03-04T06:30:01.234567+01:30"), sample_time());
  EXPECT_EQ(from_rfc3339("2026-03-03T23:00:01.234567-06:00"), sample_time());
  EXPECT_EQ(from_rfc3339("2026-03-04t05:00:01.2345678z"), sample_time());
  EXPECT_EQ(from_rfc3339(to_rfc3339(model::Timestamp{})), model::Timestamp{});
}

TEST(FromRfc3339, RefusesEverythingElse) {
  for (const char* text :
       {"", "2026-03-04", "2026-03-04T05:00:01", "2026-13-04T05:00:01Z", "2026-02-30T05:00:01Z",
        "2026-03-04T24:00:01Z", "2026-03-04T05:60:01Z", "2026-03-04T05:00:60Z", "x",
        "2026-03-04T05:00:01+24:00", " 2026-03-04T05:00:01Z"}) {
    EXPECT_FALSE(from_rfc3339(text)) << text;
  }
}

}  // namespace
}  // namespace pgadvisor::daemon
