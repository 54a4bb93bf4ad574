#include "config/load.hpp"

#include "config/keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

namespace pgadvisor::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

const std::string kSecretDsn = "postgresql://clerk:hunter2@db.internal/shop";

class ConfigurationFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "pgadvisor-config-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Loaded load_text(const std::string& text, const Environment& environment = {}) {
    const auto file = folder_ / "p.yaml";
    std::ofstream(file) << text;
    Loaded loaded = load(file, environment);
    for (std::string& mistake : loaded.mistakes) {
      const std::string path = file.string();
      if (mistake.starts_with(path)) mistake = "p.yaml" + mistake.substr(path.size());
    }
    return loaded;
  }

  std::filesystem::path folder_;
};

TEST(Configuration, IsTheDefaultsWithoutFileAndEnvironment) {
  const Loaded loaded = load({}, {{"PATH", "/bin"}});
  EXPECT_THAT(loaded.mistakes, IsEmpty());
  EXPECT_EQ(loaded.settings.http.port, 7432);
  EXPECT_EQ(loaded.settings.http.address, "127.0.0.1");
}

TEST_F(ConfigurationFile, SetsEveryKindOfValue) {
  const Loaded loaded = load_text(R"(
target:
  dsn: host=/run/postgresql dbname=shop
  include_databases: [shop, 'test_*']
  exclude_databases: scratch
collect:
  statements_interval: 90s
  lock_timeout: 250ms
  duty_cycle_limit: 0.01
history:
  retention: 90d
  size_limit: 1GB
sandbox:
  folder: /srv/sandbox
advise:
  max_indexes: 7
  min_table_pages: 10
http:
  port: 8080
  address: "::1"
log:
  format: json
)");
  EXPECT_THAT(loaded.mistakes, IsEmpty());
  const Settings& settings = loaded.settings;
  EXPECT_EQ(settings.target.dsn, "host=/run/postgresql dbname=shop");
  EXPECT_THAT(settings.target.include_databases, ElementsAre("shop", "test_*"));
  EXPECT_THAT(settings.target.exclude_databases, ElementsAre("scratch"));
  EXPECT_EQ(settings.collect.statements_interval, 90s);
  EXPECT_EQ(settings.collect.lock_timeout, 250ms);
  EXPECT_DOUBLE_EQ(settings.collect.duty_cycle_limit, 0.01);
  EXPECT_EQ(settings.history.retention, 24h * 90);
  EXPECT_EQ(settings.history.size_limit.value, 1 << 30);
  EXPECT_EQ(settings.sandbox.folder, "/srv/sandbox");
  EXPECT_EQ(settings.advise.max_indexes, 7);
  EXPECT_EQ(settings.advise.min_table_pages, 10);
  EXPECT_EQ(settings.http.port, 8080);
  EXPECT_EQ(settings.http.address, "::1");
  EXPECT_EQ(settings.log.format, "json");
}

TEST_F(ConfigurationFile, YieldsToTheEnvironment) {
  const Loaded loaded =
      load_text("http:\n  port: 1\n", {{"PGADVISOR_HTTP_PORT", "2"},
                                       {"PGADVISOR_TARGET_DSN", kSecretDsn},
                                       {"PGADVISOR_TARGET_INCLUDE_DATABASES", "shop, test_*"},
                                       {"PGADVISOR_TARGET_EXCLUDE_DATABASES", ""}});
  EXPECT_THAT(loaded.mistakes, IsEmpty());
  EXPECT_EQ(loaded.settings.http.port, 2);
  EXPECT_EQ(loaded.settings.target.dsn, kSecretDsn);
  EXPECT_THAT(loaded.settings.target.include_databases, ElementsAre("shop", "test_*"));
  EXPECT_THAT(loaded.settings.target.exclude_databases, IsEmpty());
}

TEST_F(ConfigurationFile, TakesSlicesThatAnHourIsAMultipleOf) {
  EXPECT_EQ(load_text("history:\n  slice: 10s\n").settings.history.slice, 10s);
  EXPECT_EQ(load_text("history:\n  slice: 1h\n").settings.history.slice, 1h);
  for (const char* slice : {"7s", "2h", "0s", "1500ms", "-5min", "often"}) {
    const Loaded loaded = load_text("history:\n  slice: " + std::string(slice) + "\n");
    EXPECT_THAT(loaded.mistakes, ElementsAre(HasSubstr("an hour is a multiple of"))) << slice;
  }
}

