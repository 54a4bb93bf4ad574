#pragma once

#include "daemon/reports/build.hpp"
#include "daemon/reports/document.hpp"
#include "daemon/reports/writers.hpp"
#include "tests/support/sample_publication.hpp"

#include <memory>
#include <string>

namespace pgadvisor::testing {

/// Breaks out of HTML, Markdown, Slack's mrkdwn, mail headers, SMTP, shells and terminals where it is not
/// kept from it.
inline const std::string kHostileToReports =
    "x\"'><script>alert(1)</script><img src=http://evil/x onerror=a()> [a](http://evil) "
    "![b](http://evil/p.png) "
    "`` `code` **bold** _it_ ~~s~~ <!channel> <@U1> <http://evil|click> @all #general & &lt; | \\ "
    "$(touch /tmp/pwned) `id` ; rm -rf /\r\n.\r\nBcc: victim@example.com\r\n\r\n# "
    "heading\n\x1b[31m\u202Egnp.exe "
    "\xFF\xC0\xAF www.evil.example --";

/// The week before sample_time().
inline model::Window sample_week() {
  return {sample_time() - std::chrono::hours(24 * 7), sample_time() + std::chrono::hours(3)};
}

/// Values that a Material refers to.
struct SampleMaterial {
  advisor::Report report;
  daemon::Proposals proposals;
  daemon::Status status = sample_status();
  std::vector<history::Event> events;
  std::optional<daemon::reports::Baseline> before;
  std::string page_url = "https://pgadvisor.example.com";

  [[nodiscard]] daemon::reports::WeeklyReport build() const {
    const auto zone = config::TimeZone::find("Europe/Berlin").value();
    return daemon::reports::build(
        {report, proposals, status, events, sample_week(), sample_week().to, zone, page_url, before},
        daemon::reports::id_of(sample_week().to));
  }
  [[nodiscard]] daemon::reports::Document document() const { return daemon::reports::document_of(build()); }
};

inline void add(daemon::Proposals& proposals, daemon::TrackedProposal tracked) {
  proposals.items.push_back(std::make_shared<const daemon::TrackedProposal>(std::move(tracked)));
}

inline daemon::TrackedProposal sample_with_state(const std::string& id, lifecycle::State state) {
  auto recommendation = sample_recommendation();
  recommendation.id = id;
  recommendation.benefit_per_day = model::Milliseconds(90000);
  auto tracked = sample_tracked(recommendation, "shop");
  tracked.standing.state = state;
  return tracked;
}

/// One of everything.
inline SampleMaterial sample_material() {
  using lifecycle::State;
  SampleMaterial material;
  material.report.as_of = sample_time();
  material.report.databases = {sample_database("shop")};
  auto resolved = sample_hotspot("carts");
  resolved.state = model::HotspotState::kResolved;
  material.report.hotspots = {{"shop", sample_time(), {sample_hotspot(), resolved}}};
  auto& advice = material.report.databases.front().advice;
  advice.coverage = advisor::TimeCoverage{model::Milliseconds(3600e3),
                                          model::Milliseconds(3400e3),
                                          {{"utility", 4, model::Milliseconds(200e3)}},
                                          12,
                                          0.9};
  advice.findings.push_back({"limitation", "", "", "A sandbox of a newer major version plans."});
  material.status.databases = {"shop", "archive"};
  material.status.problems = {sample_problem()};
  material.events = {{sample_time(), "statements_reset", "", ""},
                     {sample_time(), "gap", "shop", ""},
                     {sample_time(), "gap", "shop", ""}};
  add(material.proposals, sample_with_state("aaaaaaaaaaaaaaaa", State::kOpen));
  auto done = sample_with_state("bbbbbbbbbbbbbbbb", State::kVerified);
  done.standing.applied_at = sample_time();
  done.effect = sample_effect();
  add(material.proposals, done);
  auto regressed = sample_with_state("cccccccccccccccc", State::kRegressed);
  regressed.proposal.action = lifecycle::Action::kDropIndex;
  regressed.proposal.origin = lifecycle::Origin::kCatalog;
  regressed.proposal.ddl.clear();
  regressed.proposal.rollback = "CREATE INDEX CONCURRENTLY gone ON orders (customer_id)";
  regressed.evidence.clear();
  regressed.standing.applied_at = sample_time();
  regressed.effect = sample_effect();
  regressed.effect->verdict = lifecycle::Verdict::kRegressed;
  regressed.effect->saved_per_day = model::Milliseconds(-720000);
  regressed.effect->reasons = {"The statements that used it take 4 times as long."};
  add(material.proposals, regressed);
  auto dismissed = sample_with_state("dddddddddddddddd", State::kDismissed);
  dismissed.standing.by = "ann";
  dismissed.standing.why = "this table is going away";
  add(material.proposals, dismissed);
  return material;
}

inline void make_hostile(advisor::IndexHealth& health) {
  const auto& bad = kHostileToReports;
  auto& index = health.indexes.front();
  index.index = {bad, bad};
  index.table_schema = index.table = index.detail = bad;
  index.reasons = {bad};
  index.ddl = sql::drop_index(bad, bad, true);
  index.rollback = "CREATE INDEX " + sql::quote_identifier(bad) + " ON t (a)";
  health.members.front() = {bad, false, std::nullopt, 0, bad};
  health.left_out = {bad};
  auto& key = health.foreign_keys.front();
  key.table = {bad, bad};
  key.columns = {bad};
  key.references = {{bad, bad}};
  key.reasons = {bad};
  key.ddl = key.rollback = index.ddl;
}

/// Wherever a text can come from somebody else, it is a hostile one.
inline SampleMaterial hostile_material() {
  const auto& bad = kHostileToReports;
  auto material = sample_material();
  auto& database = material.report.databases.front();
  database.advice.database = bad;
  database.advice.skipped = {{bad, bad}};
  make_hostile(database.health);
  for (auto& hotspot : material.report.hotspots.front().hotspots) {
    hotspot.table = {bad, bad};
    hotspot.reasons = {bad};
    hotspot.recommendations = {bad};
    hotspot.statements.front().query = bad;
  }
  material.report.hotspots.front().database = bad;
  database.advice.findings = {{"limitation", bad, bad, bad}};
  for (auto& entry : database.advice.coverage->rest) entry.reason = bad;
  material.status.target = bad;
  material.status.databases = {bad, bad + "2"};
  material.status.problems = {{bad, bad, bad, bad, sample_time()}};
  material.proposals.items.clear();
  using lifecycle::State;
  for (const auto state : {State::kOpen, State::kVerified, State::kRegressed, State::kDismissed}) {
    auto tracked = sample_with_state("0123456789abcdef", state);
    tracked.proposal.database = bad;
    tracked.proposal.table = {bad, bad};
    tracked.proposal.index = {bad, bad};
    tracked.proposal.ddl = "CREATE INDEX \"" + bad + "\" ON t (a)";
    tracked.proposal.rollback = tracked.proposal.ddl;
    tracked.standing.by = bad;
    tracked.standing.why = bad;
    auto recommendation = sample_recommendation();
    recommendation.reasons = {bad};
    recommendation.statements.front().query = bad;
    tracked.evidence = boost::json::serialize(daemon::to_json(recommendation));
    if (lifecycle::is_carried_out(state)) {
      tracked.standing.applied_at = sample_time();
      tracked.effect = sample_effect();
      tracked.effect->reasons = {bad};
    }
    add(material.proposals, std::move(tracked));
  }
  return material;
}

}  // namespace pgadvisor::testing
