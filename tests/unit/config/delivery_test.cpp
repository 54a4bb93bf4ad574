#include "config/load.hpp"
#include "config/values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(MailAddress, IsRefusedWhereItCouldEndAHeaderOrACommand) {
  for (const char* good :
       {"dba@example.com", "a.b+c@mail.example.com", "o'neill@example.com", "x@[192.0.2.1]"}) {
    EXPECT_EQ(mail_address(good), "") << good;
  }
  for (const char* bad : {"dba", "dba@", "@example.com", "a@b\r\nBcc: c@d", "a@b>", "<a@b>", "a b@c",
                          "a@b, c@d", "\"a\"@b", "a@b c", "a@b@c"}) {
    EXPECT_NE(mail_address(bad), "") << bad;
  }
  EXPECT_NE(recipient(""), "");
}

TEST(DeliveryUrl, HasNoPasswordAndNoOtherProtocol) {
  for (const char* good : {"http://localhost:9000/hook", "https://example.com", "https://[::1]:8080/a?b=c"}) {
    EXPECT_EQ(http_url(good), "") << good;
  }
  for (const char* bad : {"https://user:secret@example.com", "file:///etc/passwd", "example.com", "https://",
                          "https://a b", "javascript:alert(1)", "http://a/\r\nHost: b", "gopher://a"}) {
    EXPECT_NE(http_url(bad), "") << bad;
    EXPECT_THAT(http_url(bad), ::testing::Not(HasSubstr("secret")));
  }
  EXPECT_EQ(mail_url("smtps://mail.example.com:465"), "");
  EXPECT_NE(mail_url("https://mail.example.com"), "");
}

TEST(DeliverySettings, AreReadFromTheEnvironment) {
  const auto loaded = load({}, {{"PGADVISOR_DELIVERY_MAIL_SERVER", "smtp://mail.example.com:587"},
                                {"PGADVISOR_DELIVERY_MAIL_FROM", "pgadvisor@example.com"},
                                {"PGADVISOR_DELIVERY_MAIL_TO", "a@example.com,b@example.com"},
                                {"PGADVISOR_REPORT_SCHEDULE", "30 6 * * mon-fri"},
                                {"PGADVISOR_REPORT_TIME_ZONE", "Europe/Berlin"}});
  EXPECT_THAT(loaded.mistakes, IsEmpty());
  EXPECT_THAT(loaded.settings.delivery.mail_to, ElementsAre("a@example.com", "b@example.com"));
  EXPECT_EQ(loaded.settings.report.time_zone, "Europe/Berlin");
}

TEST(DeliverySettings, AreRefusedWhereOneLacksAnother) {
  const auto loaded = load({}, {{"PGADVISOR_DELIVERY_MAIL_SERVER", "smtp://mail.example.com"},
                                {"PGADVISOR_DELIVERY_MAIL_USER", "pgadvisor"},
                                {"PGADVISOR_DELIVERY_WEBHOOK_URL", "https://example.com/hook"}});
  EXPECT_THAT(loaded.mistakes, ElementsAre(HasSubstr("mail_from"), HasSubstr("mail_password_file"),
                                           HasSubstr("webhook_secret_file")));
}

TEST(DeliverySettings, AreRefusedWhereAPasswordCouldBeSentInClear) {
  const auto mistakes = [](const char* server, const char* encryption) {
    return load({}, {{"PGADVISOR_DELIVERY_MAIL_SERVER", server},
                     {"PGADVISOR_DELIVERY_MAIL_ENCRYPTION", encryption},
                     {"PGADVISOR_DELIVERY_MAIL_FROM", "pgadvisor@example.com"},
                     {"PGADVISOR_DELIVERY_MAIL_TO", "a@example.com"},
                     {"PGADVISOR_DELIVERY_MAIL_USER", "pgadvisor"},
                     {"PGADVISOR_DELIVERY_MAIL_PASSWORD_FILE", "/etc/pgadvisor/password"}})
        .mistakes;
  };
  EXPECT_THAT(mistakes("smtp://mail.example.com", "offered"), ElementsAre(HasSubstr("in clear")));
  EXPECT_THAT(mistakes("smtp://mail.example.com", "none"), ElementsAre(HasSubstr("in clear")));
  EXPECT_THAT(mistakes("smtp://mail.example.com", "required"), IsEmpty());
  EXPECT_THAT(mistakes("smtps://mail.example.com", "none"), IsEmpty());
}

TEST(ReportSettings, HaveAScheduleAndAZoneThatExist) {
  const auto loaded =
      load({}, {{"PGADVISOR_REPORT_SCHEDULE", "0 25 * * *"}, {"PGADVISOR_REPORT_TIME_ZONE", "Mars/Base"}});
  EXPECT_THAT(loaded.mistakes,
              ::testing::UnorderedElementsAre(HasSubstr("its hour is wrong"), HasSubstr("Europe/Berlin")));
  EXPECT_THAT(load({}, {{"PGADVISOR_REPORT_SCHEDULE", ""}}).mistakes, IsEmpty());
}

}  // namespace
}  // namespace pgadvisor::config
