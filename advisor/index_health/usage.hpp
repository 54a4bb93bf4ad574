#pragma once

#include "advisor/index_health/subject.hpp"
#include "advisor/index_report.hpp"
#include "collectors/model/activity.hpp"
#include "collectors/model/usage.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace pgadvisor::index_health {

/// When an index counts as unused.
struct UsagePolicy {
  std::chrono::hours window{24 * 35};  ///< without a scan
  double least_coverage = 0.95;        ///< share of the window that every member has to be watched for
  model::Seconds away_after{900};      ///< a member that was not polled for so long is away
};

enum class UsageState {
  kUsed,       ///< scanned within the window, on some member
  kObserving,  ///< no scan so far, over less than the window
  kCandidate,  ///< no scan over the whole window on any member
  kUnknown,    ///< nobody can tell
};

/// What is known of an index's use on all members together.
struct Usage {
  UsageState state = UsageState::kUnknown;
  model::Timestamp since{};  ///< scans are counted, or nothing was scanned, since then
  std::int64_t scans = 0;
  std::optional<model::Timestamp> last_scan;  ///< found by the poll at that time
  std::vector<advisor::MemberUse> members;
  std::vector<std::string> reasons;
};

/// Since when a member is known without a break, seen from `end`: gaps count as long as they leave
/// `least_coverage` of the window; a crash, another server or a reset in its place ends what is known.
/// `spans` are not empty.
[[nodiscard]] model::Timestamp known_since(const std::vector<model::CoveredSpan>& spans, model::Timestamp end,
                                           const UsagePolicy& policy);

/// Merges the usage of all members by name. Lost knowledge makes an index observed or unknown, never unused.
class UsageJudge {
 public:
  /// Both outlive it.
  UsageJudge(const model::ClusterUsage& usage, const UsagePolicy& policy);

  [[nodiscard]] Usage judge(const Subject& subject, const Catalog& catalog) const;
  /// Whether any member saw the table read or written within the window.
  [[nodiscard]] bool is_active(const model::Table& table, const Catalog& catalog) const;
  /// The time that verdicts speak of: the policy's window, or the part of it that every member is known for.
  [[nodiscard]] model::Window window() const { return window_; }
  /// The smallest share of the window that a member was watched for.
  [[nodiscard]] double coverage() const;
  /// Of those configured now.
  [[nodiscard]] std::vector<advisor::MemberReport> members() const;

 private:
  using ByName = std::unordered_map<model::ObjectName, const model::RelationUsage*>;
  struct Member {
    const model::MemberUsage* usage;
    ByName indexes;
    ByName tables;
    model::Timestamp since{};  ///< known_since(); `as_of` when it was never polled
    std::string away;          ///< why nobody can tell what it does now; empty: somebody can

    /// What is counted of it under its name and definition.
    [[nodiscard]] const model::RelationUsage* find(const model::Index& index) const;
    [[nodiscard]] std::optional<model::Timestamp> first_seen(const Subject& subject) const;
  };
  /// Since when nothing was scanned, as far as is known, and why it is not known for longer.
  struct Absence {
    model::Timestamp since{};
    std::string limit;
    std::vector<std::string> unknown;  ///< why nobody can tell

    void no_earlier_than(model::Timestamp time, const std::string& why);
  };

  void add(const model::MemberUsage& member);
  [[nodiscard]] double coverage(const Member& member) const;
  [[nodiscard]] std::string why_away(const model::MemberUsage& member) const;
  [[nodiscard]] Usage seen(const Subject& subject) const;
  void look_at(const Member& member, const Subject& subject, Absence& absence) const;
  [[nodiscard]] Absence absence(const Subject& subject) const;
  void judge_absence(Usage& usage, const Subject& subject, const Catalog& catalog) const;

  const model::ClusterUsage& usage_;
  const UsagePolicy& policy_;
  std::vector<Member> members_;
  model::Window window_;
};

}  // namespace pgadvisor::index_health
