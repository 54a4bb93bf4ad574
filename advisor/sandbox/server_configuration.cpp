#include "advisor/sandbox/server_configuration.hpp"

#include <fmt/format.h>

namespace pgadvisor::sandbox {
namespace {

/// A value of postgresql.conf: backslashes and quotes are special there.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char character : text) {
    if (character == '\'' || character == '\\') result += character;
    result += character;
  }
  return result + "'";
}

}  // namespace

// The log keeps out errors and statements: what a monitored statement's literals were is nobody's business.
// A crash of the server is felt by the clones, which are thrown away and made anew: nothing needs to survive
// it. Planning takes one lock per table and index, and a partitioned table has many.
std::string server_configuration(const std::filesystem::path& socket_folder,
                                 const std::filesystem::path& module) {
  return fmt::format(R"(listen_addresses = ''
unix_socket_directories = {}
unix_socket_permissions = 0700
port = 5432
session_preload_libraries = {}
max_connections = 20
max_locks_per_transaction = 1024
shared_buffers = 16MB
huge_pages = off
dynamic_shared_memory_type = mmap
max_worker_processes = 2
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 128MB
autovacuum = off
jit = off
restart_after_crash = off
statement_timeout = 60s
logging_collector = off
log_destination = 'stderr'
log_min_messages = log
log_min_error_statement = panic
log_checkpoints = off
log_statement = 'none'
lc_messages = 'C'
cluster_name = 'pgadvisor sandbox'
)",
                     quoted(socket_folder.string()), quoted(module.string()));
}

}  // namespace pgadvisor::sandbox
