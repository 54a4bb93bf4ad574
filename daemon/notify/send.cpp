#include "daemon/notify/send.hpp"

#include "config/values.hpp"
#include "daemon/curl_handle.hpp"
#include "daemon/notify/mail.hpp"
#include "daemon/notify/signature.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>

namespace pgadvisor::daemon::notify {

namespace {

using Outcome = Attempt::Outcome;
using model::Result;

/// The first line of a file that holds a secret.
Result<std::string> secret_in(const std::filesystem::path& file) {
  constexpr std::size_t kLongest = 4096;
  std::ifstream stream(file);
  std::string line;
  if (!stream || !std::getline(stream, line)) {
    return model::give_up(fmt::format("{} cannot be read or is empty", file.string()),
                          "let its first line be the secret, and the user of pgadvisor read it");
  }
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty() || line.size() > kLongest)
    return model::give_up(fmt::format("the first line of {} is no secret", file.string()));
  return line;
}

/// What one transfer needs beside its handle; outlives the transfer.
struct Transfer {
  CurlHandle handle = make_curl_handle();
  std::array<char, CURL_ERROR_SIZE> trouble{};
  std::stop_token stop;
  std::string body;
  std::size_t sent = 0;
};

std::size_t read_body(char* buffer, std::size_t size, std::size_t count, void* data) {
  auto& transfer = *static_cast<Transfer*>(data);
  const auto length = std::min(size * count, transfer.body.size() - transfer.sent);
  std::memcpy(buffer, transfer.body.data() + transfer.sent, length);
  transfer.sent += length;
  return length;
}

std::size_t ignore_answer(const char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

int abort_when_stopped(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(data)->stop.stop_requested() ? 1 : 0;
}

void prepare(Transfer& transfer, const config::DeliverySettings& settings, const char* protocols) {
  CURL* handle = transfer.handle.get();
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, protocols);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(settings.timeout.count()));
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, ignore_answer);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, transfer.trouble.data());
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, abort_when_stopped);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &transfer);
  if (!settings.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, settings.ca_file.c_str());
}

std::string trouble_of(const Transfer& transfer, CURLcode code) {
  // What libcurl says of a URL may repeat it, which may be a secret.
  const bool about_url = code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
  std::string trouble =
      transfer.trouble.front() == '\0' || about_url ? curl_easy_strerror(code) : transfer.trouble.data();
  if (code == CURLE_PEER_FAILED_VERIFICATION) {
    trouble +=
        "; the certificate has to be valid for the host's name, and of an authority that the system or "
        "delivery.ca_file knows";
  }
  return trouble;
}

Attempt judge_http(const Transfer& transfer, CURLcode code) {
  if (code != CURLE_OK) return {Outcome::kTryAgain, trouble_of(transfer, code)};
  long status = 0;
  curl_easy_getinfo(transfer.handle.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status >= 200 && status < 300) return {};
  const auto trouble = fmt::format("the receiver answered {}", status);
  // 408 took too long, 425 and 429 too soon, 5xx its own failure.
  if (status != 408 && status != 425 && status != 429 && status < 500) return {Outcome::kRefused, trouble};
  curl_off_t wait = 0;
  curl_easy_getinfo(transfer.handle.get(), CURLINFO_RETRY_AFTER, &wait);
  Attempt attempt{Outcome::kTryAgain, trouble};
  if (wait > 0) attempt.retry_after = std::chrono::seconds(wait);
  return attempt;
}

/// Which setting mends it; empty: none is known to.
std::string mail_setting(CURLcode code, long reply) {
  constexpr long kLogInFirst = 530;  // RFC 4954, 6
  if (code == CURLE_LOGIN_DENIED)
    return "check delivery.mail_user and the first line of the file delivery.mail_password_file";
  if (reply == kLogInFirst)
    return "the server wants a log-in: set delivery.mail_user and delivery.mail_password_file";
  if (code == CURLE_USE_SSL_FAILED)
    return "the server has no STARTTLS: set delivery.mail_server to smtps://, or see "
           "delivery.mail_encryption";
  return {};
}

Attempt judge_mail(const Transfer& transfer, CURLcode code) {
  if (code == CURLE_OK) return {};
  long reply = 0;
  curl_easy_getinfo(transfer.handle.get(), CURLINFO_RESPONSE_CODE, &reply);
  const bool refused =
      reply >= 500 || code == CURLE_USE_SSL_FAILED || (code == CURLE_LOGIN_DENIED && reply < 400);
  auto trouble = trouble_of(transfer, code);
  if (reply >= 400) trouble += fmt::format(" (reply {})", reply);
  if (const auto setting = mail_setting(code, reply); !setting.empty()) trouble += "; " + setting;
  return {refused ? Outcome::kRefused : Outcome::kTryAgain, trouble};
}

