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
  model::Bytes budget{0};   ///< storage for all recommended indexes together; 0: unlimited
  int max_indexes = 50;     ///< per database
  double min_gain = 1;      ///< per cent of its table's cost under the others that each index has to save
  double max_slowdown = 0;  ///< per cent that a statement may be expected to become slower
  std::int64_t min_table_pages = 1000;
  int max_key_columns = 3;
  std::chrono::hours unused_window{24 * 35};  ///< without a scan, on every member, before an index is unused
  std::chrono::seconds hotspot_learning{7 * 24 * 3600};  ///< watched before a table may be a new hotspot
  std::chrono::seconds time_limit{120};
};

/// The weekly report.
struct ReportSettings {
  std::string schedule = "0 7 * * mon";  ///< cron expression; empty: none is made by itself
  std::string time_zone = "UTC";         ///< of the schedule, and of the times in reports
  int keep = 26;                         ///< so many reports stay in the history
  std::string page_url;                  ///< where readers find the page; empty: nowhere
};

/// Where reports go. Secrets stay in files.
struct DeliverySettings {
  std::string mail_server;                   ///< smtp:// or smtps:// URL; empty: no mail
  std::string mail_encryption = "required";  ///< required, offered, none
  std::string mail_user;                     ///< empty: no authentication
  std::filesystem::path mail_password_file;
  std::string mail_from;
  std::vector<std::string> mail_to;
  std::filesystem::path slack_url_file;  ///< holds the URL of an incoming webhook; empty: none
  std::string webhook_url;               ///< takes signed JSON; empty: none
  std::filesystem::path webhook_secret_file;
  std::filesystem::path ca_file;                 ///< empty: the system's certificate authorities
  std::chrono::milliseconds timeout{30000};      ///< of one attempt
  std::chrono::milliseconds retry_after{60000};  ///< the first time; then twice as long each time
  std::chrono::hours give_up_after{24};
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
  ReportSettings report;
  DeliverySettings delivery;
  HttpSettings http;
  LogSettings log;
};

}  // namespace pgadvisor::config
