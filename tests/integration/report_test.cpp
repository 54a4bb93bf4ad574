#include "collectors/history/history.hpp"
#include "collectors/model/clock.hpp"
#include "collectors/sql/quote.hpp"
#include "daemon/notify/signature.hpp"
#include "daemon/reports/writers.hpp"
#include "daemon/wire.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/message_sinks.hpp"
#include "tests/support/shop.hpp"
#include "tests/unit/daemon/reports/sample_material.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace pgadvisor::testing {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

std::string header(const std::string& mail, const std::string& name) {
  const auto begin = mail.find(name + ": ");
  return begin == std::string::npos ? "" : mail.substr(begin, mail.find("\r\n", begin) - begin);
}

class ReportDelivery : public ::testing::Test {
 protected:
  /// A report was made an hour ago: the next one, due a minute ago, needs no waiting.
  void make_earlier_report() const {
    const model::SystemClock clock;
    const model::Timestamp earlier =
        std::chrono::floor<std::chrono::seconds>(clock.now()) - std::chrono::hours(1);
    const auto folder = folder_.path() / "history";
    fs::create_directory(folder);
    fs::permissions(folder, fs::perms::owner_all);
    auto history = history::History::open({.file = folder / "history.sqlite"}, clock).value();
    history::ReportRow row;
    row.id = "earlier";
    row.from = earlier - std::chrono::hours(168);
    row.to = row.made_at = earlier;
    row.json = json::serialize(json::object{{"id", "earlier"},
                                            {"period", {{"to", daemon::to_json_time(earlier)}}},
                                            {"figures", {{"open", {{"value", 41}}}}},
                                            {"marks", json::array{}}});
    ASSERT_TRUE(history.record_report(row));
  }

  [[nodiscard]] Variables channels() const {
    return {{"PGADVISOR_DELIVERY_MAIL_SERVER", sinks_.mail_url()},
            {"PGADVISOR_DELIVERY_MAIL_ENCRYPTION", "none"},
            {"PGADVISOR_DELIVERY_MAIL_FROM", "pgadvisor@example.com"},
            {"PGADVISOR_DELIVERY_MAIL_TO", "ann@example.com,bob@example.com"},
            {"PGADVISOR_DELIVERY_SLACK_URL_FILE", folder_.write("slack", sinks_.web_url("/slack") + "\n")},
            {"PGADVISOR_DELIVERY_WEBHOOK_URL", sinks_.web_url("/hook")},
            {"PGADVISOR_DELIVERY_WEBHOOK_SECRET_FILE", folder_.write("secret", kSecret + "\n")},
            {"PGADVISOR_DELIVERY_RETRY_AFTER", "1s"}};
  }
  [[nodiscard]] Variables daemon_variables() const {
    auto variables = channels();
    const auto now = std::chrono::floor<std::chrono::minutes>(std::chrono::system_clock::now());
    const auto minute = (now - std::chrono::minutes(1)).time_since_epoch().count() % 60;
    variables["PGADVISOR_REPORT_SCHEDULE"] = fmt::format("{} * * * *", minute);
    variables["PGADVISOR_TARGET_DSN"] = Cluster::shared().dsn_text();
    variables["PGADVISOR_TARGET_INCLUDE_DATABASES"] = shop_;
    return variables;
  }

