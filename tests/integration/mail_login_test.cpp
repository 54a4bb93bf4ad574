#include "collectors/history/history.hpp"
#include "collectors/model/clock.hpp"
#include "daemon/notify/signature.hpp"
#include "tests/support/cluster.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/message_sinks.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace pgadvisor::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const MailLogin kLogin{"pgadvisor", "Qx7 very:secret"};
const std::string kWrong = "Zw3 mistyped";

/// A daemon with a report that nobody got yet, and a mail server that takes mail of who logs in.
class MailLogInTest : public ::testing::Test {
 protected:
  MailLogInTest() {
    const model::SystemClock clock;
    const auto history = folder_.path() / "history";
    fs::create_directory(history);
    fs::permissions(history, fs::perms::owner_all);
    history::ReportRow row;
    row.id = "kept";
    row.to = row.made_at = std::chrono::floor<std::chrono::seconds>(clock.now());
    row.from = row.to - std::chrono::hours(168);
    row.subject = "pgadvisor: shop: as it was";
    row.json = "{}";
    EXPECT_TRUE(
        history::History::open({.file = history / "history.sqlite"}, clock).value().record_report(row));
  }

  /// The file that the daemon reads at each attempt.
  [[nodiscard]] fs::path set_password(const std::string& password) const {
    return folder_.write("password", password + "\n");
  }
  [[nodiscard]] Variables variables() const {
    return {{"PGADVISOR_TARGET_DSN", Cluster::shared().dsn_text()},
            {"PGADVISOR_DELIVERY_MAIL_SERVER", sinks_.mail_url()},
            {"PGADVISOR_DELIVERY_MAIL_USER", kLogin.user},
            {"PGADVISOR_DELIVERY_MAIL_PASSWORD_FILE", folder_.path() / "password"},
            {"PGADVISOR_DELIVERY_MAIL_FROM", "pgadvisor@example.com"},
            {"PGADVISOR_DELIVERY_MAIL_TO", "ann@example.com"},
            {"PGADVISOR_DELIVERY_CA_FILE", sinks_.ca_file()}};
  }

  [[nodiscard]] ProgramOutput report(const Daemon& daemon, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "report");
    arguments.insert(arguments.end(), {"--url", fmt::format("http://127.0.0.1:{}", daemon.port())});
    return run_pgadvisor(std::move(arguments), folder_);
  }
  static boost::json::object delivery(const Daemon& daemon) {
    const auto report = daemon.get("/api/v1/reports").json().at("items").at(0);
    const auto& deliveries = report.at("deliveries").as_array();
    return deliveries.empty() ? boost::json::object{{"state", "none"}} : deliveries.front().as_object();
  }
  static double dead(const Daemon& daemon) {
    return daemon.metric("pgadvisor_weekly_reports_undelivered{channel=\"mail\",state=\"dead\"}")
        .value_or(-1);
  }

  void expect_no_password_shown(Daemon& daemon) const {
    auto texts =
        std::vector{daemon.log(), command_line(daemon.process().pid()), report(daemon, {"list"}).out};
    for (const char* path : {"/metrics", "/api/v1/status", "/api/v1/reports", "/readyz"})
      texts.push_back(daemon.get(path).body);
    for (const auto& password : {kLogin.password, kWrong}) {
      const auto coded = daemon::notify::base64(std::string(1, '\0') + kLogin.user + '\0' + password);
      for (const auto& text : texts) {
        EXPECT_THAT(text, AllOf(Not(HasSubstr(password)), Not(HasSubstr(coded))));
        EXPECT_THAT(text, Not(HasSubstr(daemon::notify::base64(password))));
      }
    }
  }

  const TemporaryFolder folder_;
  const Sinks sinks_{kLogin};
};

TEST_F(MailLogInTest, GivesUpAtAWrongPasswordNamesTheSettingsAndDeliversOnceItIsRight) {
  (void)set_password(kWrong);
  Daemon daemon(folder_, variables());
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  EXPECT_EQ(dead(daemon), 0);
  ASSERT_EQ(report(daemon, {"kept", "--deliver", "again"}).exit_code, 0);
  ASSERT_TRUE(eventually([&] { return delivery(daemon).at("state") == "dead"; })) << daemon.log();
  EXPECT_EQ(delivery(daemon).at("attempts"), 1)
      << "a server that locks the account is not asked again and again";
  const auto names_the_settings = AllOf(HasSubstr("reply 535"), HasSubstr("delivery.mail_user"),
                                        HasSubstr("delivery.mail_password_file"));
  EXPECT_THAT(std::string(delivery(daemon).at("trouble").as_string()), names_the_settings);
  EXPECT_THAT(report(daemon, {"list"}).out, AllOf(HasSubstr("mail: dead"), names_the_settings));
  EXPECT_THAT(daemon.log(), names_the_settings);
  EXPECT_EQ(dead(daemon), 1);
  EXPECT_TRUE(sinks_.messages("mail", true).empty());
  expect_no_password_shown(daemon);

  (void)set_password(kLogin.password);
  ASSERT_EQ(report(daemon, {"kept", "--deliver", "again"}).exit_code, 0);
  ASSERT_TRUE(eventually([&] { return delivery(daemon).at("state") == "delivered"; })) << daemon.log();
  EXPECT_EQ(dead(daemon), 0);
  const auto letters = sinks_.messages("mail", true);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters.front().at("user").as_string(), kLogin.user);
  EXPECT_EQ(letters.front().at("encrypted"), true);
  EXPECT_THAT(std::string(letters.front().at("body").as_string()), Not(HasSubstr(kLogin.password)));
  expect_no_password_shown(daemon);
}

TEST_F(MailLogInTest, TriesAgainWhileThePasswordCannotBeRead) {
  auto settings = variables();
  settings["PGADVISOR_DELIVERY_RETRY_AFTER"] = "1s";
  (void)set_password("");
  Daemon daemon(folder_, settings);
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  ASSERT_EQ(report(daemon, {"kept", "--deliver", "again"}).exit_code, 0);
  ASSERT_TRUE(eventually([&] { return delivery(daemon).at("state") == "pending"; })) << daemon.log();
  ASSERT_TRUE(eventually([&] { return daemon.logged(folder_.path() / "password"); })) << daemon.log();
  (void)set_password(kLogin.password);
  ASSERT_TRUE(eventually([&] { return delivery(daemon).at("state") == "delivered"; })) << daemon.log();
  expect_no_password_shown(daemon);
}

}  // namespace
}  // namespace pgadvisor::testing
