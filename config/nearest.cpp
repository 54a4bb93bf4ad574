#include "config/keys.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace pgadvisor::config {

namespace {

/// Levenshtein's edit distance.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, diagonal + 1, replaced});
    }
  }
  return row.back();
}

/// As many edits as this are taken for a slip of the pen.
std::size_t tolerance(const std::string& name) {
  return std::max<std::size_t>(2, name.size() / 4);
}

}  // namespace

std::string nearest(const std::string& name) {
  constexpr std::size_t kLongestName = 200;  // the distance costs the product of both lengths
  if (name.size() > kLongestName) return "";
  const bool is_variable = name.starts_with("PGADVISOR_");
  const std::string own_part = name.substr(name.find('.') + 1);
  std::string best;
  std::size_t least = tolerance(is_variable ? name.substr(10) : own_part) + 1;
  const auto consider = [&](std::string candidate, std::size_t edits) {
    if (edits >= least) return;
    least = edits;
    best = std::move(candidate);
  };
  for (const Key& key : keys()) {
    if (is_variable) {
      consider(key.variable(), distance(name, key.variable()));
    } else {
      consider(key.full_name(), distance(name, key.full_name()));
      consider(key.full_name(), distance(own_part, key.name) + 1);  // the right key in the wrong section
    }
  }
  return best;
}

}  // namespace pgadvisor::config
