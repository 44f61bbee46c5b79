#!/usr/bin/env bash
# Unpacks dist/*.tar.gz into a root that holds nothing but the C library, and runs it there: doctor, an experiment, its
# report, and reproduce. Then the same of the .deb.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1-}" != inside ]; then
  # Roots and mounts of one's own; without being root, in a namespace of users.
  user=()
  [ "$(id -u)" -eq 0 ] || user=(--user --map-root-user)
  exec unshare "${user[@]}" --mount --pid --fork "$0" inside
fi

mount --make-rprivate /
root=$(mktemp -d)
mount -t tmpfs tmpfs "$root"

# What Debian's libc6 puts there, and no other file.
make_root() {
  mkdir -p "$root/tmp" "$root/proc" "$root/dev" "$root/var/cache" "$root/runs"
  dpkg -L libc6 | grep -E '^(/usr)?/lib.*/[^/]*\.so(\.[0-9]+)?$' | grep -v gconv | while read -r file; do
    install -D "$file" "$root$file"
  done
  mkdir -p "$root/lib64"
  cp "$(readlink -f /lib64/ld-linux-x86-64.so.2)" "$root/lib64/ld-linux-x86-64.so.2"
  mount -t proc proc "$root/proc"
  touch "$root/dev/null"
  mount --bind /dev/null "$root/dev/null"
}

# Runs the program in the root, in /runs there.
chroot=$(command -v chroot)
inside() { env -i "$chroot" --userspec=0:0 "$root" "$program" "$@"; }

fail() {
  echo "test-dist: $1" >&2
  exit 1
}

try() {
  program=$1
  # The program is asked for its folder's files from another folder.
  cp experiments/iris.exp "$root/runs/iris.exp"
  inside doctor --reports /runs | tee "$root/runs/doctor" | grep -v mnist
  grep -q '✓ figures' "$root/runs/doctor" || fail "doctor finds no fonts"
  inside run /runs/iris.exp --quiet --reports /runs/reports
  [ -s "$root/runs/reports/iris-1/report.html" ] || fail "no report was written"
  file "$root"/runs/reports/iris-1/figures/*.png 2>/dev/null | head -n 1
  inside archive iris-1 --reports /runs/reports -o /runs/iris.zip
  inside reproduce /runs/iris.zip --quiet
  inside explain E0204 >/dev/null
  inside describe Dense >/dev/null
  rm -rf "$root/runs"/*
}

make_root
tar -xzf dist/runexp-*-linux-"$(uname -m)".tar.gz -C "$root"
try "/$(basename dist/runexp-*-linux-"$(uname -m)".tar.gz .tar.gz)/bin/runexp"
rm -rf "$root"/runexp-*
dpkg-deb --extract dist/runexp_*.deb "$root"
try /usr/bin/runexp
echo "The tarball and the package run where there is only a C library."