Attempt post(const std::string& url, const std::vector<std::string>& headers, std::string body,
             const config::DeliverySettings& settings, const std::stop_token& stop) {
  Transfer transfer{.stop = stop, .body = std::move(body)};
  if (!transfer.handle) return {Outcome::kTryAgain, "libcurl cannot be started"};
  prepare(transfer, settings, "http,https");
  CurlList list;
  for (const auto& header : headers) list.reset(curl_slist_append(list.release(), header.c_str()));
  CURL* handle = transfer.handle.get();
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, list.get());
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "pgadvisor");
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, transfer.body.c_str());
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.body.size()));
  return judge_http(transfer, curl_easy_perform(handle));
}

Attempt send_slack(const KeptReport& report, const config::DeliverySettings& settings,
                   const std::stop_token& stop) {
  const auto url = secret_in(settings.slack_url_file);
  if (!url) return {Outcome::kTryAgain, model::to_string(url.error())};
  if (!config::http_url(*url).empty()) {
    return {Outcome::kTryAgain,
            fmt::format("the first line of {} is no URL", settings.slack_url_file.string())};
  }
  const boost::json::object body{{"text", report.summary}};
  return post(*url, {"Content-Type: application/json"}, boost::json::serialize(body), settings, stop);
}

Attempt send_webhook(const KeptReport& report, const config::DeliverySettings& settings, model::Timestamp now,
                     const std::stop_token& stop) {
  const auto secret = secret_in(settings.webhook_secret_file);
  if (!secret) return {Outcome::kTryAgain, model::to_string(secret.error())};
  const auto id = "pgadvisor-report-" + report.id;
  return post(
      settings.webhook_url,
      {"Content-Type: application/json", "webhook-id: " + id, "webhook-timestamp: " + unix_seconds(now),
       "webhook-signature: " + signature(*secret, id, now, report.json)},
      report.json, settings, stop);
}

long encryption(const std::string& word) {
  if (word == "none") return CURLUSESSL_NONE;
  return word == "offered" ? CURLUSESSL_TRY : CURLUSESSL_ALL;
}

Attempt send_mail(const KeptReport& report, const config::DeliverySettings& settings,
                  const std::stop_token& stop) {
  Transfer transfer{.stop = stop, .body = mail_of(report, settings.mail_from, settings.mail_to)};
  if (!transfer.handle) return {Outcome::kTryAgain, "libcurl cannot be started"};
  prepare(transfer, settings, "smtp,smtps");
  CURL* handle = transfer.handle.get();
  if (!settings.mail_user.empty()) {
    const auto password = secret_in(settings.mail_password_file);
    if (!password) return {Outcome::kTryAgain, model::to_string(password.error())};
    curl_easy_setopt(handle, CURLOPT_USERNAME, settings.mail_user.c_str());
    curl_easy_setopt(handle, CURLOPT_PASSWORD, password->c_str());
  }
  CurlList recipients;
  for (const auto& address : settings.mail_to) {
    recipients.reset(curl_slist_append(recipients.release(), fmt::format("<{}>", address).c_str()));
  }
  curl_easy_setopt(handle, CURLOPT_URL, settings.mail_server.c_str());
  curl_easy_setopt(handle, CURLOPT_USE_SSL, encryption(settings.mail_encryption));
  curl_easy_setopt(handle, CURLOPT_MAIL_FROM, fmt::format("<{}>", settings.mail_from).c_str());
  curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(handle, CURLOPT_READFUNCTION, read_body);
  curl_easy_setopt(handle, CURLOPT_READDATA, &transfer);
  return judge_mail(transfer, curl_easy_perform(handle));
}

}  // namespace

std::vector<std::string> channels_of(const config::DeliverySettings& settings) {
  std::vector<std::string> channels;
  if (!settings.mail_server.empty()) channels.emplace_back("mail");
  if (!settings.slack_url_file.empty()) channels.emplace_back("slack");
  if (!settings.webhook_url.empty()) channels.emplace_back("webhook");
  return channels;
}

Attempt send(const std::string& channel, const KeptReport& report, const config::DeliverySettings& settings,
             model::Timestamp now, const std::stop_token& stop) {
  if (channel == "mail") return send_mail(report, settings, stop);
  if (channel == "slack") return send_slack(report, settings, stop);
  return send_webhook(report, settings, now, stop);
}

}  // namespace pgadvisor::daemon::notify
