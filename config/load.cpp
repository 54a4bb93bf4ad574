#include "config/load.hpp"

#include "config/keys.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <set>

namespace pgadvisor::config {

namespace {

constexpr std::size_t kLargestFile = 1 << 20;

/// A key of the file as it may be shown: a DSN in the wrong place is no key to be repeated.
std::string presentable(const std::string& name) {
  constexpr std::size_t kLongest = 60;
  const bool plain =
      !name.empty() && name.size() <= kLongest && std::all_of(name.begin(), name.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
      });
  return plain ? fmt::format("\"{}\"", name) : "a name";
}

std::string suggestion(const std::string& name, const std::string& otherwise) {
  const std::string like = nearest(name);
  return like.empty() ? otherwise : fmt::format("did you mean {}?", like);
}

/// Reads one YAML document into settings, noting every mistake with its line.
class FileLoader {
 public:
  FileLoader(std::string file, Loaded& loaded) : file_(std::move(file)), loaded_(loaded) {}

  void load(const std::string& text) {
    try {
      const std::vector<YAML::Node> documents = YAML::LoadAll(text);
      if (documents.size() > 1) mistake(documents[1], "a second YAML document; keep one");
      if (!documents.empty()) load_document(documents.front());
    } catch (const YAML::Exception& error) {
      // Its own message may quote the file.
      loaded_.mistakes.push_back(
          fmt::format("{}:{}: not valid YAML at column {}; check the indentation, and quote values with ': "
                      "', '#' or braces",
                      file_, error.mark.line + 1, error.mark.column + 1));
    }
  }

 private:
  void load_document(const YAML::Node& root) {
    if (root.IsNull()) return;
    if (!root.IsMap())
      return mistake(root, "expected sections such as \"target:\" with indented keys below them");
    std::set<std::string> seen;
    for (const auto& entry : root) {
      const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : "";
      if (!is_section(name)) {
        mistake(entry.first, fmt::format("{} is no section; {}", presentable(name),
                                         suggestion(name, "sections are " + section_names())));
      } else if (!seen.insert(name).second) {
        mistake(entry.first, fmt::format("section {} stands here a second time; merge the two", name));
      } else {
        load_section(name, entry.second);
      }
    }
  }

  void load_section(const std::string& section, const YAML::Node& node) {
    if (node.IsNull()) return;  // all of its keys are commented out
    if (!node.IsMap())
      return mistake(node, section + ": expected indented keys below it, each as \"key: value\"");
    std::set<std::string> seen;
    for (const auto& entry : node) {
      const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : "";
      const auto key = std::find_if(keys().begin(), keys().end(), [&](const Key& candidate) {
        return candidate.section == section && candidate.name == name;
      });
      if (key == keys().end()) {
        mistake(entry.first, fmt::format("{} is no key of section {}; {}", presentable(name), section,
                                         suggestion(section + "." + name, "see pgadvisor.example.yaml")));
      } else if (!seen.insert(name).second) {
        mistake(entry.first, key->full_name() + " is set a second time; keep one");
      } else {
        set(*key, entry.first, entry.second);
      }
    }
  }

  /// Mistakes are told by the line of the key: an empty value has none of its own.
  void set(const Key& key, const YAML::Node& place, const YAML::Node& node) {
    std::vector<std::string> values;
    if (node.IsScalar()) {
      values.push_back(node.Scalar());
    } else if (node.IsSequence() && key.is_list) {
      for (const YAML::Node& item : node) {
        if (!item.IsScalar()) return mistake(place, key.full_name() + ": expected a plain value in the list");
        values.push_back(item.Scalar());
      }
    } else if (node.IsNull()) {
      return mistake(place, key.full_name() + " has no value; give it one or remove the line");
    } else {
      return mistake(place,
                     fmt::format("{}: expected {}", key.full_name(), key.is_list ? "a list" : "one value"));
    }
    if (const std::string fault = key.set(loaded_.settings, values); !fault.empty()) {
      mistake(place, fmt::format("{}: {}", key.full_name(), fault));
    }
  }

