#pragma once

#include "collectors/model/result.hpp"
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
/// Of a request that could not be carried out; its status says what the client does next.
[[nodiscard]] Response refused(const model::Error& error, std::string_view instance);

}  // namespace pgadvisor::daemon::http
