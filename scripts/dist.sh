#!/usr/bin/env bash
# Packs runexp with everything it needs but the C library: dist/runexp-VERSION-linux-ARCH.tar.gz and the same as a .deb.
#
# `make dist` builds first. What is packed runs on every system with the C library of Ubuntu 22.04 or a later one.
set -euo pipefail
cd "$(dirname "$0")/.."

newest_glibc=2.35 # of Ubuntu 22.04; the check below fails if something asks for more
most_megabytes=40

for tool in patchelf strip objdump dpkg-deb python3; do
  if ! command -v "$tool" >/dev/null; then
    echo "'$tool' is missing: apt-get install patchelf binutils dpkg python3" >&2
    exit 1
  fi
done

version=$(.build/release/runexp --version)
name=runexp-$version-linux-$(uname -m)
out=dist
stage=$out/$name
rm -rf "$stage" "$out/deb"
mkdir -p "$stage/lib/runexp" "$stage/licenses"

# All files carry the time of the commit, so that the same commit packs to the same bytes.
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}

make --no-print-directory install-files DESTDIR= PREFIX="$PWD/$stage" >/dev/null
install -m 644 README.md CHANGELOG.md "$stage"

strip --strip-unneeded "$stage/bin/runexp"
patchelf --force-rpath --set-rpath "\$ORIGIN/../lib/runexp" "$stage/bin/runexp"

# Libraries: all that the program loads, but for those of the C library itself. Each keeps the name of its file, which runs
# record, beside the name it is loaded by.
loaded() { ldd "$stage/bin/runexp" | awk '$2 == "=>" && $3 ~ /^\// { print $1, $3 }'; }
dpkg -L libc6 | grep -E '\.so(\.[0-9]+)?$' | xargs -n 1 basename | sort -u >"$out/libc-files"
put() {
  local file
  file=$(readlink -f "$2")
  install -m 644 "$file" "$stage/lib/runexp/$(basename "$file")"
  [ "$(basename "$file")" = "$1" ] || ln -s "$(basename "$file")" "$stage/lib/runexp/$1"
}

# HDF5 first: half of all libraries are there for files in the cloud, which it opens over the network if it is asked to, and
# runexp never asks.
read -r soname path < <(loaded | grep '^libhdf5')
put "$soname" "$path"
scripts/loosen-library.py "$stage/lib/runexp/$soname" without libcurl.so.4
patchelf --remove-needed libcurl.so.4 "$(readlink -f "$stage/lib/runexp/$soname")"

owners=()
while read -r soname path; do
  ! grep -qx "$soname" "$out/libc-files" || continue
  if [ ! -e "$stage/lib/runexp/$soname" ]; then put "$soname" "$path"; fi
  # Debian lists files of before /usr was merged without it.
  file=$(readlink -f "/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo x86_64-linux-gnu)/$soname")
  owner=$(dpkg -S "$file" 2>/dev/null || dpkg -S "${file#/usr}" 2>/dev/null) || {
    echo "no package owns $file, so its licence is not known" >&2
    exit 1
  }
  owners+=("${owner%%:*}")
done < <(loaded)
rm "$out/libc-files"

# The only symbols of a newer C library are random numbers for the seeds of hash tables: libbsd, which is here, has them too.
for library in "$stage"/lib/runexp/lib{expat,stdc++}.so.*; do
  [ ! -L "$library" ] && [ -e "$library" ] || continue
  patchelf --add-needed libbsd.so.0 "$library"
  scripts/loosen-library.py "$library" glibc "$newest_glibc" arc4random arc4random_buf
done

# Fonts, and settings in which they are found wherever all this lies.
fonts=$stage/share/runexp/fonts
install -d "$fonts"
install -m 644 /usr/share/fonts/truetype/dejavu/DejaVuSans{,-Bold}.ttf "$fonts"
install -m 644 scripts/dist-fonts.conf "$fonts/fonts.conf"
owners+=(fonts-dejavu-core)

# Licences: runexp's own, those of the Swift packages and of Swift itself, and those of the libraries.
install -m 644 LICENSE "$stage"
for package in .build/checkouts/*/; do
  grep -q "/$(basename "$package")[\".]" Package.swift || continue
  for text in "$package"LICENSE*; do install -m 644 "$text" "$stage/licenses/$(basename "$package").txt"; done
done
swift_license=$(dirname "$(readlink -f "$(command -v swiftc)")")/../share/swift/LICENSE.txt
install -m 644 "$swift_license" "$stage/licenses/swift.txt"
for package in $(printf '%s\n' "${owners[@]}" | sort -u); do
  install -m 644 "/usr/share/doc/$package/copyright" "$stage/licenses/$package.txt"
done

# Nothing may ask for what the oldest system has not.
asked=$(for file in "$stage/bin/runexp" "$stage"/lib/runexp/*; do
  scripts/loosen-library.py "$file" newest
done | sort -uV | tail -n 1)
if [ "$(printf '%s\n' "$asked" "$newest_glibc" | sort -V | tail -n 1)" != "$newest_glibc" ]; then
  echo "something needs glibc $asked, more than $newest_glibc" >&2
  exit 1
fi

pack() { tar --create --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner "$@"; }
pack --directory "$out" "$name" | gzip -9 --no-name >"$out/$name.tar.gz"

# The package: the same below /opt, links where the system looks.
deb=$out/deb
install -d "$deb/opt" "$deb/usr/bin" "$deb/usr/share" "$deb/DEBIAN"
cp -a "$stage" "$deb/opt/runexp"
ln -s /opt/runexp/bin/runexp "$deb/usr/bin/runexp"
for folder in man bash-completion fish; do mv "$deb/opt/runexp/share/$folder" "$deb/usr/share/$folder"; done
# Debian's zsh looks for those of packages in another folder.
install -d "$deb/usr/share/zsh"
mv "$deb/opt/runexp/share/zsh/site-functions" "$deb/usr/share/zsh/vendor-completions"
rmdir "$deb/opt/runexp/share/zsh"
gzip -9 --no-name "$deb/usr/share/man/man1/runexp.1"
install -d "$deb/usr/share/doc/runexp"
cat LICENSE >"$deb/usr/share/doc/runexp/copyright"
printf '\nThe licences of the libraries are in /opt/runexp/licenses.\n' >>"$deb/usr/share/doc/runexp/copyright"
cat >"$deb/DEBIAN/control" <<END
Package: runexp
Version: $version
Architecture: $(dpkg --print-architecture)
Maintainer: the authors of runexp <runexp@localhost>
Installed-Size: $(du -sk --exclude=DEBIAN "$deb" | cut -f1)
Depends: libc6 (>= $newest_glibc)
Section: science
Priority: optional
Description: runs deep-learning experiments from readable files
 One file says everything about an experiment; one command runs it, logs it,
 draws its figures, saves its model in Keras's formats and writes it up.
END
find "$deb" -print0 | xargs -0 touch --no-dereference --date="@$epoch"
SOURCE_DATE_EPOCH=$epoch dpkg-deb --root-owner-group -Zxz -z6 --build "$deb" "$out/runexp_${version}_$(dpkg --print-architecture).deb" >/dev/null
rm -rf "$deb"

for file in "$out/$name.tar.gz" "$out"/*.deb; do
  size=$(stat -c %s "$file")
  echo "$file: $(numfmt --to=si --suffix=B "$size")"
  if [ "$size" -gt $((most_megabytes * 1000 * 1000)) ]; then
    echo "more than $most_megabytes MB" >&2
    exit 1
  fi
done
echo "glibc $asked or later"
