#!/usr/bin/env bash
# The page in a headless Chromium, on a daemon that watches the demo shop under load: page.test.mjs, page/.
set -euo pipefail
export LC_ALL=C
# shellcheck source=tests/support/watched_demo.sh
source "$2/tests/support/watched_demo.sh"

fill_demo
# Names that are markup somewhere else, and indexes that can go whatever ANALYZE drew.
demo_psql <<'SQL'
CREATE TABLE "<img src=x onerror=alert(1)>" (a int, "<script>alert(2)</script>" int);
CREATE INDEX "<b onmouseover=alert(3)>" ON "<img src=x onerror=alert(1)>" ("<script>alert(2)</script>");
CREATE INDEX "&lt;i&gt;" ON "<img src=x onerror=alert(1)>" ("<script>alert(2)</script>");
CREATE INDEX coupons_code_idx ON coupons (code);
SQL
load_demo 25
export PGADVISOR_ADVISE_INTERVAL=5s PGADVISOR_COLLECT_FINGERPRINT_INTERVAL=2s
watch_demo
PGADVISOR_PID=$serve_pid told_by page.test.mjs
