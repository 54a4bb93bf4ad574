#include "daemon/http/server.hpp"

#include "daemon/lifecycle.hpp"
#include "daemon/report_desk.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/sample_publication.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

namespace pgadvisor::daemon::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
namespace json = boost::json;
using namespace pgadvisor::testing;
using namespace std::chrono_literals;
using asio::ip::tcp;
using ::testing::HasSubstr;
using ClientResponse = bhttp::response<bhttp::string_body>;

/// The server on a free loopback port, run by a thread of its own.
class Daemon {
 public:
  explicit Daemon(Limits limits = {}, const std::string& address = "127.0.0.1") {
    publication_.publish(sample_report());
    publication_.publish(sample_status());
    EXPECT_TRUE(lifecycle_.load());
    for (const auto& database : sample_report().databases) EXPECT_TRUE(lifecycle_.advised(database));
    const Decisions decisions{[this](const std::string& id, const lifecycle::Event& decision) {
                                return lifecycle_.decide(id, decision);
                              },
                              &clock_};
    publish_a_report();
    const ReportRequests reports{[this](model::Seconds length) { return desk_.make(length); },
                                 [this](const std::string& id) { return desk_.deliver_again(id); }};
    server_ =
        Server::start(context_, {address, 0}, publication_, metrics_, decisions, limits, reports).value();
    thread_ = std::thread([this] {
      context_.run();
      ended_.set_value();
    });
  }
  ~Daemon() {
    server_->stop();
    thread_.join();
  }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  Publication& publication() { return publication_; }
  Server& server() { return *server_; }
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }
  /// Whether the context runs out of work within this time.
  bool ends_within(std::chrono::milliseconds time) {
    return ended_future_.wait_for(time) == std::future_status::ready;
  }

 private:
  /// With a delivery that goes on, and one that was given up.
  void publish_a_report() {
    auto report = desk_.make(model::Seconds(3600)).value();
    report.id = "20260304T060000Z";
    report.deliveries = {
        {.channel = "mail",
         .attempts = 1,
         .since = sample_time(),
         .next_at = sample_time(),
         .trouble = kHostile},
        {.channel = "webhook", .state = DeliveryState::kDead, .attempts = 9, .since = sample_time()}};
    publication_.publish(KeptReports{
        {std::make_shared<const KeptReport>(std::move(report))}, {"mail", "webhook"}, sample_time()});
  }

  TemporaryFolder folder_;
  model::SystemClock clock_;
  history::History history_ =
      history::History::open({.file = folder_.path() / "history.sqlite"}, clock_).value();
  Publication publication_;
  Lifecycle lifecycle_{history_, publication_, clock_, {}};
  ReportDesk desk_{history_, publication_, clock_, {}, [](const auto&, const std::string&) { return false; }};
  metrics::Metrics metrics_;
  asio::io_context context_;
  std::promise<void> ended_;
  std::future<void> ended_future_ = ended_.get_future();
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

