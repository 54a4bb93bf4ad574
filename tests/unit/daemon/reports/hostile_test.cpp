#include "tests/unit/daemon/reports/sample_material.hpp"

#include "collectors/sql/quote.hpp"
#include "daemon/notify/mail.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <regex>
#include <set>
#include <sstream>

namespace pgadvisor::daemon::reports {
namespace {

using ::testing::HasSubstr;
using testing::hostile_material;
using ::testing::IsSubsetOf;
using ::testing::Not;
using testing::sample_material;

std::set<std::string> matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end; ++match) {
    found.insert((*match)[1]);
  }
  return found;
}

void expect_no_raw_controls(const std::string& text) {
  for (const char byte : text) {
    EXPECT_TRUE(static_cast<unsigned char>(byte) >= 0x20 || byte == '\n') << static_cast<int>(byte);
  }
  EXPECT_THAT(text, Not(HasSubstr("\u202E")));
}

/// Text as a browser shows it, without what is markup.
std::string shown(std::string html) {
  html = std::regex_replace(html, std::regex("<[^>]*>"), "");
  for (const auto& [entity, character] :
       {std::pair{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}}) {
    html = std::regex_replace(html, std::regex(entity), character);
  }
  return html;
}

TEST(HostileReport, HasNoElementInHtmlThatAHarmlessOneLacks) {
  const auto harmless = as_html(sample_material().document());
  const auto hostile = as_html(hostile_material().document());
  const std::string element = "<([a-zA-Z/!][a-zA-Z0-9]*)";
  EXPECT_THAT(matches(hostile, element), IsSubsetOf(matches(harmless, element)));
  EXPECT_THAT(matches(hostile, "[ \"]([a-z-]+)=\""), IsSubsetOf(matches(harmless, "[ \"]([a-z-]+)=\"")));
  expect_no_raw_controls(hostile);
  EXPECT_THAT(shown(hostile), HasSubstr("<script>alert(1)</script>")) << "it is there, as text";
}

TEST(HostileReport, AsksForNothingAndRunsNothingInHtml) {
  for (const auto& html : {as_html(sample_material().document()), as_html(hostile_material().document())}) {
    EXPECT_THAT(matches(html, "<(script|link|img|iframe|object|embed|form|style|base|svg|video)"),
                ::testing::IsEmpty());
    EXPECT_THAT(matches(html, "(url\\(|@import|javascript:|srcset|[ \"]src=\"|<[^>]* on[a-z]+=)"),
                ::testing::IsEmpty());
    EXPECT_THAT(matches(html, "href=\"([^\"#]*)"),
                IsSubsetOf({std::string("https://pgadvisor.example.com/")}));
  }
}

/// What CommonMark could still make of it once code spans and escaped characters are taken out.
std::string bare(const std::string& markdown) {
  std::string rest;
  for (std::size_t i = 0; i < markdown.size();) {
    if (markdown[i] == '\\' && i + 1 < markdown.size()) {
      i += 2;
      continue;
    }
    if (markdown[i] != '`') {
      rest += markdown[i++];
      continue;
    }
    const auto end = std::min(markdown.find_first_not_of('`', i), markdown.size());
    const std::string fence(markdown, i, end - i);
    auto close = end;
    for (;;) {  // a run of exactly as many
      close = markdown.find(fence, close);
      EXPECT_NE(close, std::string::npos) << "a code span is open: " << markdown.substr(i, 80);
      if (close == std::string::npos) return rest;
      const auto after = std::min(markdown.find_first_not_of('`', close), markdown.size());
      if (after - close == fence.size()) break;
      close = after;
    }
    EXPECT_EQ(markdown.substr(i, close - i).find('\n'), std::string::npos);
    i = close + fence.size();
  }
  return rest;
}

