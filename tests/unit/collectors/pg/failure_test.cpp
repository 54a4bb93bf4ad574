#include "collectors/pg/failure.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::pg {
namespace {

using model::NextStep;

TEST(NextStepOf, FollowsTheSqlstate) {
  const std::pair<const char*, NextStep> cases[] = {
      {"57014", NextStep::kRetry},     {"55P03", NextStep::kRetry},     {"40P01", NextStep::kRetry},
      {"57P01", NextStep::kReconnect}, {"57P03", NextStep::kReconnect}, {"08006", NextStep::kReconnect},
      {"53300", NextStep::kReconnect}, {"", NextStep::kReconnect},      {"28P01", NextStep::kGiveUp},
      {"28000", NextStep::kGiveUp},    {"3D000", NextStep::kGiveUp},    {"42501", NextStep::kGiveUp},
      {"42P01", NextStep::kGiveUp},    {"42883", NextStep::kGiveUp},    {"22012", NextStep::kSkip},
      {"42601", NextStep::kSkip},      {"XX000", NextStep::kSkip}};
  for (const auto& [sqlstate, next] : cases) EXPECT_EQ(next_step(sqlstate), next) << sqlstate;
}

TEST(ConnectFailure, FindsTheSqlstateThatLibpqHides) {
  const auto error =
      connect_failure("pgadvisor",
                      "connection to server at \"db\" (10.0.0.1), port 5432 failed: FATAL:  57P03: the "
                      "database system is starting up\nLOCATION:  ProcessStartupPacket, postmaster.c:2401\n",
                      false);
  EXPECT_EQ(error.sqlstate, "57P03");
  EXPECT_EQ(error.next, NextStep::kReconnect);
  EXPECT_EQ(
      error.message,
      "pgadvisor: connection to server at \"db\" (10.0.0.1), port 5432 failed: FATAL: the database system is "
      "starting up");
}

TEST(ConnectFailure, TakesTheLastHostsWord) {
  const auto error =
      connect_failure("p",
                      "connection to server at \"a\", port 1 failed: Connection refused\n"
                      "\tIs the server running on that host?\n"
                      "connection to server at \"b\", port 2 failed: FATAL:  3D000: database \"x\" does "
                      "not exist\n",
                      false);
  EXPECT_EQ(error.next, NextStep::kGiveUp);
  EXPECT_EQ(error.sqlstate, "3D000");
  EXPECT_EQ(error.message.find('\n'), std::string::npos);
}

TEST(ConnectFailure, ReconnectsWhereNobodyAnswered) {
  const auto error = connect_failure("p", "could not connect: Connection refused\n", false);
  EXPECT_EQ(error.next, NextStep::kReconnect);
  EXPECT_EQ(error.sqlstate, "");
  EXPECT_EQ(connect_failure("p", "", false).message, "p: the server did not answer in time");
}

TEST(ConnectFailure, CallsAMissingPasswordAnAuthenticationFailure) {
  const auto error = connect_failure("p", "fe_sendauth: no password supplied\n", true);
  EXPECT_EQ(error.next, NextStep::kGiveUp);
  EXPECT_EQ(error.sqlstate, "28P01");
}

}  // namespace
}  // namespace pgadvisor::pg
