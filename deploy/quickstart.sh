#!/usr/bin/env bash
# Installs what pgadvisor needs, builds it and runs it: deploy/quickstart.sh [DSN]
# Without a DSN it watches a throwaway PostgreSQL 15 with a demo shop under load. Ctrl-C ends it and removes
# everything but the build. What a DSN leaves open, the password too, may come from libpq's environment or .pgpass.
# Settings of pgadvisor (PGADVISOR_HTTP_PORT=8080, ...) are taken from the environment.
set -euo pipefail
REPOSITORY=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$REPOSITORY"
source deploy/lib/common.sh
source deploy/lib/packages.sh
source deploy/lib/demo.sh

(($# <= 1)) || fail "usage: $0 [DSN]"
[[ ${1-} != -* ]] || fail "usage: $0 [DSN]"

LOAD_SECONDS=60
SECONDS_BEFORE_SERVE=12 # the load has then run every statement, so that the first advice knows them all
WORK=''
SERVE_PID=''
LOAD_PID=''

stop() { # stop PID: and wait for it
  [[ -n $1 ]] || return 0
  kill -TERM "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

clean_up() {
  local status=$?
  trap '' INT TERM
  trap - EXIT
  [[ -z $WORK ]] || step "Cleaning up"
  stop "$SERVE_PID"
  stop "$LOAD_PID"
  demo_stop
  [[ -z $WORK ]] || rm -rf "$WORK"
  exit "$status"
}

pause() { # sleeps so that a signal is handled at once
  sleep "$1" &
  wait $!
}

is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

choose_port() {
  if [[ -n ${PGADVISOR_HTTP_PORT-} ]]; then
    is_free "$PGADVISOR_HTTP_PORT" || fail "port $PGADVISOR_HTTP_PORT is in use; set PGADVISOR_HTTP_PORT to another"
    return
  fi
  PGADVISOR_HTTP_PORT=7432
  until is_free "$PGADVISOR_HTTP_PORT"; do PGADVISOR_HTTP_PORT=$((PGADVISOR_HTTP_PORT + 1)); done
  export PGADVISOR_HTTP_PORT
}

build() {
  quietly "configuring" cmake --preset release
  cmake --build --preset release >&2
}

start_demo() {
  mkdir "$WORK/server"
  step "Starting a throwaway PostgreSQL 15 in $WORK/server"
  demo_start "$WORK/server"
  step "Filling the demo shop: 1.2 million orders, 2.4 million items (some 10 seconds)"
  demo_fill
  demo_psql -At -F ' ' -c "SELECT format('    %s: %s rows, %s', relname, reltuples::bigint,
      pg_size_pretty(pg_table_size(oid))) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
      ORDER BY relpages DESC" >&2
  step "Mixed load by pgbench for $LOAD_SECONDS seconds"
  demo_load "$LOAD_SECONDS" >"$WORK/load.log" 2>&1 &
  LOAD_PID=$!
  pause "$SECONDS_BEFORE_SERVE"
  kill -0 "$LOAD_PID" 2>/dev/null || fail "the load ended early: $(tail -n 5 "$WORK/load.log")"
  grep -h '^progress' "$WORK/load.log" | sed 's/^progress: /    /' >&2 || true
  export PGADVISOR_TARGET_DSN="host=$PGHOST port=$PGPORT user=$PGUSER dbname=$PGDATABASE"
  export PGADVISOR_TARGET_NAME=demo PGADVISOR_TARGET_INCLUDE_DATABASES=shop
  # The demo is to be quick, not gentle.
  export PGADVISOR_COLLECT_DUTY_CYCLE_LIMIT=1 PGADVISOR_COLLECT_STATEMENTS_INTERVAL=5s
  export PGADVISOR_COLLECT_TEXTS_INTERVAL=5s PGADVISOR_COLLECT_RELATIONS_INTERVAL=5s
  export PGADVISOR_ADVISE_INTERVAL=15s
}

start_serve() {
  step "Starting pgadvisor serve (its log: $WORK/pgadvisor.log)"
  export PGADVISOR_HISTORY_FOLDER=${PGADVISOR_HISTORY_FOLDER:-$WORK/history}
  export PGADVISOR_SANDBOX_FOLDER=${PGADVISOR_SANDBOX_FOLDER:-$WORK/sandbox}
  setpriv --pdeathsig TERM -- build/release/bin/pgadvisor serve 2>"$WORK/pgadvisor.log" >&2 &
  SERVE_PID=$!
  local turn
  for ((turn = 0; turn < 100; turn++)); do
    if curl -sf -o "$WORK/health" "$URL/healthz"; then return; fi
    kill -0 "$SERVE_PID" 2>/dev/null || fail "pgadvisor ended: $(tail -n 5 "$WORK/pgadvisor.log")"
    pause 0.2
  done
  fail "pgadvisor does not answer on $URL: $(tail -n 5 "$WORK/pgadvisor.log")"
}

# What stands in the way, each problem once.
print_problems() {
  curl -s "$URL/readyz" | jq -r '.problems // [] | .[] |
      "\(.message)\(if (.hint // "") != "" then " (\(.hint))" else "" end)" | gsub("[[:cntrl:]]"; "?")' 2>/dev/null | while read -r line; do
    if ! grep -qxF -- "$line" "$WORK/problems"; then
      printf '%s\n' "$line" >>"$WORK/problems"
      note "not ready: $line"
    fi
  done || true
}

# Every recommendation once, as it appears. Names in it come from the database: no control characters of theirs
# reach the terminal.
print_recommendations() {
  local id text
  curl -s "$URL/api/v1/recommendations" | jq -r '.items // [] | .[] | [.id, "\(.ddl | gsub("[[:cntrl:]]"; "?"))\n        \(.kind | join(", ")); \(
      .size_bytes / 1048576 * 10 | round / 10) MB; saves \(.benefit.share * 1000 | round / 10) % of the workload"] |
      @base64 "\(.[0]) \(.[1])"' 2>/dev/null | while read -r id text; do
    if ! grep -qxF -- "$id" "$WORK/seen"; then
      printf '%s\n' "$id" >>"$WORK/seen"
      printf '\n[%3d s] %s\n' "$SECONDS" "$(base64 -d <<<"$text")"
    fi
  done || true
}

watch() {
  local load_goes_on=$LOAD_PID
  : >"$WORK/seen"
  : >"$WORK/problems"
  while true; do
    kill -0 "$SERVE_PID" 2>/dev/null || fail "pgadvisor ended: $(tail -n 5 "$WORK/pgadvisor.log")"
    print_problems
    print_recommendations
    if [[ -n $load_goes_on ]] && ! kill -0 "$load_goes_on" 2>/dev/null; then
      load_goes_on=''
      step "The load is over after $(grep -h 'actually processed' "$WORK/load.log" | grep -o '[0-9]*$') transactions"
      note "page $URL/   metrics $URL/metrics   Ctrl-C ends it all"
    fi
    pause 1
  done
}

trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

step "Packages"
mapfile -t npm < <(npm_packages)
install_packages "${BUILD_PACKAGES[@]}" "${DEMO_PACKAGES[@]}" "${npm[@]}"
step "Building pgadvisor (release; the first time takes some minutes)"
build
WORK=$(mktemp -d /tmp/pgadvisor-quickstart-XXXXXX)
chmod 755 "$WORK"
choose_port
URL=http://127.0.0.1:$PGADVISOR_HTTP_PORT
if (($# == 1)); then
  export PGADVISOR_TARGET_DSN=$1
else
  start_demo
fi
start_serve
step "pgadvisor is up; recommendations appear here (Ctrl-C ends it all)"
note "page     $URL/"
note "metrics  $URL/metrics"
watch
