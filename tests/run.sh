#!/usr/bin/env bash
# Installs what is missing, builds and runs all tests: tests/run.sh [dev|asan|tsan]
# As root or with sudo on Debian 12, from any folder. asan leaves out what only runs other programs or compares
# figures, tsan all in which one thread runs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source deploy/lib/common.sh
source deploy/lib/packages.sh

preset=${1:-dev}
target=all
selection=()
case $preset in
  dev) ;;
  asan)
    target=memory_tests
    selection=(-L '^(unit|pg)$' -LE '^figures$')
    ;;
  tsan)
    target=threaded_tests
    selection=(-L '^threads$')
    ;;
  *) fail "usage: $0 [dev|asan|tsan]" ;;
esac
# g++ 12's thread sanitizer does not cope with as much address randomisation as newer kernels use.
run=()
if [[ $preset == tsan ]] && setarch "$(uname -m)" -R true 2>/dev/null; then run=(setarch "$(uname -m)" -R); fi

step "Packages"
mapfile -t extra < <(test_packages | tr ' ' '\n')
install_packages "${BUILD_PACKAGES[@]}" "${extra[@]}"

mapfile -t manifests < <(find tests -name package.json -not -path '*/node_modules/*' -not -path './build/*')
for file in "${manifests[@]}"; do
  folder=$(dirname "$file")
  # npm ci installs all anew each time.
  if [[ $folder/node_modules/.package-lock.json -nt $folder/package-lock.json ]]; then continue; fi
  step "npm ci in $folder"
  (cd "$folder" && quietly "npm ci in $folder" npm ci --no-audit --no-fund)
done

step "Build ($preset)"
quietly "configuring" cmake --preset "$preset"
"${run[@]}" cmake --build --preset "$preset" --target "$target" >&2

step "Tests ($preset)"
exec "${run[@]}" ctest --preset "$preset" -j "$(nproc)" "${selection[@]}"
