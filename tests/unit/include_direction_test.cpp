#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
const fs::path kRoot = PGADVISOR_SOURCE_DIR;

/// Each folder may include those before it. A folder's own files beside its subfolders are checked apart.
const std::vector<std::string> kOrder = {"collectors/model",
                                         "config",
                                         "collectors/sql",
                                         "collectors/pg",
                                         "collectors/history",
                                         "collectors",
                                         "advisor/sandbox",
                                         "advisor/workload",
                                         "advisor/candidates",
                                         "advisor/whatif",
                                         "advisor/selection",
                                         "advisor/recommendation",
                                         "advisor/index_health",
                                         "advisor/hotspots",
                                         "advisor/lifecycle",
                                         "advisor",
                                         "daemon/metrics",
                                         "daemon/http",
                                         "daemon/web",
                                         "daemon/apply",
                                         "daemon/reports",
                                         "daemon/notify",
                                         "daemon"};
/// Values that subfolders share lie beside them: allowed for headers that use no subfolder of their own.
const std::set<std::string> kFoldersWithSharedValues = {"advisor", "daemon"};

struct SourceFile {
  std::string path;  ///< from the root of the repository
  std::string text;
};

std::vector<SourceFile> files_below(const std::vector<std::string>& folders,
                                    const std::set<std::string>& extensions) {
  std::vector<SourceFile> files;
  for (const std::string& folder : folders) {
    for (auto entry = fs::recursive_directory_iterator(kRoot / folder);
         entry != fs::recursive_directory_iterator(); ++entry) {
      if (entry->path().filename() == "node_modules") entry.disable_recursion_pending();
      if (!entry->is_regular_file() || !extensions.contains(entry->path().extension())) continue;
      std::ifstream stream(entry->path());
      files.push_back({fs::relative(entry->path(), kRoot), {std::istreambuf_iterator<char>(stream), {}}});
    }
  }
  return files;
}

const std::vector<SourceFile>& product_code() {
  static const auto files =
      files_below({"config", "collectors", "advisor", "daemon"}, {".hpp", ".cpp", ".h", ".c", ".hh", ".cc"});
  return files;
}

std::vector<std::string> includes(const std::string& text) {
  static const std::regex include("(?:^|\n)[ \t]*#[ \t]*include[ \t]*[\"<]([^\">]+)[\">]");
  std::vector<std::string> names;
  for (std::sregex_iterator found(text.begin(), text.end(), include), end; found != end; ++found) {
    names.push_back((*found)[1]);
  }
  return names;
}

/// The deepest folder of kOrder that holds `path`, as its position.
std::optional<std::size_t> rank(const std::string& path) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    const bool inside = path.starts_with(kOrder[i] + "/");
    if (inside && (!best || kOrder[i].size() > kOrder[*best].size())) best = i;
  }
  return best;
}

bool uses_a_subfolder(const std::string& header, const std::string& folder) {
  const auto file = std::find_if(product_code().begin(), product_code().end(),
                                 [&](const SourceFile& candidate) { return candidate.path == header; });
  if (file == product_code().end()) return false;
  const std::vector<std::string> names = includes(file->text);
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return name.starts_with(folder + "/") && name.find('/', folder.size() + 1) != std::string::npos;
  });
}

bool is_shared_value(const std::string& header, const std::string& user) {
  const std::string folder = fs::path(header).parent_path();
  return kFoldersWithSharedValues.contains(folder) && user.starts_with(folder + "/") &&
         !uses_a_subfolder(header, folder);
}

bool points_forward(const std::string& user, const std::string& header) {
  const auto from = rank(user);
  const auto to = rank(header);
  return from && to && *to > *from && !is_shared_value(header, user);
}

TEST(IncludeDirection, RunsOneWayFromModelToDaemon) {
  for (const SourceFile& file : product_code()) {
    for (const std::string& header : includes(file.text)) {
      EXPECT_FALSE(points_forward(file.path, header)) << file.path << " includes " << header;
      EXPECT_FALSE(header.starts_with("tests/")) << file.path << " includes " << header;
    }
  }
}

TEST(IncludeDirection, KnowsEveryFolderOfTheProduct) {
  for (const SourceFile& file : product_code()) EXPECT_TRUE(rank(file.path)) << file.path;
}

TEST(IncludeDirection, TellsForwardFromBackward) {
  EXPECT_TRUE(points_forward("collectors/pg/dsn.cpp", "advisor/report.hpp"));
  EXPECT_TRUE(points_forward("collectors/sql/quote.cpp", "collectors/pg/dsn.hpp"));
  EXPECT_TRUE(points_forward("collectors/model/units.hpp", "config/settings.hpp"));
  EXPECT_FALSE(points_forward("config/settings.hpp", "collectors/model/units.hpp"));
  EXPECT_FALSE(points_forward("daemon/http/server.hpp", "daemon/publication.hpp"));
  EXPECT_FALSE(points_forward("collectors/pg/dsn.cpp", "string"));
}

TEST(IncludeDirection, KeepsEachClientLibraryInItsFolder) {
  const std::map<std::string, std::string> homes = {{"libpq-fe.h", "collectors/pg/"},
                                                    {"sqlite3.h", "collectors/history/"},
                                                    {"pg_query.h", "collectors/sql/"}};
  for (const SourceFile& file : product_code()) {
    for (const std::string& header : includes(file.text)) {
      const auto home = homes.find(header);
      EXPECT_TRUE(home == homes.end() || file.path.starts_with(home->second))
          << file.path << " includes " << header << ", which belongs to " << home->second;
    }
  }
}

TEST(SourceFiles, AskForTheTimeThroughTheClockOnly) {
  for (const SourceFile& file : product_code()) {
    if (file.path == "collectors/model/clock.hpp") continue;
    EXPECT_EQ(file.text.find("::now()"), std::string::npos) << file.path;
  }
}

TEST(SourceFiles, HaveAtMost500Lines) {
  const auto files =
      files_below({"config", "collectors", "advisor", "daemon", "deploy", "tests"},
                  {".hpp", ".cpp", ".h", ".c", ".js", ".mjs", ".css", ".html", ".sh", ".sql", ".py"});
  EXPECT_GT(files.size(), 20u);
  for (const SourceFile& file : files) {
    EXPECT_LE(std::count(file.text.begin(), file.text.end(), '\n'), 500) << file.path;
  }
}

}  // namespace
