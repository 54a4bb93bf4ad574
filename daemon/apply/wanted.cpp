#include "daemon/apply/wanted.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace pgadvisor::daemon::apply {
namespace {

namespace json = boost::json;
using model::Result;

constexpr std::size_t kDepth = 1100;  ///< plans nest

Result<json::object> parse(const std::string& text, const std::string& what) {
  json::parse_options options;
  options.max_depth = kDepth;
  json::error_code error;
  auto value = json::parse(text, error, {}, options);
  if (error || !value.is_object()) return model::give_up(what + " is not what pgadvisor writes");
  return value.get_object();
}

std::string text_in(const json::object& object, std::string_view member) {
  const auto* value = object.if_contains(member);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::optional<model::Bytes> size_in(const json::object& object) {
  const auto* value = object.if_contains("size_bytes");
  if (value == nullptr || !value->is_int64() || value->get_int64() <= 0) return std::nullopt;
  return model::Bytes{value->get_int64()};
}

const json::object* object_in(const json::object& object, std::string_view member) {
  const auto* value = object.if_contains(member);
  return value ? value->if_object() : nullptr;
}

model::Error nothing_to_do(const std::string& id, const std::string& state, const json::object& lifecycle) {
  if (state == "dismissed") {
    return model::give_up(
        fmt::format("{} was dismissed by {}: {}", id, text_in(lifecycle, "by"), text_in(lifecycle, "why")),
        "reopen it first, on the page or by POST /api/v1/recommendations/" + id + "/reopen");
  }
  return model::give_up(fmt::format("{} is {}: there is nothing to do", id, state));
}

}  // namespace

bool is_id(std::string_view text) {
  return text.size() == 16 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

Result<Wanted> ask_daemon(const DaemonClient& daemon, const std::string& id) {
  const auto answer = daemon.get("/api/v1/recommendations/" + id);
  if (answer) return wanted_of(*answer, id);
  auto error = answer.error();
  error.hint += "; without one: --advice FILE or --index DDL";
  return error;
}

Result<Wanted> wanted_of(const Fetched& answer, const std::string& id) {
  if (answer.status == 404) {
    return model::give_up("the daemon knows no recommendation " + id,
                          "ids are those of its page, /api/v1/recommendations and its log");
  }
  if (answer.status != 200)
    return model::give_up(fmt::format("the daemon answered with status {}", answer.status));
  const auto item = parse(answer.body, "the daemon's answer");
  if (!item) return item.error();
  const auto* lifecycle = object_in(*item, "lifecycle");
  if (lifecycle == nullptr) return model::give_up("the daemon's answer is not what pgadvisor writes");
  const auto state = text_in(*lifecycle, "state");
  Wanted wanted{text_in(*lifecycle, "proposes"), text_in(*item, "database"), size_in(*item)};
  if (wanted.sql.empty() || state == "dismissed") return nothing_to_do(id, state, *lifecycle);
  return wanted;
}

Result<Wanted> read_advice(const std::filesystem::path& file, const std::string& id) {
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto advice = parse(text, file.string());
  if (!advice) return advice.error();
  const auto* list = advice->if_contains("recommendations");
  if (list == nullptr || !list->is_array()) {
    return model::give_up(file.string() + " is not what pgadvisor writes",
                          "make it by: pgadvisor advise --format json --output FILE");
  }
  for (const auto& entry : list->get_array()) {
    const auto* item = entry.if_object();
    if (item == nullptr || text_in(*item, "id") != id) continue;
    return Wanted{text_in(*item, "ddl"), text_in(*advice, "database"), size_in(*item)};
  }
  return model::give_up(fmt::format("{} holds no recommendation {}", file.string(), id));
}

}  // namespace pgadvisor::daemon::apply