TEST(HostileReport, HasNoMarkupInMarkdownOutsideCodeSpans) {
  const auto markdown = as_markdown(hostile_material().document());
  expect_no_raw_controls(markdown);
  auto rest = bare(markdown);
  EXPECT_THAT(matches(rest, "(<(?!https://pgadvisor\\.example\\.com/))"), ::testing::IsEmpty());
  for (const char* part : {"[a]", "](", "![", "~~", "http://evil", "www.evil", "@example", "@all"}) {
    EXPECT_THAT(rest, Not(HasSubstr(part)));
  }
  EXPECT_THAT(matches(rest, "(^|\n)# heading"), ::testing::IsEmpty());
  EXPECT_THAT(markdown, HasSubstr("alert(1)"));
}

TEST(HostileReport, MentionsNobodyAndLinksNowhereInSlack) {
  const auto slack = as_slack(hostile_material().document(), "https://pgadvisor.example.com");
  expect_no_raw_controls(slack);
  EXPECT_THAT(matches(slack, "(<[^>|]*)[>|]"),
              ::testing::Each(::testing::StartsWith("<https://pgadvisor.example.com")));
  EXPECT_THAT(bare(slack), Not(HasSubstr("@all")));
  EXPECT_EQ(std::count(slack.begin(), slack.end(), '`') % 2, 0);
}

TEST(HostileReport, StaysOneHeaderLineInMail) {
  const auto report = hostile_material().build();
  KeptReport kept;
  kept.id = report.id;
  kept.made_at = report.made_at;
  kept.subject = subject_of(report) + testing::kHostileToReports;
  kept.markdown = as_markdown(document_of(report));
  kept.html = as_html(document_of(report));
  const auto mail = notify::mail_of(kept, "pgadvisor@example.com", {"dba@example.com"});
  const auto head = mail.substr(0, mail.find("\r\n\r\n"));
  EXPECT_THAT(matches(head, "(?:^|\n)([A-Za-z-]+):"),
              ::testing::UnorderedElementsAre("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted",
                                              "MIME-Version", "Content-Type"));
  for (const char byte : mail) {
    EXPECT_TRUE((byte >= ' ' && byte <= '~') || byte == '\r' || byte == '\n') << static_cast<int>(byte);
  }
  EXPECT_THAT(mail, Not(HasSubstr("\r\n.\r\n"))) << "the end of an SMTP message";
  EXPECT_THAT(matches(mail, "(\r[^\n]|[^\r]\n)"), ::testing::IsEmpty());
}

/// Statements aside, which are PostgreSQL's own quoting of names, nothing stands outside comments but this.
TEST(HostileReport, StaysInCommentsAndLiteralsOfSql) {
  auto material = hostile_material();
  for (auto& item : material.proposals.items) {
    auto harmless = *item;
    harmless.proposal.ddl = "SELECT 1";
    harmless.proposal.rollback = "SELECT 2";
    item = std::make_shared<const TrackedProposal>(std::move(harmless));
  }
  auto script = as_sql(material.build());
  const auto literal = sql::quote_literal(testing::kHostileToReports);
  ASSERT_THAT(script, HasSubstr("SELECT current_database() = " + literal + " AS pgadvisor_here"));
  for (const auto& quoted : {literal, sql::quote_identifier(testing::kHostileToReports)}) {
    for (auto at = script.find(quoted); at != std::string::npos; at = script.find(quoted))
      script.replace(at, quoted.size(), "quoted");
  }
  std::istringstream lines(script);
  for (std::string line; std::getline(lines, line);) {
    const bool known = line.empty() || line.starts_with("--") || line.starts_with("\\") ||
                       line.starts_with("SET ") || line.starts_with("SELECT ") ||
                       line == "DROP INDEX CONCURRENTLY quoted.quoted;";
    EXPECT_TRUE(known) << line;
  }
}

TEST(HostileReport, IsTheSameTextInJson) {
  const auto text = boost::json::serialize(to_json(hostile_material().build()));
  const auto value = boost::json::parse(text);
  EXPECT_THAT(std::string(value.at("open").at("items").at(0).at("statements").at(0).at("query").as_string()),
              HasSubstr("<script>alert(1)</script>"));
}

}  // namespace
}  // namespace pgadvisor::daemon::reports
