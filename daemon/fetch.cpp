#include "daemon/fetch.hpp"

#include "daemon/curl_handle.hpp"

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

}  // namespace

model::Result<Fetched> fetch(const std::string& url) {
  return transfer(url, nullptr);
}

model::Result<Fetched> post_json(const std::string& url, const std::string& body) {
  return transfer(url, &body);
}

}  // namespace pgadvisor::daemon