TEST_F(ConfigurationFile, MayBeEmptyOrHoldEmptySections) {
  EXPECT_THAT(load_text("").mistakes, IsEmpty());
  EXPECT_THAT(load_text("# nothing\n").mistakes, IsEmpty());
  EXPECT_THAT(load_text("target:\nhttp:\n").mistakes, IsEmpty());
}

TEST_F(ConfigurationFile, ReportsEveryMistakeAtOnceWithItsLine) {
  const Loaded loaded = load_text(R"(http:
  prot: 80
  address: localhost
collect:
  statement_timeout: soon
  lock_timeout: 10h
  statements_interval: 1500ms
history:
  size_limit: lots
  retention:
advise:
  max_indexes: 0
  min_gain: nan
  budget: [1GB]
  interval: {a: b}
log:
  level: loud
  level: info
colect:
  x: 1
target:
  name: ""
  include_databases: [[a]]
http:
  port: 1
)",
                                  {{"PGADVISOR_HTTP_PORT", "70000"}, {"PGADVISOR_HTP_PORT", "80"}});
  EXPECT_THAT(
      loaded.mistakes,
      ElementsAre(
          "p.yaml:2: \"prot\" is no key of section http; did you mean http.port?",
          "p.yaml:3: http.address: expected an IP address, such as 127.0.0.1, ::1 or 0.0.0.0",
          "p.yaml:5: collect.statement_timeout: expected a duration from 100ms to 10min, such as 90s, 5min "
          "or 1h",
          "p.yaml:6: collect.lock_timeout: expected a duration from 10ms to 1min, such as 90s, 5min or 1h",
          "p.yaml:7: collect.statements_interval: expected a multiple of 1s",
          "p.yaml:9: history.size_limit: expected a size from 8MB to 1TB, such as 512MB or 1GB",
          "p.yaml:10: history.retention has no value; give it one or remove the line",
          "p.yaml:12: advise.max_indexes: expected a whole number from 1 to 1000",
          "p.yaml:13: advise.min_gain: expected a number from 0 to 100",
          "p.yaml:14: advise.budget: expected one value", "p.yaml:15: advise.interval: expected one value",
          "p.yaml:17: log.level: expected one of trace, debug, info, warn, error",
          "p.yaml:18: log.level is set a second time; keep one",
          "p.yaml:19: \"colect\" is no section; sections are target, collect, history, sandbox, advise, "
          "report, delivery, http, log",
          "p.yaml:22: target.name: expected a text that is not empty",
          "p.yaml:23: target.include_databases: expected a plain value in the list",
          "p.yaml:24: section http stands here a second time; merge the two",
          "environment: \"PGADVISOR_HTP_PORT\" is no setting; did you mean PGADVISOR_HTTP_PORT?",
          "environment: PGADVISOR_HTTP_PORT: expected a whole number from 0 to 65535"));
}

TEST_F(ConfigurationFile, LeavesAFieldAloneWhoseValueIsWrong) {
  EXPECT_EQ(load_text("http:\n  port: 70000\n").settings.http.port, 7432);
}

TEST_F(ConfigurationFile, NamesTheRightSectionOfAMisplacedKey) {
  EXPECT_THAT(
      load_text("target:\n  lock_timeout: 1s\n").mistakes,
      ElementsAre(
          "p.yaml:2: \"lock_timeout\" is no key of section target; did you mean collect.lock_timeout?"));
}

TEST_F(ConfigurationFile, HasTheShapeOfSections) {
  EXPECT_THAT(load_text("- a\n").mistakes, ElementsAre(HasSubstr("p.yaml:1: expected sections")));
  EXPECT_THAT(load_text("http: 80\n").mistakes,
              ElementsAre(HasSubstr("p.yaml:1: http: expected indented keys")));
  EXPECT_THAT(load_text("http:\n---\nlog:\n").mistakes, ElementsAre(HasSubstr("a second YAML document")));
}

