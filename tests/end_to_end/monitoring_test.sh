#!/usr/bin/env bash
# The demo shop under load, watched by the daemon, scraped by a Prometheus: what monitoring.test.mjs checks of
# dashboards, rules and alerts.
set -euo pipefail
export LC_ALL=C
# shellcheck source=tests/support/watched_demo.sh
source "$2/tests/support/watched_demo.sh"

fill_demo
load_demo 20
PGADVISOR_ADVISE_INTERVAL=4s watch_demo
told_by monitoring.test.mjs
