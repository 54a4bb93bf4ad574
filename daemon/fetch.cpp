#include "daemon/fetch.hpp"

#include <curl/curl.h>

#include <memory>

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

struct Cleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

}  // namespace

model::Result<Fetched> fetch(const std::string& url) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, Cleanup> handle(ready == CURLE_OK ? curl_easy_init() : nullptr);
  if (!handle) return model::give_up("libcurl cannot be started");
  Fetched fetched;
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT, kSeconds);
  curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &fetched.body);
  if (const CURLcode code = curl_easy_perform(handle.get()); code != CURLE_OK) {
    return model::Error{model::NextStep::kReconnect, std::string(curl_easy_strerror(code)), {}, {}};
  }
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &fetched.status);
  return fetched;
}

}  // namespace pgadvisor::daemon
