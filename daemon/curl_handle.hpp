#pragma once

#include <curl/curl.h>

#include <memory>

namespace pgadvisor::daemon {

struct CurlCleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlHandle = std::unique_ptr<CURL, CurlCleanup>;
using CurlList = std::unique_ptr<curl_slist, CurlCleanup>;

/// Null when libcurl cannot be started.
[[nodiscard]] inline CurlHandle make_curl_handle() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  return CurlHandle(ready == CURLE_OK ? curl_easy_init() : nullptr);
}

}  // namespace pgadvisor::daemon
