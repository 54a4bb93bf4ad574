#include "advisor/index_health/bloat.hpp"

#include "advisor/index_health/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace pgadvisor::index_health {

namespace {

constexpr double kBloated = 2;
constexpr double kDefaultFillfactor = 90;
/// What the best ratio may say of the model; beyond, the index was bloated all the time that it was watched.
constexpr double kLeastError = 0.8;
constexpr double kMostError = 1.5;

/// A lower fillfactor leaves room on purpose.
double room(const model::Index& index) {
  constexpr std::string_view kOption = "fillfactor=";
  const auto at = index.storage.find(kOption);
  if (index.method != "btree" || at == std::string::npos) return 1;
  double fillfactor = kDefaultFillfactor;
  const char* const begin = index.storage.data() + at + kOption.size();
  std::from_chars(begin, index.storage.data() + index.storage.size(), fillfactor);
  return kDefaultFillfactor / std::clamp(fillfactor, 10.0, 100.0);
}

}  // namespace

/// Hash indexes double, BRIN ones are small; both are as they have to be.
bool can_be_bloated(const Subject& subject) {
  const auto& method = subject.index->method;
  return subject.pages >= kLeastBloat && subject.tuples > 0 &&
         (method == "btree" || method == "gin" || method == "gist" || method == "spgist");
}

Bloat judge_bloat(const Subject& subject, std::int64_t predicted_pages, std::optional<double> best_ratio) {
  const double error = std::clamp(best_ratio.value_or(1), kLeastError, kMostError);
  const double expected = std::max(1.0, static_cast<double>(predicted_pages) * error * room(*subject.index));
  const auto pages = static_cast<double>(subject.pages);
  Bloat bloat;
  bloat.ratio = pages / expected;
  const double excess = std::max(0.0, pages - expected);
  bloat.excess = {std::llround(excess) * model::kBlockSize};
  if (bloat.ratio < kBloated || excess < static_cast<double>(kLeastBloat)) return bloat;
  bloat.reason = fmt::format("It takes {}, {:.1f} times what a new one would ({}).", size(subject.bytes()),
                             bloat.ratio, size({std::llround(expected) * model::kBlockSize}));
  return bloat;
}

}  // namespace pgadvisor::index_health
