#pragma once

#include "collectors/model/result.hpp"
#include "collectors/model/units.hpp"
#include "daemon/apply/session.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace pgadvisor::daemon::apply {

/// Free space where an index of `tablespace` (empty: the default one) would be made. Known only where the
/// server runs on this machine (the start time in its postmaster.pid is the one it tells), the role may see
/// data_directory, and this user may look into it.
[[nodiscard]] std::optional<model::Bytes> free_space(Session& session, const std::string& tablespace);

/// Whether `folder` is the data directory of a server that started then, in seconds since 1970.
[[nodiscard]] bool is_data_directory(const std::filesystem::path& folder, std::int64_t started);

struct DiskVerdict {
  std::optional<model::Error> refusal;
  std::string note;  ///< empty: nothing to say
};

/// `predicted`: of the advice; `rough`: from rows and widths, no ground for a refusal. Building sorts in
/// temporary files of about the index's size, besides.
[[nodiscard]] DiskVerdict judge_disk(std::optional<model::Bytes> free, std::optional<model::Bytes> predicted,
                                     std::optional<model::Bytes> rough);

}  // namespace pgadvisor::daemon::apply
