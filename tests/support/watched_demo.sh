# Sourced with the arguments of an end-to-end test: the demo shop on a throwaway server, the load on it, and a daemon that
# watches it with short intervals. All of it ends with the script that sources this.
# shellcheck shell=bash disable=SC2034

pgadvisor=$1/pgadvisor
sources=$2
# shellcheck source=deploy/lib/common.sh
source "$sources/deploy/lib/common.sh"
# shellcheck source=deploy/lib/demo.sh
source "$sources/deploy/lib/demo.sh"

work=$(mktemp -d /tmp/pgadvisor-watched-demo-XXXXXX)
chmod 755 "$work"
serve_pid=''
load_pid=''
clean_up() {
  local pid
  for pid in $serve_pid $load_pid; do
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  demo_stop
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 143' INT TERM

fill_demo() {
  mkdir "$work/server"
  demo_start "$work/server"
  demo_fill
  export PGADVISOR_TARGET_DSN="host=$PGHOST port=$PGPORT user=$PGUSER dbname=$PGDATABASE"
}

# load_demo SECONDS [OPTION...]: in the background; the options are pgbench's.
load_demo() {
  demo_load "$@" >"$work/load.log" 2>&1 &
  load_pid=$!
}

# Settings beside the fast ones come from the environment. Leaves the daemon's address in $url.
watch_demo() {
  export PGADVISOR_TARGET_NAME=demo PGADVISOR_TARGET_INCLUDE_DATABASES=shop PGADVISOR_HTTP_PORT=0
  export PGADVISOR_COLLECT_DUTY_CYCLE_LIMIT=1 PGADVISOR_COLLECT_STATEMENTS_INTERVAL=2s
  export PGADVISOR_COLLECT_TEXTS_INTERVAL=2s PGADVISOR_COLLECT_RELATIONS_INTERVAL=2s
  export PGADVISOR_HISTORY_FOLDER=$work/history PGADVISOR_SANDBOX_FOLDER=$work/sandbox
  setpriv --pdeathsig TERM -- "$pgadvisor" serve 2>"$work/pgadvisor.log" &
  serve_pid=$!
  url=''
  local turn
  for ((turn = 0; turn < 300; turn++)); do
    url=$(grep -ho 'page http://[0-9.:]*' "$work/pgadvisor.log" | cut -d ' ' -f 2) && break
    kill -0 "$serve_pid" 2>/dev/null || break
    sleep 0.1
  done
  [[ -n $url ]] || fail "pgadvisor did not start: $(tail -n 5 "$work/pgadvisor.log")"
}

# told_by TEST: what a script of tests/end_to_end says of the daemon at $url.
told_by() {
  PGADVISOR_URL=$url node "$sources/tests/end_to_end/$1" ||
    fail "see above; the daemon's log ends with: $(tail -n 20 "$work/pgadvisor.log")"
}
