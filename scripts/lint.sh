#!/usr/bin/env bash
# Checks the style and the rules of the code base. Prints every violation, then fails if there was any.
set -uo pipefail
cd "$(dirname "$0")/.."

# The only files that may switch a check of the compiler off; each says why it is safe.
may_be_unchecked='^(Sources/Kernels/WorkerPool\.swift|Sources/HDF5Files/HDF5Library\.swift|Sources/Reporting/Markdown\.swift|Tests/.*)$'
longest_file=400
# What belongs into the root of the repository; anything else there was left behind by somebody.
in_root='^(\.[a-z-]+|[A-Z]+(\.md)?|Makefile|Package\.(swift|resolved))$'

failures=0
complain() {
  echo "$1" >&2
  failures=$((failures + 1))
}

# Each line of the input is one violation.
complain_of_each() {
  while IFS= read -r line; do
    [ -z "$line" ] || complain "$1: $line"
  done
}

# Symbolic links are left out, so that the shared kernel sources are looked at once.
swift_files() { find Package.swift "$@" -type f -name '*.swift' | sort; }
mapfile -t sources < <(swift_files Sources)
mapfile -t all < <(swift_files Sources Tests)
mapfile -t outside_kernels < <(printf '%s\n' "${all[@]}" | grep -v '^Sources/Kernel')
mapfile -t scripts < <(find scripts -type f -not -path '*/__pycache__/*' | sort)

if ! swift format lint --strict --parallel "${all[@]}"; then
  complain "swift format has complaints; \`make format\` settles those about layout"
fi

complain_of_each "an error that ends the program" < <(grep -nE 'try!|\bfatalError\(' "${all[@]}")
complain_of_each "something left to do" < <(grep -nE '\b(TODO|FIXME|XXX)\b' "${all[@]}" "${scripts[@]}" Makefile | grep -v '^scripts/lint\.sh:')
complain_of_each "a path of one machine" < <(
  grep -nE '"(file://)?/(home|root|Users|work|opt|mnt|private)/' "${all[@]}"
  grep -nE '(^|[[:space:]"=])/(home|root|Users|work|mnt)/[a-z]' Makefile .ci/run "${scripts[@]}" | grep -v '^scripts/lint\.sh:')

for file in "${all[@]}"; do
  lines=$(wc -l <"$file")
  [ "$lines" -le "$longest_file" ] || complain "$file has $lines lines, more than $longest_file: it wants to be two"
done

complain_of_each "a file that does not belong into the root" < <(git ls-files 2>/dev/null | grep -v / | grep -vE "$in_root")

while IFS= read -r file; do
  [[ $file =~ $may_be_unchecked ]] || complain "$file switches checks of concurrency off"
done < <(grep -lE '@unchecked Sendable|nonisolated\(unsafe\)|@preconcurrency' "${all[@]}")

used=$(grep -ohE '"E0[0-9]{3}"' "${sources[@]}" | tr -d '"' | sort -u)
explained=$(find docs/errors -name 'E*.md' -exec basename {} .md \; | sort -u)
complain_of_each "no page in docs/errors for" < <(comm -23 <(echo "$used") <(echo "$explained"))
complain_of_each "a page in docs/errors that no source uses" < <(comm -13 <(echo "$used") <(echo "$explained"))
for page in docs/errors/E*.md; do
  head -n 1 "$page" | grep -qE "^# $(basename "$page" .md): " || complain "$page does not begin with its code"
done

complain_of_each "imports" < <(scripts/check-levels.sh)
complain_of_each "reads badly" < <(scripts/check-idioms.pl "${outside_kernels[@]}")

if [ "$failures" -gt 0 ]; then
  echo "$failures complaints." >&2
  exit 1
fi
echo "Style and rules are kept in ${#all[@]} files."