  [[nodiscard]] ProgramOutput report(const Daemon& daemon, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "report");
    arguments.insert(arguments.end(), {"--url", fmt::format("http://127.0.0.1:{}", daemon.port())});
    return run_pgadvisor(std::move(arguments), folder_);
  }
  static json::value latest(const Daemon& daemon) {
    return daemon.get("/api/v1/reports").json().at("items").at(0);
  }
  static bool has_state(const Daemon& daemon, const std::string& channel, const std::string& state,
                        std::int64_t attempts) {
    const auto report = latest(daemon);
    for (const auto& delivery : report.at("deliveries").as_array()) {
      if (delivery.at("channel").as_string() != channel) continue;
      return delivery.at("state").as_string() == state && delivery.at("attempts").as_int64() >= attempts;
    }
    return false;
  }
  static std::int64_t advices(const Daemon& daemon) {
    const auto status = daemon.status();
    for (const auto& task : status.at("tasks").as_array())
      if (task.at("name") == "advise") return task.at("runs").as_int64();
    return 0;
  }

  void expect_good_mail() const {
    const auto letters = sinks_.messages("mail", true);
    ASSERT_EQ(letters.size(), 1U);
    const std::string body(letters.front().at("body").as_string());
    EXPECT_THAT(json::serialize(letters.front().at("commands")),
                AllOf(HasSubstr("RCPT TO:<ann@example.com>"), HasSubstr("RCPT TO:<bob@example.com>")));
    EXPECT_THAT(body, HasSubstr("To: ann@example.com,\r\n bob@example.com\r\n"));
    EXPECT_THAT(body, HasSubstr(daemon::notify::base64("# Index report of default").substr(0, 30)));
    for (const auto& refused : sinks_.messages("mail", false)) {
      EXPECT_EQ(header(std::string(refused.at("body").as_string()), "Message-ID"),
                header(body, "Message-ID"));
    }
  }
  void expect_good_webhook(const std::string& report) const {
    const auto posts = sinks_.messages("/hook", true);
    ASSERT_EQ(posts.size(), 1U);
    const auto& headers = posts.front().at("headers").as_object();
    const std::string body(posts.front().at("body").as_string());
    EXPECT_EQ(body, report);
    const std::string id(headers.at("webhook-id").as_string());
    const model::Timestamp at(
        std::chrono::seconds(std::stoll(std::string(headers.at("webhook-timestamp").as_string()))));
    EXPECT_EQ(headers.at("webhook-signature").as_string(), daemon::notify::signature(kSecret, id, at, body));
    for (const auto& refused : sinks_.messages("/hook", false)) {
      EXPECT_EQ(refused.at("headers").at("webhook-id").as_string(), id) << "of each attempt";
    }
  }

  void expect_no_secret_shown(Daemon& daemon) const {
    auto texts = std::vector{daemon.log(), command_line(daemon.process().pid())};
    for (const char* path : {"/metrics", "/api/v1/status", "/api/v1/reports", "/readyz"})
      texts.push_back(daemon.get(path).body);
    for (const auto& text : texts) {
      EXPECT_THAT(text, Not(HasSubstr(kSecret)));
      EXPECT_THAT(text, Not(HasSubstr(sinks_.web_url("/slack")))) << "who has the URL may post";
    }
  }

  void expect_script_creates_the_index_in_its_database_only(const fs::path& script) const {
    const auto run = [&](const std::string& database) {
      return run_program({"/usr/bin/env", "psql", "--no-psqlrc", "--quiet", "--file", script,
                          Cluster::shared().dsn_text(database)});
    };
    const std::string indexes = "SELECT count(*) FROM pg_indexes WHERE indexname = 'ix_orders_customer_id'";
    const auto elsewhere = run("postgres");
    EXPECT_EQ(elsewhere.exit_code, 0) << elsewhere.err;
    EXPECT_EQ(Cluster::shared().value(indexes, shop_), "0");
    const auto here = run(shop_);
    EXPECT_EQ(here.exit_code, 0) << here.err;
    EXPECT_EQ(Cluster::shared().value(indexes, shop_), "1");
  }

  const std::string shop_ = make_shop(Cluster::shared());
  const TemporaryFolder folder_;
  const Sinks sinks_;
};

