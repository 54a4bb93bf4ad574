#pragma once

#include "collectors/model/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pgadvisor::daemon::http {

/// Decoded query parameters in their order.
using Parameters = std::vector<std::pair<std::string, std::string>>;

/// A request's target, split and percent-decoded.
struct Target {
  std::string authority;     ///< of an absolute target ("http://host/path"); empty otherwise
  std::string path;          ///< decoded: for comparing
  std::string encoded_path;  ///< as sent: a valid URI reference
  Parameters parameters;
};

/// Fails with kGiveUp for anything but the origin form ("/path?query") and the absolute form of http.
[[nodiscard]] model::Result<Target> parse_target(const std::string& target);

inline constexpr std::size_t kDefaultLimit = 1000;
inline constexpr std::size_t kMaximumLimit = 10000;

/// What a list may be asked for.
struct ListQuery {
  std::optional<std::string> database;
  std::size_t limit = kDefaultLimit;
};

/// Unknown and repeated parameters and limits out of range fail with kGiveUp; the message names the parameter
/// and what is accepted.
[[nodiscard]] model::Result<ListQuery> parse_list_query(const Parameters& parameters);

}  // namespace pgadvisor::daemon::http
