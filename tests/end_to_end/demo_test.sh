#!/usr/bin/env bash
# The demo shop under load: the kinds of index it was made for are recommended, from pg_stat_statements and from the
# workload file alike; once they exist, every statement they were recommended for takes less time than before.
set -euo pipefail
export LC_ALL=C
pgadvisor=$1/pgadvisor
sources=$2
# shellcheck source=deploy/lib/common.sh
source "$sources/deploy/lib/common.sh"
# shellcheck source=deploy/lib/demo.sh
source "$sources/deploy/lib/demo.sh"

work=$(mktemp -d /tmp/pgadvisor-demo-test-XXXXXX)
chmod 755 "$work"
clean_up() {
  demo_stop
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 143' INT TERM

failures=0
expect() { # expect WHAT COMMAND...
  local what=$1
  shift
  if "$@" >/dev/null; then
    echo "ok      $what"
  else
    echo "FAILED  $what"
    failures=$((failures + 1))
  fi
}

# advise FILE [OPTION...]: exit code 3 says that something was skipped, which is looked at below.
advise() {
  local file=$1 status=0
  shift
  "$pgadvisor" advise --dsn "host=$PGHOST port=$PGPORT user=$PGUSER dbname=$PGDATABASE" --format json "$@" \
    >"$file" 2>"$work/errors" || status=$?
  ((status == 0 || status == 3)) || fail "advise ended with $status: $(tail -n 5 "$work/errors")"
}

# times FILE: the statements of the load with their mean times, in one order.
times() {
  demo_psql -At -F $'\t' -c "SELECT queryid, mean_exec_time, left(regexp_replace(query, '\s+', ' ', 'g'), 70)
      FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = 'shop') ORDER BY queryid" >"$1"
}

recommended() { jq -e "[.recommendations[] | select($1)] | length > 0" "$work/statements.json"; }

mkdir "$work/server"
demo_start "$work/server"
demo_fill
demo_load 20 >"$work/load.log" 2>&1 || fail "the load failed: $(tail -n 5 "$work/load.log")"
times "$work/before"
advise "$work/statements.json"
advise "$work/file.json" --workload "$sources/deploy/demo/workload.sql"
jq -r '.recommendations[] | "\(.kind | join(", ")): \(.ddl)"' "$work/statements.json"

expect "a composite index" recommended '.kind | index("composite")'
expect "a partial index" recommended '.kind | index("partial")'
expect "a covering index" recommended '.kind | index("covering")'
expect "an index for the foreign key orders.coupon_id" recommended '.ddl | test("ON (public\\.)?orders \\(coupon_id")'
expect "no statement of the load is left out" jq -e '[.workload.skipped[]?] == []' "$work/file.json"
jq -r '[.recommendations[].ddl] | sort[]' "$work/statements.json" >"$work/set-of-statements"
jq -r '[.recommendations[].ddl] | sort[]' "$work/file.json" >"$work/set-of-file"
expect "the workload file leads to the same set" diff "$work/set-of-statements" "$work/set-of-file"
if ! diff -u "$work/set-of-statements" "$work/set-of-file"; then :; fi

jq -r '.recommendations[].ddl' "$work/statements.json" | sed 's/;*$/;/' >"$work/create.sql"
demo_psql -f "$work/create.sql"
demo_psql -c 'VACUUM (ANALYZE)'
demo_psql -c 'SELECT pg_stat_statements_reset()' >/dev/null
demo_load 20 >"$work/load.log" 2>&1 || fail "the load failed: $(tail -n 5 "$work/load.log")"
times "$work/after"

printf '\n%12s %12s   %s\n' "before, ms" "after, ms" "statement"
join -t $'\t' <(sort -t $'\t' -k1,1 "$work/before") <(sort -t $'\t' -k1,1 "$work/after") | sort -t $'\t' -k2,2gr |
  awk -F '\t' '{ printf "%12.3f %12.3f   %s\n", $2, $4, $3 }'
echo
jq -r '[.recommendations[].statements[] | select(.cost_after < .cost_before * 0.9) | .query_id] | unique[]' \
  "$work/statements.json" >"$work/helped"
expect "some statements are helped" test -s "$work/helped"
while read -r query_id; do
  # shellcheck disable=SC2016
  expect "statement $query_id takes less time" awk -F '\t' -v id="$query_id" '
    $1 == id { if (FILENAME ~ /before$/) before = $2; else after = $2 }
    END { exit !(before > 0 && after > 0 && after < before) }' "$work/before" "$work/after"
done <"$work/helped"

((failures == 0)) || fail "$failures expectations failed"
