#include "daemon/notify/signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <optional>
#include <vector>

namespace pgadvisor::daemon::notify {

namespace {

std::optional<std::string> from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::vector<unsigned char> bytes(text.size() / 4 * 3);
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  const int size = EVP_DecodeBlock(bytes.data(), data, static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  const auto padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  return std::string(bytes.begin(), bytes.begin() + size - padding);
}

std::string key_of(std::string_view secret) {
  constexpr std::string_view kPrefix = "whsec_";
  if (secret.starts_with(kPrefix)) {
    if (auto key = from_base64(secret.substr(kPrefix.size()))) return *key;
  }
  return std::string(secret);
}

}  // namespace

std::string base64(std::string_view bytes) {
  std::vector<unsigned char> text((bytes.size() + 2) / 3 * 4 + 1);
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  const int size = EVP_EncodeBlock(text.data(), data, static_cast<int>(bytes.size()));
  return {text.begin(), text.begin() + size};
}

std::string unix_seconds(model::Timestamp at) {
  return std::to_string(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
}

std::string signature(std::string_view secret, std::string_view id, model::Timestamp at,
                      std::string_view body) {
  const auto key = key_of(secret);
  std::string content(id);
  content += "." + unix_seconds(at) + ".";
  content += body;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest.data(), &size);
  return "v1," + base64({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace pgadvisor::daemon::notify
