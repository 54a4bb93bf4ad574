#include "config/keys.hpp"

#include "config/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <limits>

namespace pgadvisor::config {

namespace {

/// The keys of one section of Settings.
template <class Section>
class SectionKeys {
 public:
  SectionKeys(std::vector<Key>& keys, std::string name, Section Settings::*section)
      : keys_(keys), name_(std::move(name)), section_(section) {}

  template <class T, class Rule>
  void add(std::string name, T Section::*field, Rule rule, std::string documentation) {
    const auto section = section_;
    keys_.push_back({name_, std::move(name), std::move(documentation), false,
                     [section, field, rule](Settings& settings, const std::vector<std::string>& values) {
                       if (values.size() != 1) return std::string("expected one value, not a list");
                       return set_value(settings.*section.*field, rule, values.front());
                     },
                     [section, field](const Settings& settings) { return show(settings.*section.*field); }});
  }

  void add_list(std::string name, std::vector<std::string> Section::*field, std::string documentation,
                TextRule rule = not_empty) {
    const auto section = section_;
    keys_.push_back({name_, std::move(name), std::move(documentation), true,
                     [section, field, rule](Settings& settings, const std::vector<std::string>& values) {
                       std::string text;
                       for (const std::string& value : values) {
                         if (std::string fault = set_value(text, rule, value); !fault.empty()) return fault;
                       }
                       settings.*section.*field = values;
                       return std::string();
                     },
                     [section, field](const Settings& settings) { return show(settings.*section.*field); }});
  }

