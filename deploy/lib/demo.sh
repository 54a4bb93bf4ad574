# Sourced: a throwaway PostgreSQL 15 with the demo shop of deploy/demo. The caller owns $1 of demo_start, a folder
# that everybody may enter, and calls demo_stop before it removes the folder.
# shellcheck shell=bash disable=SC2034

DEMO_FOLDER=$(cd "$(dirname "${BASH_SOURCE[0]}")/../demo" && pwd)
DEMO_BINARIES=/usr/lib/postgresql/15/bin
DEMO_PID=''

# demo_run COMMAND...: as an unprivileged user, because PostgreSQL refuses root; ends with this script, however it ends.
demo_run() {
  local become=()
  if ((EUID == 0)); then become=(--reuid=postgres --regid=postgres --clear-groups); fi
  exec setpriv "${become[@]}" --pdeathsig INT -- "$@"
}

demo_configure() {
  cat >>"$1/data/postgresql.conf" <<CONFIGURATION
listen_addresses = ''
unix_socket_directories = '$1'
shared_preload_libraries = 'pg_stat_statements'
shared_buffers = 256MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
# Nothing in it has to survive a crash.
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
CONFIGURATION
}

# Fills PGHOST, PGUSER and PGDATABASE, and forgets what else the environment says about servers.
demo_environment() {
  local name
  for name in $(compgen -e PG); do
    [[ $name == PGADVISOR_* ]] || unset "$name"
  done
  export PGHOST=$1 PGPORT=5432 PGUSER=postgres PGDATABASE=shop
}

demo_start() {
  local folder=$1
  if ((EUID == 0)); then chown postgres "$folder"; fi
  demo_environment "$folder"
  (cd / && demo_run "$DEMO_BINARIES/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 \
    --no-sync --no-instructions) >"$folder/log" 2>&1 || fail "initdb failed: $(tail -n 5 "$folder/log")"
  demo_configure "$folder"
  (cd / && demo_run "$DEMO_BINARIES/postgres" -D "$folder/data") >>"$folder/log" 2>&1 &
  DEMO_PID=$!
  local turn
  for ((turn = 0; turn < 300; turn++)); do
    if "$DEMO_BINARIES/pg_isready" -q -d postgres; then return; fi
    kill -0 "$DEMO_PID" 2>/dev/null || break
    sleep 0.1
  done
  fail "the demo's PostgreSQL did not start: $(tail -n 5 "$folder/log")"
}

demo_stop() {
  [[ -n $DEMO_PID ]] || return 0
  kill -INT "$DEMO_PID" 2>/dev/null || true
  wait "$DEMO_PID" 2>/dev/null || true
  DEMO_PID=''
}

demo_psql() { "$DEMO_BINARIES/psql" -X -q -v ON_ERROR_STOP=1 "$@"; }

# 1.2 million orders, 2.4 million items: about 10 seconds on two cores.
demo_fill() {
  local part pids=() pid
  "$DEMO_BINARIES/createdb" shop
  demo_psql -f "$DEMO_FOLDER/schema.sql" -c 'CREATE EXTENSION pg_stat_statements'
  for part in orders items others; do
    demo_psql -f "$DEMO_FOLDER/data/$part.sql" >/dev/null &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || fail "the demo's data could not be made"; done
  demo_psql -f "$DEMO_FOLDER/constraints.sql"
  demo_psql -c 'VACUUM (ANALYZE)'
  demo_psql -c 'SELECT pg_stat_statements_reset()' -c 'SELECT pg_stat_reset()' >/dev/null
}

# demo_load SECONDS [OPTION...]: the mixed load, with a line of progress every ten seconds; the options are pgbench's.
demo_load() {
  local arguments=() name weight
  while read -r name weight; do
    arguments+=(-f "$DEMO_FOLDER/load/$name.sql@$weight")
  done <"$DEMO_FOLDER/load/weights"
  (cd / && exec setpriv --pdeathsig TERM -- "$DEMO_BINARIES/pgbench" -n -M prepared -c 4 -j 2 -P 10 -T "$1" \
    --random-seed=1 "${@:2}" "${arguments[@]}")
}