/// A blocking client; every operation fails the test process after some seconds by the socket's own time
/// limit.
class Client {
 public:
  explicit Client(const Daemon& daemon, int receive_buffer = 0) : socket_(context_) {
    socket_.open(tcp::v4());
    if (receive_buffer > 0) socket_.set_option(asio::socket_base::receive_buffer_size(receive_buffer));
    const timeval limit{5, 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    socket_.connect({asio::ip::make_address("127.0.0.1"), daemon.port()});
  }

  void send(const std::string& text) { asio::write(socket_, asio::buffer(text)); }
  void send_get(const std::string& path) { send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"); }

  /// `to_head`: no body follows, whatever the header says.
  ClientResponse receive(bool to_head = false) {
    bhttp::response_parser<bhttp::string_body> parser;
    parser.body_limit(256U << 20);
    parser.skip(to_head);
    bhttp::read(socket_, buffer_, parser);
    return parser.release();
  }
  ClientResponse get(const std::string& path) {
    send_get(path);
    return receive();
  }
  /// Until something of an answer is there.
  void wait() { socket_.wait(tcp::socket::wait_read); }
  /// Whether the server closes the connection (and says nothing more) within `time`.
  bool closed_within(std::chrono::milliseconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    char byte = 0;
    boost::system::error_code error;
    const std::size_t size = socket_.read_some(asio::buffer(&byte, 1), error);
    const bool ended = error == asio::error::eof || error == asio::error::connection_reset;
    return size == 0 && ended && std::chrono::steady_clock::now() < until;
  }

 private:
  asio::io_context context_;
  tcp::socket socket_;
  beast::flat_buffer buffer_;
};

/// An answer far larger than what the sockets hold for a client that does not read.
advisor::Report large_report() {
  advisor::Report report = sample_report();
  report.databases.front().advice.findings.assign(9000, {"limitation", "", "", std::string(3000, 'x')});
  return report;
}
constexpr const char* kLargeList = "/api/v1/findings?database=shop&limit=10000";

TEST(HttpServer, AnswersEveryRouteOnOneConnection) {
  Daemon daemon;
  Client client(daemon);
  for (const char* path :
       {"/", "/assets/style.css", "/assets/app.js", "/assets/uPlot.esm.js", "/assets/icon.svg", "/metrics",
        "/healthz", "/readyz", "/openapi.json", "/api/v1/recommendations", "/api/v1/recommendations/r1shop",
        "/api/v1/indexes", "/api/v1/hotspots", "/api/v1/hotspot_readings", "/api/v1/statements",
        "/api/v1/findings", "/api/v1/targets", "/api/v1/status"}) {
    const ClientResponse response = client.get(path);
    EXPECT_EQ(response.result_int(), 200u) << path;
    EXPECT_TRUE(response.keep_alive()) << path;
    EXPECT_EQ(response.body().size(), std::stoul(response["Content-Length"])) << path;
    EXPECT_EQ(response["X-Content-Type-Options"], "nosniff") << path;
  }
}

TEST(HttpServer, ServesThePageAsItIsInTheSource) {
  Daemon daemon;
  Client client(daemon);
  for (const auto& [path, file] : {std::pair{"/", "daemon/web/index.html"},
                                   {"/assets/app.js", "daemon/web/app.js"},
                                   {"/openapi.json", "daemon/http/openapi.json"}}) {
    std::ifstream stream(std::filesystem::path(PGADVISOR_SOURCE_DIR) / file);
    const std::string source{std::istreambuf_iterator<char>(stream), {}};
    EXPECT_EQ(client.get(path).body(), source) << path;
  }
}

TEST(HttpServer, AnswersHeadLikeGetWithoutTheBody) {
  Daemon daemon;
  Client client(daemon);
  const ClientResponse full = client.get("/api/v1/status");
  client.send("HEAD /api/v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const ClientResponse head = client.receive(true);
  EXPECT_EQ(head.result_int(), 200u);
  EXPECT_EQ(head["Content-Length"], full["Content-Length"]);
  EXPECT_EQ(head["Content-Type"], full["Content-Type"]);
  EXPECT_EQ(client.get("/healthz").body(), R"({"status":"ok"})");
}

TEST(HttpServer, AnswersPipelinedRequestsInTheirOrder) {
  Daemon daemon;
  Client client(daemon);
  client.send(
      "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /none HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.receive().result_int(), 200u);
  EXPECT_EQ(client.receive().result_int(), 404u);
}

TEST(HttpServer, ClosesWhenTheClientAsksForIt) {
  Daemon daemon;
  Client client(daemon);
  client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_FALSE(client.receive().keep_alive());
  EXPECT_TRUE(client.closed_within(2s));
}

TEST(HttpServer, SaysNotModifiedWithoutABody) {
  Daemon daemon;
  Client client(daemon);
  const std::string tag(client.get("/assets/app.js")["ETag"]);
  client.send("GET /assets/app.js HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: " + tag + "\r\n\r\n");
  EXPECT_EQ(client.receive().result_int(), 304u);
  EXPECT_EQ(client.get("/healthz").result_int(), 200u);
}

TEST(HttpServer, RefusesOtherMethodsUnknownPathsAndForeignHosts) {
  Daemon daemon;
  Client client(daemon);
  client.send("POST /api/v1/status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
  const ClientResponse method = client.receive();
  EXPECT_EQ(method.result_int(), 405u);
  EXPECT_EQ(method["Allow"], "GET, HEAD");
  EXPECT_EQ(client.get("/none").result_int(), 404u);
  EXPECT_EQ(client.get("/api/v1/indexes?limit=x").result_int(), 400u);
  client.send("GET /api/v1/status HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  EXPECT_EQ(client.receive().result_int(), 421u);
  client.send("GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n");
  EXPECT_EQ(client.receive().result_int(), 400u);
}

TEST(HttpServer, ChecksTheHostOnlyOnLoopback) {
  Daemon daemon({}, "0.0.0.0");
  Client client(daemon);
  client.send("GET /healthz HTTP/1.1\r\nHost: db7.example\r\n\r\n");
  EXPECT_EQ(client.receive().result_int(), 200u);
}

void expect_refused(const Daemon& daemon, const std::string& request, unsigned status) {
  Client client(daemon);
  client.send(request);
  const ClientResponse response = client.receive();
  EXPECT_EQ(response.result_int(), status);
  EXPECT_EQ(response["Content-Type"], "application/problem+json");
  EXPECT_EQ(json::parse(response.body()).at("status"), status);
  EXPECT_FALSE(response.keep_alive());
  EXPECT_TRUE(client.closed_within(4s));
}

TEST(HttpServer, RefusesWhatIsTooLargeOrNoHttp) {
  Daemon daemon;
  const std::string line = "GET / HTTP/1.1\r\nHost: localhost\r\n";
  expect_refused(daemon, line + "X: " + std::string(17U << 10, 'x') + "\r\n\r\n", 431);
  expect_refused(daemon, line + "Content-Length: 65537\r\n\r\n", 413);
  expect_refused(daemon, line + "Content-Length: 65537\r\n\r\n" + std::string(65537, 'x'), 413);
  const std::string chunk = "4000\r\n" + std::string(0x4000, 'x') + "\r\n";
  expect_refused(daemon, line + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk + chunk + chunk + chunk,
                 413);
  expect_refused(daemon, "\x16\x03\x01\x02 this is TLS\r\n\r\n", 400);
  expect_refused(daemon, line + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400);
}

TEST(HttpServer, TakesABodyUpToTheLimit) {
  Daemon daemon;
  Client client(daemon);
  client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65536\r\n\r\n" +
              std::string(65536, 'x'));
  EXPECT_EQ(client.receive().result_int(), 200u);
}

TEST(HttpServer, DropsIdleAndSlowClients) {
  Limits limits;
  limits.idle = 150ms;
  Daemon daemon(limits);
  Client idle(daemon);
  Client slow(daemon);
  slow.send("GET /healthz HT");
  std::this_thread::sleep_for(100ms);
  slow.send("TP/1.1\r\nHost: local");  // a drip does not start the clock anew
  EXPECT_TRUE(slow.closed_within(2s));
  EXPECT_TRUE(idle.closed_within(2s));
  EXPECT_EQ(Client(daemon).get("/healthz").result_int(), 200u);
}

TEST(HttpServer, DropsAClientThatDoesNotRead) {
  Limits limits;
  limits.idle = 200ms;
  Daemon daemon(limits);
  daemon.publication().publish(large_report());
  Client client(daemon, 4096);
  client.send_get(kLargeList);
  client.wait();
  std::this_thread::sleep_for(500ms);
  EXPECT_THROW((void)client.receive(), boost::system::system_error);
}

TEST(HttpServer, SaysWhenTooManyConnectionsAreOpenAndRecovers) {
  Limits limits;
  limits.connections = 2;
  Daemon daemon(limits);
  auto first = std::make_unique<Client>(daemon);
  Client second(daemon);
  EXPECT_EQ(first->get("/healthz").result_int(), 200u);
  EXPECT_EQ(second.get("/healthz").result_int(), 200u);
  expect_refused(daemon, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 503);
  first.reset();
  unsigned status = 503;
  for (int attempt = 0; attempt < 50 && status == 503; ++attempt) {
    std::this_thread::sleep_for(10ms);
    status = Client(daemon).get("/healthz").result_int();
  }
  EXPECT_EQ(status, 200u);
}

TEST(HttpServer, StopsAtOnceWithIdleConnections) {
  Daemon daemon;
  Client fresh(daemon);
  Client used(daemon);
  Client half(daemon);
  EXPECT_EQ(used.get("/healthz").result_int(), 200u);
  half.send("GET /healthz HT");
  daemon.server().stop();
  EXPECT_TRUE(daemon.ends_within(1s));
  EXPECT_TRUE(used.closed_within(1s));
  EXPECT_THROW(Client{daemon}, boost::system::system_error);
  daemon.server().stop();  // once more does no harm
}

TEST(HttpServer, FinishesAnswersInProgressWhenStopped) {
  Daemon daemon;
  daemon.publication().publish(large_report());
  Client client(daemon, 4096);
  client.send_get(kLargeList);
  client.wait();
  daemon.server().stop();
  EXPECT_EQ(json::parse(client.receive().body()).at("items").as_array().size(), 9001u);
  EXPECT_TRUE(client.closed_within(1s));
  EXPECT_TRUE(daemon.ends_within(1s));
}

TEST(HttpServer, StopsInTimeWhenAClientDoesNotRead) {
  Limits limits;
  limits.stop_grace = 200ms;
  Daemon daemon(limits);
  daemon.publication().publish(large_report());
  Client client(daemon, 4096);
  client.send_get(kLargeList);
  client.wait();
  daemon.server().stop();
  EXPECT_FALSE(daemon.ends_within(50ms));
  EXPECT_TRUE(daemon.ends_within(2s));
}

TEST(HttpServer, SaysWhyItCannotListen) {
  Daemon daemon;
  asio::io_context context;
  Publication publication;
  metrics::Metrics metrics;
  const auto taken = Server::start(context, {"127.0.0.1", daemon.port()}, publication, metrics);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().next, model::NextStep::kGiveUp);
  EXPECT_THAT(taken.error().message, HasSubstr("127.0.0.1 port " + std::to_string(daemon.port())));
  const auto name = Server::start(context, {"example.org", 0}, publication, metrics);
  ASSERT_FALSE(name);
  EXPECT_THAT(name.error().message, HasSubstr("example.org"));
  EXPECT_THAT(name.error().hint, HasSubstr("http.address"));
}

/// Runs a shell command; its output goes to this test's.
int run(const std::string& command) {
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(HttpServer, ServesMetricsThatPromtoolAccepts) {
  Daemon daemon;
  const auto file =
      std::filesystem::path(::testing::TempDir()) / ("metrics." + std::to_string(daemon.port()));
  std::ofstream(file) << Client(daemon).get("/metrics").body();
  EXPECT_EQ(run("promtool check metrics < '" + file.string() + "' 2>&1"), 0)
      << "promtool is in Debian's package prometheus";
  std::filesystem::remove(file);
}

/// Scripts of tests/end_to_end that take a running daemon: the one here in each of its states.
void expect_script_passes(const std::string& name) {
  const std::string folder = std::string(PGADVISOR_SOURCE_DIR) + "/tests/end_to_end";
  ASSERT_TRUE(std::filesystem::exists(folder + "/node_modules")) << "run: npm ci --prefix " << folder;
  Daemon daemon;
  const std::string command = "PGADVISOR_URL=" + daemon.url() + " node '" + folder + "/" + name + "' 2>&1";
  EXPECT_EQ(run(command), 0) << "ready, with a report";
  Status status = sample_status();
  status.problems = {sample_problem()};
  daemon.publication().publish(status);
  EXPECT_EQ(run(command), 0) << "with a problem";
  daemon.publication().publish(Status{});
  daemon.publication().publish(advisor::Report{});
  EXPECT_EQ(run(command), 0) << "before the first poll";
}

TEST(HttpServer, AnswersAsItsDescriptionSays) {
  expect_script_passes("openapi.test.mjs");
}

}  // namespace
}  // namespace pgadvisor::daemon::http
