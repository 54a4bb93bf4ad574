# Sourced by the scripts of pgadvisor: saying what happens, and becoming root where that is needed.
# shellcheck shell=bash

export DEBIAN_FRONTEND=noninteractive

step() { printf '\n==> %s\n' "$*" >&2; }
note() { printf '    %s\n' "$*" >&2; }
fail() {
  printf '\nerror: %s\n' "$*" >&2
  exit 1
}

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -- env DEBIAN_FRONTEND=noninteractive "$@"
  else
    fail "this needs root: $* (start the script as root, or install sudo)"
  fi
}

# quietly WHAT COMMAND...: the command's output only when it fails.
quietly() {
  local what=$1 log status=0
  shift
  log=$(mktemp)
  "$@" >"$log" 2>&1 || status=$?
  if ((status != 0)); then tail -n 40 "$log" >&2; fi
  rm -f "$log"
  ((status == 0)) || fail "$what failed"
}
