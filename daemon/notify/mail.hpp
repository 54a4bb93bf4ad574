#pragma once

#include "daemon/kept_reports.hpp"

#include <string>
#include <vector>

namespace pgadvisor::daemon::notify {

/// A mail as it is given to an SMTP server (RFC 5322, MIME): HTML, with the Markdown as its plain text. Its
/// Message-ID is the same at each attempt, so that one that arrives twice is known as such. Nothing but
/// addresses that config::mail_address() accepts and the subject, which becomes one line, gets into the
/// header.
[[nodiscard]] std::string mail_of(const KeptReport& report, const std::string& from,
                                  const std::vector<std::string>& to);

}  // namespace pgadvisor::daemon::notify