  static bool is_section(const std::string& name) {
    return std::any_of(keys().begin(), keys().end(), [&](const Key& key) { return key.section == name; });
  }

  static std::string section_names() {
    std::string names;
    std::string last;
    for (const Key& key : keys()) {
      if (key.section == last) continue;
      names += (names.empty() ? "" : ", ") + key.section;
      last = key.section;
    }
    return names;
  }

  void mistake(const YAML::Node& node, const std::string& what) {
    loaded_.mistakes.push_back(fmt::format("{}:{}: {}", file_, node.Mark().line + 1, what));
  }

  std::string file_;
  Loaded& loaded_;
};

std::optional<std::string> read(const std::filesystem::path& file, Mistakes& mistakes) {
  std::error_code ignored;
  std::ifstream stream(file, std::ios::binary);
  if (!stream || std::filesystem::is_directory(file, ignored)) {
    const std::string reason =
        std::filesystem::is_directory(file, ignored) ? "it is a folder" : std::strerror(errno);
    mistakes.push_back(
        fmt::format("{}: cannot be read ({}); check the path and its permissions", file.string(), reason));
    return std::nullopt;
  }
  std::string text(kLargestFile + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > kLargestFile) {
    mistakes.push_back(fmt::format("{}: larger than 1MB; is it a configuration?", file.string()));
    return std::nullopt;
  }
  return text;
}

/// "a, b" -> {"a", "b"}; "" -> {}.
std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> items;
  for (std::size_t begin = 0; begin <= text.size() && !text.empty();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    const std::string item = text.substr(begin, comma - begin);
    const std::size_t first = item.find_first_not_of(' ');
    items.push_back(first == std::string::npos ? ""
                                               : item.substr(first, item.find_last_not_of(' ') - first + 1));
    begin = comma + 1;
  }
  return items;
}

void load_variable(const std::string& name, const std::string& value, Loaded& loaded) {
  const auto key = std::find_if(keys().begin(), keys().end(),
                                [&](const Key& candidate) { return candidate.variable() == name; });
  if (key == keys().end()) {
    loaded.mistakes.push_back(fmt::format("environment: {} is no setting; {}", presentable(name),
                                          suggestion(name, "unset it, or see pgadvisor.example.yaml")));
    return;
  }
  const auto values = key->is_list ? split_list(value) : std::vector<std::string>{value};
  if (const std::string fault = key->set(loaded.settings, values); !fault.empty()) {
    loaded.mistakes.push_back(fmt::format("environment: {}: {}", name, fault));
  }
}

/// What only shows when several keys are looked at together.
void check_together(const Settings& settings, Mistakes& mistakes) {
  const auto& delivery = settings.delivery;
  if (!delivery.mail_server.empty() && (delivery.mail_from.empty() || delivery.mail_to.empty())) {
    mistakes.emplace_back("delivery.mail_server is of no use without mail_from and mail_to; set them too");
  }
  if (!delivery.mail_user.empty() && delivery.mail_password_file.empty()) {
    mistakes.emplace_back("delivery.mail_user cannot log in without mail_password_file; set it too");
  }
  if (!delivery.mail_user.empty() && delivery.mail_server.starts_with("smtp:") &&
      delivery.mail_encryption != "required") {
    mistakes.emplace_back(
        "delivery.mail_user's password could be sent in clear; set mail_encryption to required, or "
        "mail_server to smtps://");
  }
  if (!delivery.webhook_url.empty() && delivery.webhook_secret_file.empty()) {
    mistakes.emplace_back("delivery.webhook_url needs webhook_secret_file: what is posted there is signed");
  }
}

}  // namespace

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) environment[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return environment;
}

Loaded load(const std::filesystem::path& file, const Environment& environment) {
  Loaded loaded;
  if (!file.empty()) {
    if (const auto text = read(file, loaded.mistakes)) FileLoader(file.string(), loaded).load(*text);
  }
  for (const auto& [name, value] : environment) {
    if (name.starts_with("PGADVISOR_")) load_variable(name, value, loaded);
  }
  check_together(loaded.settings, loaded.mistakes);
  return loaded;
}

}  // namespace pgadvisor::config
