#include "daemon/lifecycle_bounds.hpp"

#include "tests/support/sample_publication.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::daemon {
namespace {

using namespace pgadvisor::testing;
using lifecycle::State;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Proposals of one database, seen so many hours ago.
class Bounds : public ::testing::Test {
 protected:
  void add(const std::string& id, int hours_ago, State state = State::kOpen, std::size_t evidence = 10) {
    auto tracked = sample_tracked(sample_recommendation(), "shop");
    tracked.proposal.id = id;
    tracked.standing.state = state;
    tracked.last_seen = sample_time() - std::chrono::hours(hours_ago);
    tracked.evidence.assign(evidence, 'x');
    tracked_[id] = std::make_shared<const TrackedProposal>(tracked);
  }
  std::vector<std::string> forgotten(const std::string& database = "shop") {
    LifecycleBatch batch(tracked_, sample_time());
    forget_old(batch, tracked_, options_, database);
    return batch.forgotten();
  }
  std::vector<std::string> without_evidence() {
    LifecycleBatch batch(tracked_, sample_time());
    forget_old(batch, tracked_, options_, "shop");
    std::vector<std::string> ids;
    for (const auto& row : batch.rows()) {
      EXPECT_EQ(row.evidence, "");
      ids.push_back(row.id);
    }
    return ids;
  }

  TrackedProposals tracked_;
  LifecycleOptions options_;
};

TEST_F(Bounds, ForgetWhatNobodySawForTheRetention) {
  add("old", 24 * 41);
  add("verified", 24 * 41, State::kVerified);
  add("snoozed", 24 * 400, State::kSnoozed);  // somebody wants to be reminded
  add("seen", 24 * 39);
  EXPECT_THAT(forgotten(), ElementsAre("old", "verified"));
  EXPECT_THAT(forgotten("other"), IsEmpty());
}

TEST_F(Bounds, ForgetTheObsoleteFirstWhenThereAreTooMany) {
  for (std::size_t i = 0; i < kMostProposals; ++i) add("p" + std::to_string(i), 10);
  add("obsolete", 1, State::kObsolete);
  add("longest unseen", 20);
  EXPECT_THAT(forgotten(), ElementsAre("longest unseen", "obsolete"));
}

TEST_F(Bounds, LeaveTheEvidenceOfWhatWasSeenLast) {
  options_.evidence_limit = {25};
  add("a", 3);
  add("b", 2);
  add("c", 1, State::kObsolete);
  EXPECT_THAT(without_evidence(), ElementsAre("c"));
  options_.evidence_limit = {15};
  EXPECT_THAT(without_evidence(), ElementsAre("a", "c"));
}

}  // namespace
}  // namespace pgadvisor::daemon
