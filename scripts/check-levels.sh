#!/usr/bin/env bash
# Prints every dependency or import of Package.swift's targets that does not point down its levels ("// Level 2"), and
# every import of a target that is not declared as a dependency.
set -euo pipefail
cd "$(dirname "$0")/.."

# Lines "target level dependency…" in the order of Package.swift. A declaration lasts until its parentheses close.
declared=$(awk '
  /^ *\/\/ Level [0-9]/ { level = $3 + 0; inside = 1; next }
  /^ *\/\/ Tests/ { inside = 0; next }
  !inside { next }
  {
    if (depth == 0) text = ""
    text = text " " $0
    depth += gsub(/\(/, "(") - gsub(/\)/, ")")
    if (depth > 0 || text !~ /(target|Target|kernels|system)\(/) next
    text0 = text
    gsub(/\.product\([^)]*\)/, "", text)
    sub(/settings:.*|swiftSettings:.*|define:.*|pkgConfig:.*/, "", text)
    line = ""
    while (match(text, /"[A-Za-z0-9_-]+"/)) {
      line = line == "" ? substr(text, RSTART + 1, RLENGTH - 2) " " level : line " " substr(text, RSTART + 1, RLENGTH - 2)
      text = substr(text, RSTART + RLENGTH)
    }
    # What the function of the same name adds.
    if (text0 ~ /kernels\(/) line = line " KernelABI"
    if (line != "") print line
  }' Package.swift)

declare -A level
while read -r target rest; do level[$target]=${rest%% *}; done <<<"$declared"

while read -r target own dependencies; do
  for other in $dependencies; do
    [ -n "${level[$other]:-}" ] || continue
    [ "${level[$other]}" -lt "$own" ] || echo "$target (level $own) depends on $other (level ${level[$other]})"
  done
  [ -d "Sources/$target" ] || continue
  for other in $(grep -rhoE '^ *((public|package|internal|private|fileprivate) +)?(@[a-z_]+ +)*import +[A-Za-z0-9_]+' "Sources/$target/" --include '*.swift' |
    awk '{ print $NF }' | sort -u); do
    [ -n "${level[$other]:-}" ] || continue
    [ "${level[$other]}" -lt "$own" ] || echo "$target (level $own) imports $other (level ${level[$other]})"
    [[ " $dependencies " == *" $other "* ]] || echo "$target imports $other without depending on it"
  done
done <<<"$declared"
