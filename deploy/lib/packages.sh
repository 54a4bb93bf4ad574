# Sourced: the Debian 12 packages that pgadvisor is built from, tested with and runs on.
# shellcheck shell=bash disable=SC2034

BUILD_PACKAGES=(
  ca-certificates cmake ninja-build g++ ccache
  libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libcurl4-openssl-dev libssl-dev
  libhowardhinnant-date-dev tzdata
  libpq-dev libpg-query-dev libsqlite3-dev libspdlog-dev libfmt-dev libyaml-cpp-dev libcli11-dev prometheus-cpp-dev
  coinor-libcbc-dev
  libgtest-dev libgmock-dev
  postgresql-15 postgresql-server-dev-15
)
DEMO_PACKAGES=(curl jq util-linux)

# The Debian package of a program, only when no package of any origin brought the program.
package_of_missing() {
  command -v "$1" >/dev/null || echo "$2"
}

# The build fetches the charts of the page through npm.
npm_packages() {
  package_of_missing node nodejs
  package_of_missing npm npm
}

test_packages() {
  echo curl jq lld postgresql-15-pg-qualstats
  package_of_missing promtool prometheus
  package_of_missing amtool prometheus-alertmanager
  package_of_missing chromium chromium
  npm_packages
}

is_installed() {
  [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

apt_install() {
  quietly "apt-get install" as_root apt-get install -y -q --no-install-recommends "$@"
}

# The package of a server starts it at once, and a PostgreSQL makes a cluster on port 5432. Neither is wanted here:
# pgadvisor and its tests start servers of their own. A machine that had these packages before is left as it is.
install_packages() {
  local missing=() package
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then
    note "all packages are there"
    return
  fi
  note "missing: ${missing[*]}"
  quietly "apt-get update" as_root apt-get update -q
  local own_cluster_rule='' own_policy=''
  if ! is_installed postgresql-common && [[ " ${missing[*]} " == *" postgresql-15 "* ]]; then
    apt_install postgresql-common
    own_cluster_rule=/etc/postgresql-common/createcluster.d/pgadvisor.conf
    as_root mkdir -p "${own_cluster_rule%/*}"
    echo 'create_main_cluster = false' | as_root tee "$own_cluster_rule" >/dev/null
  fi
  local service services=()
  for service in prometheus prometheus-alertmanager; do
    [[ " ${missing[*]} " != *" $service "* ]] || services+=("$service")
  done
  if ((${#services[@]} > 0)) && [[ ! -e /usr/sbin/policy-rc.d ]]; then
    own_policy=/usr/sbin/policy-rc.d
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$own_policy" >/dev/null
    as_root chmod 755 "$own_policy"
  fi
  local status=0
  (apt_install "${missing[@]}") || status=$?
  [[ -z $own_cluster_rule ]] || as_root rm -f "$own_cluster_rule"
  if [[ -n $own_policy ]]; then
    as_root rm -f "$own_policy"
    if [[ -d /run/systemd/system ]]; then
      quietly "disabling ${services[*]}" as_root systemctl disable "${services[@]}"
    fi
  fi
  return "$status"
}
