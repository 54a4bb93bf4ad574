#pragma once

#include "daemon/http/message.hpp"

#include <boost/json/object.hpp>

#include <string_view>

namespace pgadvisor::daemon::http {

/// The reason phrase of the status codes that this server uses; "Error" for any other.
[[nodiscard]] std::string_view reason(unsigned status);

/// An RFC 9457 problem document. `instance` is the path asked for, left out when empty; `extensions` are
/// further members of the document.
[[nodiscard]] Response problem(unsigned status, std::string_view detail, std::string_view instance,
                               boost::json::object extensions = {});

}  // namespace pgadvisor::daemon::http
