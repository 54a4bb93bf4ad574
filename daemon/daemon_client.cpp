#include "daemon/daemon_client.hpp"

#include "daemon/curl_handle.hpp"

#include <fmt/format.h>

namespace pgadvisor::daemon {
namespace {

constexpr std::size_t kLargestBody = std::size_t{16} << 20U;
constexpr long kSeconds = 10;

std::size_t append(const char* data, std::size_t size, std::size_t count, void* body) {
  auto& text = *static_cast<std::string*>(body);
  if (text.size() + size * count > kLargestBody) return 0;
  text.append(data, size * count);
  return size * count;
}

model::Result<Fetched> transfer(const std::string& url, const std::string* json) {
  const auto handle = make_curl_handle();
  if (!handle) return model::give_up("libcurl cannot be started");
  Fetched fetched;
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT, kSeconds);
  curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &fetched.body);
  const CurlList headers(json == nullptr ? nullptr
                                         : curl_slist_append(nullptr, "Content-Type: application/json"));
  if (json != nullptr) {
    curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, json->c_str());
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(json->size()));
  }
  if (const CURLcode code = curl_easy_perform(handle.get()); code != CURLE_OK) {
    return model::Error{model::NextStep::kReconnect, std::string(curl_easy_strerror(code)), {}, {}};
  }
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &fetched.status);
  return fetched;
}

std::string url_of(const config::HttpSettings& settings) {
  auto host = settings.address;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return fmt::format("http://{}:{}", host, settings.port);
}

}  // namespace

DaemonClient::DaemonClient(std::string url, const config::HttpSettings& settings)
    : url_(url.empty() ? url_of(settings) : std::move(url)) {
  while (url_.ends_with('/')) url_.pop_back();
}

model::Result<Fetched> DaemonClient::get(const std::string& path) const {
  return ask(path, nullptr);
}

model::Result<Fetched> DaemonClient::post(const std::string& path, const std::string& json) const {
  return ask(path, &json);
}

model::Result<Fetched> DaemonClient::ask(const std::string& path, const std::string* json) const {
  auto fetched = transfer(url_ + path, json);
  if (fetched) return fetched;
  auto error = fetched.error();
  error.message = fmt::format("no daemon answers at {}: {}", url_, error.message);
  error.hint = "start it by `pgadvisor serve`, or say where it answers by --url or --config";
  return error;
}

}  // namespace pgadvisor::daemon
