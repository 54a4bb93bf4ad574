#pragma once

#include "collectors/model/units.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pgadvisor::config {

/// The monitored server.
struct TargetSettings {
  std::string dsn;                             ///< libpq string or URI; empty: libpq's environment decides
  std::vector<std::string> replicas;           ///< DSNs of the other servers of the cluster
  std::string name = "default";                ///< what metrics and the page call this server
  std::vector<std::string> include_databases;  ///< shell patterns; empty: all
  std::vector<std::string> exclude_databases;
  std::string statements_database;  ///< where pg_stat_statements is installed; empty: the DSN's database
};

struct CollectSettings {
  std::chrono::seconds statements_interval{60};
  std::chrono::seconds texts_interval{600};  ///< at most this often; the first time at once
  std::chrono::seconds relations_interval{300};
  std::chrono::seconds catalog_interval{3600};  ///< full pass; earlier when the fingerprint moved
  std::chrono::seconds fingerprint_interval{300};
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds statement_timeout{10000};
  std::chrono::milliseconds lock_timeout{500};
  bool samples = true;
  std::chrono::seconds samples_interval{10};
  double duty_cycle_limit = 0.001;  ///< share of one core; intervals stretch by themselves above it
};

struct HistorySettings {
  std::filesystem::path folder = "/var/lib/pgadvisor";
  std::chrono::hours retention{24 * 40};
  model::Bytes size_limit{512LL << 20};
  std::chrono::seconds slice{300};  ///< divides an hour
};

struct SandboxSettings {
  std::filesystem::path folder = "/var/lib/pgadvisor/sandbox";
  std::string user;  ///< when started as root; empty: pgadvisor, postgres or nobody
  std::filesystem::path installations = "/usr/lib/postgresql";
};

struct AdviseSettings {
  std::chrono::seconds interval{3600};
  std::chrono::hours window{24 * 7};
  model::Bytes budget{0};  ///< storage for all recommended indexes together; 0: unlimited
  int max_indexes = 50;    ///< per database
  double min_gain = 1;     ///< per cent of the cost left by the other indexes that each index has to save
  std::int64_t min_table_pages = 1000;
  int max_key_columns = 3;
  std::chrono::hours unused_window{24 * 35};  ///< without a scan, on every member, before an index is unused
  std::chrono::seconds time_limit{120};
};

struct HttpSettings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 7432;
};

struct LogSettings {
  std::string level = "info";   ///< trace, debug, info, warn, error
  std::string format = "text";  ///< text or json
};

struct Settings {
  TargetSettings target;
  CollectSettings collect;
  HistorySettings history;
  SandboxSettings sandbox;
  AdviseSettings advise;
  HttpSettings http;
  LogSettings log;
};

}  // namespace pgadvisor::config
