#!/usr/bin/env bash
# The demo shop under load, watched by the daemon, scraped by a Prometheus: what monitoring.test.mjs checks of
# dashboards, rules and alerts.
set -euo pipefail
export LC_ALL=C
pgadvisor=$1/pgadvisor
sources=$2
# shellcheck source=deploy/lib/common.sh
source "$sources/deploy/lib/common.sh"
# shellcheck source=deploy/lib/demo.sh
source "$sources/deploy/lib/demo.sh"

work=$(mktemp -d /tmp/pgadvisor-monitoring-test-XXXXXX)
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

mkdir "$work/server"
demo_start "$work/server"
demo_fill
demo_load 20 >"$work/load.log" 2>&1 &
load_pid=$!

export PGADVISOR_TARGET_DSN="host=$PGHOST port=$PGPORT user=$PGUSER dbname=$PGDATABASE"
export PGADVISOR_TARGET_NAME=demo PGADVISOR_TARGET_INCLUDE_DATABASES=shop PGADVISOR_HTTP_PORT=0
export PGADVISOR_COLLECT_DUTY_CYCLE_LIMIT=1 PGADVISOR_COLLECT_STATEMENTS_INTERVAL=2s
export PGADVISOR_COLLECT_TEXTS_INTERVAL=2s PGADVISOR_COLLECT_RELATIONS_INTERVAL=2s PGADVISOR_ADVISE_INTERVAL=4s
export PGADVISOR_HISTORY_FOLDER=$work/history PGADVISOR_SANDBOX_FOLDER=$work/sandbox
setpriv --pdeathsig TERM -- "$pgadvisor" serve 2>"$work/pgadvisor.log" &
serve_pid=$!
url=''
for ((turn = 0; turn < 300; turn++)); do
  url=$(grep -ho 'page http://[0-9.:]*' "$work/pgadvisor.log" | cut -d ' ' -f 2) && break
  kill -0 "$serve_pid" 2>/dev/null || break
  sleep 0.1
done
[[ -n $url ]] || fail "pgadvisor did not start: $(tail -n 5 "$work/pgadvisor.log")"
PGADVISOR_URL=$url node "$sources/tests/end_to_end/monitoring.test.mjs" ||
  fail "see above; the daemon's log ends with: $(tail -n 5 "$work/pgadvisor.log")"
