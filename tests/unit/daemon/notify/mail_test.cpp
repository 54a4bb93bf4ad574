#include "daemon/notify/mail.hpp"

#include "daemon/notify/signature.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::daemon::notify {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

KeptReport sample() {
  KeptReport report;
  report.id = "20261123T070000Z";
  report.made_at = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(7);
  report.subject = "pgadvisor: shop: 3 open proposals";
  report.json = "{}";
  report.markdown = "# Index report";
  report.html = "<h1>Index report</h1>";
  return report;
}

std::string mail(const KeptReport& report) {
  return mail_of(report, "pgadvisor@example.com", {"a@example.com", "b@example.com"});
}

TEST(Mail, HasTheHeaderThatMailNeeds) {
  const auto text = mail(sample());
  for (const char* line :
       {"From: pgadvisor <pgadvisor@example.com>\r\n", "To: a@example.com,\r\n b@example.com\r\n",
        "Subject: pgadvisor: shop: 3 open proposals\r\n", "Date: Mon, 23 Nov 2026 07:00:00 +0000\r\n",
        "Auto-Submitted: auto-generated\r\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(Mail, HasTheReportAsTextAndAsHtml) {
  const auto text = mail(sample());
  const auto plain = text.find(base64("# Index report"));
  const auto html = text.find(base64("<h1>Index report</h1>"));
  ASSERT_NE(plain, std::string::npos);
  ASSERT_NE(html, std::string::npos);
  EXPECT_LT(plain, html) << "clients show the last part they can";
}

TEST(Mail, IsKnownAgainByItsMessageId) {
  const auto id = [](const std::string& text) {
    const auto begin = text.find("Message-ID: ");
    return text.substr(begin, text.find('\r', begin) - begin);
  };
  EXPECT_EQ(id(mail(sample())), id(mail(sample())));
  auto other = sample();
  other.json = "[]";
  EXPECT_NE(id(mail(sample())), id(mail(other))) << "of another server, by the same sender";
}

TEST(Mail, EncodesASubjectThatIsNotPlainWithoutSplittingACharacter) {
  auto report = sample();
  report.subject = "pgadvisor: ";
  for (int i = 0; i < 40; ++i) report.subject += "\u00fc";
  const auto text = mail(report);
  EXPECT_THAT(text, Not(HasSubstr("\u00fc")));
  EXPECT_THAT(text, HasSubstr("Subject: =?UTF-8?B?" + base64(report.subject.substr(0, 41)) +
                              "?=\r\n =?UTF-8?B?" + base64(report.subject.substr(41, 42)) + "?="));
}

TEST(Mail, EncodesWhatWouldBeTakenForEncoded) {
  auto report = sample();
  report.subject = "=?UTF-8?B?QmNjOiB4?=";
  EXPECT_THAT(mail(report), HasSubstr("Subject: =?UTF-8?B?" + base64(report.subject) + "?="));
}

}  // namespace
}  // namespace pgadvisor::daemon::notify
