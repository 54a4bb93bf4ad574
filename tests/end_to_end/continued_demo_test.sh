#!/usr/bin/env bash
# The demo, continued: recommendations are applied and measured, a useless index is called so, a needed one is dropped
# and missed, and Prometheus tells of it. What happens is in continued_demo.test.mjs. To watch it:
#   tests/end_to_end/continued_demo_test.sh build/dev/bin .
set -euo pipefail
export LC_ALL=C
# shellcheck source=tests/support/watched_demo.sh
source "$2/tests/support/watched_demo.sh"

fill_demo
# The one that will be dropped, and missed.
demo_psql -c 'CREATE INDEX items_product_id_idx ON items (product_id)'
load_demo 900 --rate=40
sleep 8 # the load has then run every statement, so that the first advice knows them all
export PGADVISOR_HISTORY_SLICE=2s PGADVISOR_ADVISE_HOTSPOT_LEARNING=10s PGADVISOR_ADVISE_INTERVAL=15s
export PGADVISOR_COLLECT_FINGERPRINT_INTERVAL=2s
watch_demo
PGADVISOR=$pgadvisor told_by continued_demo.test.mjs
