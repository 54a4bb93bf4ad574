#!/bin/bash
# The collectors and the planner module on the PostgreSQL majors that this machine does not have: builds the latter for
# each and runs the tests of both against real servers. Takes the packages of other Debian releases and unpacks them without installing anything:
# the programs get the loader and libraries of their own release (patchelf). No release has 14 or 16 beside these.
#
#   tests/majors.sh [folder]    # default build/majors; packages stay there for the next time (1 GB)
#
# Exits with 77, saying why, where no mirror can be reached.
set -euo pipefail

source_folder=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-$source_folder/build/majors}
releases=(13:bullseye 17:trixie 18:sid)
tests=(collectors_test planner_module_test planner_scans_test planner_supports_test planner_ends_test sandbox_server_test)
mkdir -p "$folder/installations"
folder=$(cd "$folder" && pwd)

skip() { echo "SKIPPED: $1"; exit 77; }
command -v patchelf > /dev/null || skip "patchelf is missing (apt-get install patchelf)"

# An apt of its own, which knows one release and no installed package.
apt_of() {
  local major=$1 suite=$2 apt=$folder/$1/apt
  shift 2
  mkdir -p "$apt"/{state/lists/partial,cache/archives/partial,etc}
  touch "$apt/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $suite main" \
    > "$apt/etc/sources.list"
  apt-get -qq -o Dir::State="$apt/state" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" \
    -o Dir::Etc="$apt/etc" -o Dir::Etc::sourceparts=/dev/null -o APT::Install-Recommends=false \
    -o APT::Sandbox::User=root -o Debug::NoLocking=1 -o APT::Update::Error-Mode=any "$@"
}

# What the server needs is C libraries; compilers and language runtimes only hang on the development package.
unpack() {
  local deb root=$1
  shift
  for deb in "$@"; do
    case ${deb##*/} in
      llvm* | clang* | libclang* | libllvm* | gcc* | g++* | cpp* | perl* | libperl* | python* | binutils* | systemd*) ;;
      *) dpkg -x "$deb" "$root" ;;
    esac
  done
  chmod -R a+rX "$root"
}

# Absolute library folders: what the programs load in turn is looked for there as well.
use_own_libraries() {
  local root=$1 major=$2 triplet program loader
  triplet=$(gcc -print-multiarch)
  loader=$(find "$root" -name 'ld-linux-*.so.*' | head -1)
  for program in "$root/usr/lib/postgresql/$major/bin"/*; do
    file -bL "$program" | grep -q '^ELF' || continue
    patchelf --set-interpreter "$loader" --force-rpath --set-rpath "$root/lib/$triplet:$root/usr/lib/$triplet" "$program"
  done
}

install_major() {
  local major=$1 suite=$2 root=$folder/$1/root
  [ -e "$folder/installations/$major" ] && return
  apt_of "$major" "$suite" update || skip "no Debian mirror with $suite can be reached"
  apt_of "$major" "$suite" install -y --download-only "postgresql-$major" "postgresql-server-dev-$major"
  mkdir -p "$root"
  unpack "$root" "$folder/$major/apt/cache/archives"/*.deb
  use_own_libraries "$root" "$major"
  "$root/usr/lib/postgresql/$major/bin/postgres" --version
  ln -s "$root/usr/lib/postgresql/$major" "$folder/installations/$major"
}

for release in "${releases[@]}"; do install_major "${release%%:*}" "${release##*:}"; done
cmake --preset dev -S "$source_folder" -B "$folder/build" -DPGADVISOR_POSTGRES="$folder/installations" > /dev/null
cmake --build "$folder/build" --target pgadvisor_planner_modules "${tests[@]}"
failed=0
for release in "${releases[@]}"; do
  for test in "${tests[@]}"; do
    echo "PostgreSQL ${release%%:*}: $test"
    PGADVISOR_TEST_POSTGRES=$folder/installations PGADVISOR_TEST_MAJOR=${release%%:*} \
      "$folder/build/bin/$test" --gtest_brief=1 || failed=1
  done
done
exit $failed
