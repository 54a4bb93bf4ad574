#!/usr/bin/env bash
# Takes the README's screenshots of the page, on the demo shop: tests/end_to_end/screenshots.sh build/dev/bin .
set -euo pipefail
export LC_ALL=C
# shellcheck source=tests/support/watched_demo.sh
source "$2/tests/support/watched_demo.sh"

fill_demo
load_demo 75
sleep 12 # the load has then run every statement, so that the first advice knows them all
export PGADVISOR_ADVISE_INTERVAL=15s
watch_demo
PGADVISOR_URL=$url node "$2/tests/end_to_end/page/screenshots.mjs" "$2/deploy/screenshots"
ls -l "$2"/deploy/screenshots