TEST_F(ReportDelivery, ArrivesOnceByEveryChannelThoughRefusedFirstAndAcrossRestarts) {
  ASSERT_NO_FATAL_FAILURE(make_earlier_report());
  const auto variables = daemon_variables();
  sinks_.refuse(true);
  {
    Daemon daemon(folder_, variables);
    ASSERT_TRUE(daemon.listens()) << daemon.log();
    ASSERT_TRUE(eventually([&] {
      return has_state(daemon, "mail", "pending", 1) && has_state(daemon, "webhook", "pending", 1) &&
             has_state(daemon, "slack", "dead", 1);
    })) << daemon.log()
        << sinks_.log();
    EXPECT_EQ(daemon.metric("pgadvisor_weekly_reports_undelivered{channel=\"slack\",state=\"dead\"}"), 1);
    EXPECT_EQ(daemon.metric("pgadvisor_weekly_reports_undelivered{channel=\"mail\",state=\"pending\"}"), 1);
    expect_no_secret_shown(daemon);
    daemon.process().send(SIGKILL);
    ASSERT_EQ(daemon.process().join(kPatience), 128 + SIGKILL);
  }
  EXPECT_EQ(sinks_.taken(), 0U);
  sinks_.refuse(false);
  std::string id;
  {
    Daemon daemon(folder_, variables);
    ASSERT_TRUE(daemon.listens()) << daemon.log();
    ASSERT_TRUE(eventually([&] {
      return has_state(daemon, "mail", "delivered", 2) && has_state(daemon, "webhook", "delivered", 2);
    })) << daemon.log();
    id = latest(daemon).at("id").as_string();
    EXPECT_TRUE(has_state(daemon, "slack", "dead", 1));
    EXPECT_EQ(report(daemon, {id, "--deliver", "again"}).exit_code, 0);
    ASSERT_TRUE(eventually([&] { return has_state(daemon, "slack", "delivered", 1); })) << daemon.log();
    EXPECT_EQ(daemon.metric("pgadvisor_weekly_reports_undelivered{channel=\"slack\",state=\"dead\"}"), 0);

    expect_no_secret_shown(daemon);
    const auto document = daemon.get("/api/v1/reports/last").body;
    expect_good_mail();
    expect_good_webhook(document);
    const auto value = json::parse(document);
    EXPECT_EQ(value.at("before").at("id"), "earlier");
    EXPECT_EQ(value.at("figures").at("open").at("before").to_number<double>(), 41);
    EXPECT_EQ(value.at("databases").at(0).at("database").as_string(), shop_);
    const auto summary = sinks_.messages("/slack", true);
    ASSERT_EQ(summary.size(), 1U);
    EXPECT_THAT(std::string(json::parse(summary.front().at("body").as_string()).at("text").as_string()),
                HasSubstr("*Index report of default*"));
  }
  Daemon daemon(folder_, variables);
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  ASSERT_TRUE(eventually([&] { return advices(daemon) >= 1; })) << daemon.log();
  EXPECT_EQ(latest(daemon).at("id").as_string(), id);
  EXPECT_EQ(sinks_.taken(), 3U) << "one for each channel";

  // What the command shows of all that.
  EXPECT_THAT(report(daemon, {"list"}).out, AllOf(HasSubstr(id), HasSubstr("slack: delivered")));
  EXPECT_THAT(report(daemon, {}).out, HasSubstr("# Index report of default"));
  EXPECT_THAT(report(daemon, {id, "--format", "html"}).out, HasSubstr("<!DOCTYPE html>"));
  const auto now = report(daemon, {"--period", "day", "--format", "json"});
  EXPECT_EQ(now.exit_code, 0) << now.err;
  EXPECT_EQ(now.json().at("id"), "now");
  EXPECT_GE(now.json().at("open").at("all").as_int64(), 1);
  EXPECT_EQ(now.json().at("new").at("items").at(0).at("table"), "public.orders");
  EXPECT_EQ(report(daemon, {"none"}).exit_code, 1);
  const auto script = folder_.write("report.sql", report(daemon, {"now", "--format", "sql"}).out);
  expect_script_creates_the_index_in_its_database_only(script);
  EXPECT_EQ(report(daemon, {id, "--period", "day"}).exit_code, 2);
}

TEST_F(ReportDelivery, SendsATestMessageByEveryChannelWithoutADaemon) {
  const auto good = run_pgadvisor({"report", "--deliver", "test"}, folder_, channels());
  EXPECT_EQ(good.exit_code, 0) << good.err;
  EXPECT_EQ(good.out, "mail: delivered\nslack: delivered\nwebhook: delivered\n");
  EXPECT_EQ(sinks_.taken(), 3U);
  EXPECT_THAT(std::string(sinks_.messages("mail", true).front().at("body").as_string()),
              HasSubstr("Subject: pgadvisor: default: test message"));
  sinks_.refuse(true);
  const auto bad = run_pgadvisor({"report", "--deliver", "test"}, folder_, channels());
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_THAT(bad.err,
              AllOf(HasSubstr("mail: not delivered"), HasSubstr("451"), HasSubstr("404"), HasSubstr("503")));
  const auto none = run_pgadvisor({"report", "--deliver", "test"}, folder_);
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, HasSubstr("no channel is configured"));
}

/// psql reads on where it carries nothing out: a name must not end a comment, a literal or the branch.
TEST(HostileScript, CarriesNothingOutInAnotherDatabase) {
  auto& cluster = Cluster::shared();
  const auto database = cluster.create_database();
  const std::string name =
      "x\"'`touch pwned`$(touch pwned) :pgadvisor_here\n\\endif\n\\! touch pwned\n\\if true */ -- $a$ "
      ";\n\\gset x";
  auto material = sample_material();
  material.report.databases.front().advice.database = name;
  material.status.target = name;
  for (auto& item : material.proposals.items) {
    auto hostile = *item;
    hostile.proposal.database = name;
    hostile.proposal.table = {name, name};
    hostile.proposal.ddl = "CREATE INDEX ON " + sql::quote_name(hostile.proposal.table) + " (a)";
    item = std::make_shared<const daemon::TrackedProposal>(std::move(hostile));
  }
  const TemporaryFolder folder;
  const auto script = folder.write(
      "report.sql", daemon::reports::as_sql(material.build()) + "CREATE TABLE reached (at int);\n");
  const auto run = run_program({"/usr/bin/env", "--chdir", folder.path(), "psql", "--no-psqlrc", "--quiet",
                                "--file", script, cluster.dsn_text(database)});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out + run.err, "");
  EXPECT_EQ(cluster.value("SELECT count(*) FROM reached", database), "0") << "its end was read";
  EXPECT_FALSE(fs::exists(folder.path() / "pwned"));
}

}  // namespace
}  // namespace pgadvisor::testing
