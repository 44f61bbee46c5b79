#!/usr/bin/env bash
# Installs the system packages that the build, the tests and the examples need, and those that are named. Does nothing when
# all are there.
set -euo pipefail

packages=(
  pkg-config
  libhdf5-dev libsqlite3-dev libcairo2-dev libzip-dev zlib1g-dev libssl-dev libcmark-gfm-dev libcmark-gfm-extensions-dev
  fonts-dejavu-core
  dataset-fashion-mnist
  "$@"
)

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  cat >&2 <<EOF
This is no Debian or Ubuntu, so system packages are not installed here. What they are called on Debian:
  ${packages[*]}
Install their counterparts, or use a container of the image swift:6.3-bookworm.
EOF
  # Whoever has them under other names goes on; the build says what is really missing.
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "Missing packages, and no sudo to install them. As root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "Installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
