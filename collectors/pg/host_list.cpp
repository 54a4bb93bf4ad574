#include "collectors/pg/host_list.hpp"

#include <vector>

namespace pgadvisor::pg {

namespace {

std::vector<std::string> list_of(const Dsn& dsn, const char* keyword) {
  std::vector<std::string> items;
  const auto found = dsn.options().find(keyword);
  if (found == dsn.options().end()) return items;
  std::size_t start = 0;
  while (true) {
    const auto comma = found->second.find(',', start);
    items.push_back(found->second.substr(start, comma - start));
    if (comma == std::string::npos) return items;
    start = comma + 1;
  }
}

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items) text += (&item == items.data() ? "" : ",") + item;
  return text;
}

}  // namespace

std::optional<Dsn> without_hosts_up_to(const Dsn& dsn, const std::string& host, const std::string& port) {
  const auto hosts = list_of(dsn, "host");
  const auto addresses = list_of(dsn, "hostaddr");
  const auto ports = list_of(dsn, "port");
  const auto& named = hosts.empty() ? addresses : hosts;
  std::size_t position = 0;
  const auto is_it = [&](std::size_t i) {
    const bool same_port = ports.size() != named.size() || ports[i] == port;
    return same_port && (named[i] == host || (i < addresses.size() && addresses[i] == host));
  };
  while (position < named.size() && !is_it(position)) ++position;
  if (position + 1 >= named.size()) return std::nullopt;
  Dsn rest = dsn;
  for (const char* keyword : {"host", "hostaddr", "port"}) {
    auto items = list_of(dsn, keyword);
    if (items.size() != named.size()) continue;  // one port for all hosts
    items.erase(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(position) + 1);
    rest = rest.with(keyword, joined(items));
  }
  return rest;
}

}  // namespace pgadvisor::pg