TEST_F(ConfigurationFile, NeverRepeatsASecretInAMessage) {
  const std::vector<std::string> texts = {
      "target:\n  dsn: {" + kSecretDsn + "\n",              // brace not closed
      "target:\n  dsn: [" + kSecretDsn + "]\n",             // a list
      "target:\n  dsn:" + kSecretDsn + "\n",                // space forgotten
      "target:\n  dsn: host=db\n   password=hunter2: x\n",  // indentation
      "target:\n  " + kSecretDsn + ": 1\n",                 // as a key
      kSecretDsn + ":\n",                                   // as a section
      kSecretDsn + "\n",                                    // alone
      "http:\n  port: " + kSecretDsn + "\n",                // in a wrong place
      "target:\n  dsn: *hunter2\n",                         // an unknown alias
      "target:\n  dsn: \"\\hunter2\"\n",                    // an unknown escape
  };
  for (const std::string& text : texts) {
    const Loaded loaded = load_text(text);
    EXPECT_THAT(loaded.mistakes, ::testing::Not(IsEmpty())) << text;
    for (const std::string& mistake : loaded.mistakes)
      EXPECT_EQ(mistake.find("hunter2"), std::string::npos) << mistake;
  }
}

TEST_F(ConfigurationFile, SaysWhereYamlStopsBeingYaml) {
  EXPECT_THAT(load_text("http:\n  port: 1\n address: x\n").mistakes,
              ElementsAre(HasSubstr("p.yaml:3: not valid YAML at column")));
}

TEST_F(ConfigurationFile, HasToBeReadable) {
  const Loaded missing = load(folder_ / "missing.yaml", {{"PGADVISOR_HTTP_PORT", "x"}});
  EXPECT_THAT(missing.mistakes,
              ElementsAre(HasSubstr("missing.yaml: cannot be read (No such file or directory)"),
                          HasSubstr("PGADVISOR_HTTP_PORT")));
  EXPECT_THAT(load(folder_, {}).mistakes, ElementsAre(HasSubstr("it is a folder")));
}

TEST_F(ConfigurationFile, IsSmall) {
  EXPECT_THAT(load_text(std::string(2 << 20, '#')).mistakes, ElementsAre(HasSubstr("larger than 1MB")));
}

TEST_F(ConfigurationFile, SurvivesDeepNesting) {
  EXPECT_THAT(load_text("target: " + std::string(100000, '[')).mistakes, SizeIs(1));
}

std::string committed_example() {
  std::ifstream stream(std::string(PGADVISOR_SOURCE_DIR) + "/config/pgadvisor.example.yaml");
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(ConfigurationExample, IsTheCommittedFile) {
  EXPECT_EQ(committed_example(), example()) << "run: cmake --build build/dev --target example_configuration";
}

TEST_F(ConfigurationFile, AcceptsTheExampleAsItIsAndWithEveryKeyInUse) {
  EXPECT_THAT(load_text(example()).mistakes, IsEmpty());
  const std::string in_use = std::regex_replace(example(), std::regex("\n  #([a-z])"), "\n  $1");
  const Loaded loaded = load_text(in_use);
  EXPECT_THAT(loaded.mistakes, IsEmpty());
  const Settings defaults;
  for (const Key& key : keys()) EXPECT_EQ(key.yaml(loaded.settings), key.yaml(defaults)) << key.full_name();
}

TEST(ConfigurationKeys, AreDocumented) {
  for (const Key& key : keys()) EXPECT_FALSE(key.documentation.empty()) << key.full_name();
}

TEST(ConfigurationKeys, HaveVariablesOfTheirOwn) {
  std::map<std::string, std::string> owners;
  for (const Key& key : keys()) {
    EXPECT_TRUE(owners.emplace(key.variable(), key.full_name()).second) << key.variable();
  }
  EXPECT_EQ(owners.at("PGADVISOR_COLLECT_STATEMENTS_INTERVAL"), "collect.statements_interval");
}

TEST(ProcessEnvironment, HasTheVariablesOfTheProcess) {
  ASSERT_EQ(setenv("PGADVISOR_TEST_VARIABLE", "a=b", 1), 0);
  EXPECT_EQ(process_environment()["PGADVISOR_TEST_VARIABLE"], "a=b");
  unsetenv("PGADVISOR_TEST_VARIABLE");
}

}  // namespace
}  // namespace pgadvisor::config