 private:
  std::vector<Key>& keys_;
  std::string name_;
  Section Settings::*section_;
};

using namespace std::chrono_literals;
using std::chrono::milliseconds;
constexpr milliseconds kDay = 24h;
constexpr Range<milliseconds> kPolling{1s, kDay};

void add_target(std::vector<Key>& table) {
  SectionKeys keys(table, "target", &Settings::target);
  keys.add(
      "dsn", &TargetSettings::dsn, anything,
      "The monitored server: a libpq connection string or URI. What it leaves open comes from libpq's\n"
      "environment (PGHOST, PGUSER, ...), the service file and .pgpass, which is the place for a password.");
  keys.add_list(
      "replicas", &TargetSettings::replicas,
      "The replicas of that server, each as dsn: an index that only they use is used. List every server "
      "that\n"
      "may become the primary, with an address of its own; which of them is the primary is found out. While\n"
      "one of them is away, no index is called unused.");
  keys.add("name", &TargetSettings::name, not_empty, "What metrics and the page call this server.");
  keys.add_list("include_databases", &TargetSettings::include_databases,
                "Shell patterns of the databases to watch; empty: all that accept connections.");
  keys.add_list("exclude_databases", &TargetSettings::exclude_databases,
                "Shell patterns of databases to leave out, of those included.");
  keys.add("statements_database", &TargetSettings::statements_database, anything,
           "The database where the extension pg_stat_statements is installed; empty: that of the DSN.");
}

void add_collect(std::vector<Key>& table) {
  SectionKeys keys(table, "collect", &Settings::collect);
  keys.add("statements_interval", &CollectSettings::statements_interval, kPolling,
           "How often the counters of statements are read.");
  keys.add("texts_interval", &CollectSettings::texts_interval, kPolling,
           "How often texts of new statements are read at most; the first time at once.");
  keys.add("relations_interval", &CollectSettings::relations_interval, kPolling,
           "How often the counters of tables and indexes are read.");
  keys.add("catalog_interval", &CollectSettings::catalog_interval, kPolling,
           "How often the whole catalog is read, sizes and column statistics included.");
  keys.add("fingerprint_interval", &CollectSettings::fingerprint_interval, kPolling,
           "How often is checked whether the catalog changed; if so it is read before its time.");
  keys.add("connect_timeout", &CollectSettings::connect_timeout, Range<milliseconds>{100ms, 5min},
           "How long connecting may take.");
  keys.add("statement_timeout", &CollectSettings::statement_timeout, Range<milliseconds>{100ms, 10min},
           "statement_timeout of every connection to the monitored server.");
  keys.add("lock_timeout", &CollectSettings::lock_timeout, Range<milliseconds>{10ms, 1min},
           "lock_timeout of every connection to the monitored server.");
  keys.add(
      "samples", &CollectSettings::samples, TrueOrFalse{},
      "Whether literals of running statements are sampled from pg_stat_activity: without them the advice\n"
      "cannot know that status = $1 asks for 'pending' nearly always, and takes each value by its share of\n"
      "the table's rows. They are kept in the history only; a literal is shown only where a recommended\n"
      "index holds the rows with that value alone. false also forgets those already kept. Where the "
      "extension\n"
      "pg_qualstats is installed its counts are read as well, and not kept.");
  keys.add("samples_interval", &CollectSettings::samples_interval, kPolling,
           "How often literals are sampled.");
  keys.add("duty_cycle_limit", &CollectSettings::duty_cycle_limit, Range<double>{0.00001, 1},
           "Share of one core that collecting may take there; intervals stretch by themselves above it.");
}

void add_storage(std::vector<Key>& table) {
  SectionKeys history(table, "history", &Settings::history);
  history.add("folder", &HistorySettings::folder, not_empty,
              "Where the history is kept; created with mode 0700.");
  history.add("retention", &HistorySettings::retention, Range<milliseconds>{1h, 3650 * kDay},
              "How long samples are kept.");
  history.add("size_limit", &HistorySettings::size_limit, Range<model::Bytes>{{8LL << 20}, {1LL << 40}},
              "The oldest samples go earlier when the file would be larger than this.");
  history.add(
      "slice", &HistorySettings::slice, PartOfAnHour{},
      "How finely the counters of the last hours are kept apart; older ones are kept by the hour. What a\n"
      "change of an index brought is measured over such slices. An hour has to be a multiple of it.");
  SectionKeys sandbox(table, "sandbox", &Settings::sandbox);
  sandbox.add(
      "folder", &SandboxSettings::folder, not_empty,
      "Where the private PostgreSQL of the planner sandbox lives; created with mode 0700. Some 100 MB.");
  sandbox.add("user", &SandboxSettings::user, anything,
              "Who runs it when pgadvisor is started as root; empty: pgadvisor, postgres or nobody.");
  sandbox.add("installations", &SandboxSettings::installations, not_empty,
              "Where PostgreSQL servers are installed: <major>/bin below it.");
}

void add_advise(std::vector<Key>& table) {
  SectionKeys keys(table, "advise", &Settings::advise);
  keys.add("interval", &AdviseSettings::interval, kPolling, "How often advice is worked out anew.");
  keys.add("window", &AdviseSettings::window, Range<milliseconds>{1h, 365 * kDay},
           "The part of the history that counts as the workload.");
  keys.add("budget", &AdviseSettings::budget, Range<model::Bytes>{{0}, {1LL << 50}},
           "Storage for all recommended indexes of a database together; 0: unlimited.");
  keys.add("max_indexes", &AdviseSettings::max_indexes, Range<int>{1, 1000},
           "Recommended indexes per database.");
  keys.add(
      "min_gain", &AdviseSettings::min_gain, Range<double>{0, 100},
      "Per cent that an index has to save of what the statements that read its table cost under the other\n"
      "indexes; and of what the workload, or one statement, costs without any of them.");
  keys.add(
      "max_slowdown", &AdviseSettings::max_slowdown, Range<double>{0, 1000},
      "Per cent that a statement may be expected to become slower, with what the planner overlooks of the\n"
      "probes of nested loops. More saves more by the planner's word, at the risk of slower statements.");
  keys.add("min_table_pages", &AdviseSettings::min_table_pages,
           Range<std::int64_t>{0, std::numeric_limits<std::int32_t>::max()},
           "No index is proposed on tables with fewer pages (of 8 kB).");
  keys.add("max_key_columns", &AdviseSettings::max_key_columns, Range<int>{1, 8}, "Key columns of an index.");
  keys.add(
      "unused_window", &AdviseSettings::unused_window, Range<milliseconds>{1h, 3650 * kDay},
      "An index is called unused when no server of the cluster scanned it for so long, and each was watched\n"
      "for 95 % of that time. Long enough for what runs once a month.");
  keys.add(
      "hotspot_learning", &AdviseSettings::hotspot_learning, Range<milliseconds>{1s, 7 * kDay},
      "How long a database is watched before a table of which nothing was read whole until then is a new\n"
      "hotspot when it is. The shorter, the more jobs are taken for news when they run for the first time.\n"
      "Tables that were read before are compared with the same hour of earlier weeks.");
  keys.add("time_limit", &AdviseSettings::time_limit, Range<milliseconds>{1s, kDay},
           "How long working out the advice for one database may take.");
}

void add_report(std::vector<Key>& table) {
  SectionKeys keys(table, "report", &Settings::report);
  keys.add(
      "schedule", &ReportSettings::schedule, cron_expression,
      "When the report is made, as crontab has it: minute, hour, day of the month, month, day of the week.\n"
      "It speaks of the time since the one before. Empty: none is made by itself.");
  keys.add(
      "time_zone", &ReportSettings::time_zone, time_zone,
      "Of the schedule and of the times in the report: UTC, or a name as Europe/Berlin (package tzdata).");
  keys.add("keep", &ReportSettings::keep, Range<int>{1, 104}, "So many reports are kept in the history.");
  keys.add("page_url", &ReportSettings::page_url, http_url,
           "Where readers of the report find the page, for the links in it; empty: no links.");
}

void add_mail(std::vector<Key>& table) {
  SectionKeys keys(table, "delivery", &Settings::delivery);
  keys.add("mail_server", &DeliverySettings::mail_server, mail_url,
           "Sends the report by mail: smtp://host:587 or smtps://host:465; empty: no mail.\n"
           "`pgadvisor report --config FILE --deliver test` sends a test message everywhere.");
  keys.add("mail_encryption", &DeliverySettings::mail_encryption, mail_encryption,
           "Of smtp:// by STARTTLS: required, offered (if the server has it) or none.");
  keys.add("mail_user", &DeliverySettings::mail_user, anything, "Who logs in there; empty: nobody.");
  keys.add("mail_password_file", &DeliverySettings::mail_password_file, anything,
           "A file whose first line is the password; only its owner should be able to read it.");
  keys.add("mail_from", &DeliverySettings::mail_from, mail_address, "The sender's address.");
  keys.add_list("mail_to", &DeliverySettings::mail_to, "The recipients' addresses.", recipient);
}

void add_delivery(std::vector<Key>& table) {
  add_mail(table);
  SectionKeys keys(table, "delivery", &Settings::delivery);
  keys.add("slack_url_file", &DeliverySettings::slack_url_file, anything,
           "Posts a summary to Slack, or what takes the same (Mattermost, Rocket.Chat): a file whose first\n"
           "line is the URL of the incoming webhook, which is a secret. Empty: none.");
  keys.add("webhook_url", &DeliverySettings::webhook_url, http_url,
           "Posts the whole report as JSON, signed as Standard Webhooks has it (webhook-id,\n"
           "webhook-timestamp, and webhook-signature: HMAC-SHA256 of both and the body). Empty: none.");
  keys.add("webhook_secret_file", &DeliverySettings::webhook_secret_file, anything,
           "A file whose first line is the secret it is signed with; whsec_... is taken as base64.");
  keys.add("ca_file", &DeliverySettings::ca_file, anything,
           "Certificate authorities to trust, in PEM; empty: the system's.");
  keys.add("timeout", &DeliverySettings::timeout, Range<milliseconds>{1s, 10min},
           "How long one attempt may take.");
  keys.add(
      "retry_after", &DeliverySettings::retry_after, Range<milliseconds>{1s, kDay},
      "How long to wait after an attempt that failed; twice as long after each further one, up to an hour.");
  keys.add(
      "give_up_after", &DeliverySettings::give_up_after, Range<milliseconds>{1h, 30 * kDay},
      "How long a report is tried to be delivered. After that, or at once where trying again is of no use,\n"
      "it is a dead letter: pgadvisor_weekly_reports_undelivered counts it, and\n"
      "`pgadvisor report ID --deliver again` tries anew.");
}

void add_publishing(std::vector<Key>& table) {
  SectionKeys http(table, "http", &Settings::http);
  http.add("address", &HttpSettings::address, ip_address,
           "Where the page, the API and the metrics are served. There is no password: keep it on loopback, "
           "or put a\n"
           "proxy that asks for one in front of it.");
  http.add("port", &HttpSettings::port, Range<std::uint16_t>{0, 65535},
           "0: any free port; the log says which.");
  SectionKeys log(table, "log", &Settings::log);
  log.add("level", &LogSettings::level, log_level, "trace, debug, info, warn or error.");
  log.add("format", &LogSettings::format, log_format, "text, or json with one object a line.");
}

}  // namespace

std::string Key::variable() const {
  std::string name_of_variable = fmt::format("PGADVISOR_{}_{}", section, name);
  std::transform(name_of_variable.begin(), name_of_variable.end(), name_of_variable.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name_of_variable;
}

const std::vector<Key>& keys() {
  static const std::vector<Key> kTable = [] {
    std::vector<Key> table;
    add_target(table);
    add_collect(table);
    add_storage(table);
    add_advise(table);
    add_report(table);
    add_delivery(table);
    add_publishing(table);
    return table;
  }();
  return kTable;
}

}  // namespace pgadvisor::config
