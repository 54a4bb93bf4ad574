#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace pgadvisor {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::set<std::string> matches(const std::string& text, const std::regex& pattern, const std::string& format) {
  std::set<std::string> found;
  for (std::sregex_iterator next(text.begin(), text.end(), pattern), end; next != end; ++next)
    found.insert(next->format(format));
  return found;
}

/// "Suite.Name" of every test, and of the situations of IndexSituation their names.
std::set<std::string> tests() {
  static const std::regex kTest(R"(\bTEST(?:_F|_P)?\((\w+),\s*(\w+)\))");
  static const std::regex kSituation(R"(\n      \{"(\w+)\",)");
  std::set<std::string> found;
  for (const char* folder : {"tests/unit", "tests/integration"}) {
    for (const auto& file : fs::recursive_directory_iterator(fs::path(PGADVISOR_SOURCE_DIR) / folder)) {
      if (file.path().extension() == ".cpp") found.merge(matches(content_of(file.path()), kTest, "$1.$2"));
    }
  }
  found.merge(matches(content_of(fs::path(PGADVISOR_SOURCE_DIR) / "tests/integration/index_health_test.cpp"),
                      kSituation, "$1"));
  return found;
}

TEST(RulesDocument, NamesTestsThatExist) {
  const auto rules = content_of(fs::path(PGADVISOR_SOURCE_DIR) / "tests/rules.md");
  // Capitalised words in code marks: what is lower case is PostgreSQL's.
  const auto named = matches(rules, std::regex("`([A-Z]\\w+(?:\\.\\w+)?)`"), "$1");
  EXPECT_GT(named.size(), 100U);
  const auto known = tests();
  for (const auto& name : named) EXPECT_TRUE(known.contains(name)) << name;
}

}  // namespace
}  // namespace pgadvisor
