#!/usr/bin/env bash
# Makes the changes that CONTRIBUTING describes, builds them, and uses what is new: each is one file, and at most one line
# elsewhere. In a copy of the sources that has a build of its own; with --in-place in the sources themselves, on top of what
# `make test` has built, and every file is as it was afterwards.
set -euo pipefail
cd "$(dirname "$0")/.."
recipes=$PWD/scripts/recipes
place=$(mktemp -d)

# Files that were added, and files that are kept in $place/kept.
added=()
kept=()

# Puts every file back as it was, with the time of now, so that the next build sees that it changed.
restore() {
  local file
  trap '' INT TERM HUP
  for file in "${added[@]}"; do rm -f "$file"; done
  for file in "${kept[@]}"; do
    rm -f "$file.new"
    cp -a "$place/kept/$file" "$file"
    touch "$file"
  done
}

case ${1:-} in
  '')
    copy=$PWD/.build/recipes/sources
    build=$PWD/.build/recipes/build
    trap 'rm -rf "$place"' EXIT
    rm -rf "$copy"
    mkdir -p "$copy"
    # Times are kept, so that the next check builds only what has changed.
    git ls-files -z --cached --others --exclude-standard -- Package.swift Sources Tests |
      xargs -0 cp -a --parents -t "$copy"
    cd "$copy"
    ;;
  --in-place)
    build=$PWD/.build
    changed=$(git status --porcelain)
    [ -z "$changed" ] || {
      printf 'commit or put away what has changed first, or make a copy, without --in-place:\n%s\n' "$changed" >&2
      rm -rf "$place"
      exit 1
    }
    trap 'restore; rm -rf "$place"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    ;;
  *)
    echo "usage: $0 [--in-place]" >&2
    exit 64
    ;;
esac

# recipe FILE FOLDER: a new file.
recipe() {
  [ ! -e "$2/$1" ] || { echo "$2/$1 is already there" >&2; exit 1; }
  added+=("$2/$1")
  cp -a "$recipes/$1" "$2/$1"
}

# line FILE MARK TEXT: one line, behind the line that MARK is in.
line() {
  [ "$(grep -cF "$2" "$1")" -eq 1 ] || { echo "$1: not one line with '$2'" >&2; exit 1; }
  if [ ! -e "$place/kept/$1" ]; then
    mkdir -p "$place/kept/$(dirname "$1")"
    cp -a "$1" "$place/kept/$1"
    kept+=("$1")
  fi
  MARK=$2 TEXT=$3 awk '{ print } index($0, ENVIRON["MARK"]) { print ENVIRON["TEXT"] }' "$1" >"$1.new"
  mv "$1.new" "$1"
}

recipe RemarkCell.swift Sources/Experiments/Cells
line Sources/Experiments/CellRegistry.swift 'CellEntry(TextCell.self),' '    CellEntry(RemarkCell.self),'

recipe TSVSource.swift Sources/Datasets/Formats
line Sources/Datasets/DataFormat.swift '    CSVSource.format,' '    TSVSource.format,'

recipe LossesPlot.swift Sources/Plots
line Sources/Plots/PlotKind.swift 'static let all: [any PlotKind.Type] = [' '    LossesPlot.self,'

recipe Hello.swift Sources/RunexpCommands
line Sources/RunexpCommands/Runexp.swift '    subcommands: [' '      Hello.self,'

line Sources/Layers/ActivationList.swift 'let composed: [Definition] = [' '    Definition("cube", means: "x³.") { x, _ in try x * x * x },'

swift build --scratch-path "$build" --product runexp
runexp=$build/debug/runexp

mkdir "$place/work"
cp "$recipes/experiment.yaml" "$place/work/all.exp"
printf 'a\tb\ty\n1\t2\t3\n2\t1\t4\n0\t1\t1\n' >"$place/work/points.tsv"
export RUNEXP_CACHE=$place/cache
(
  cd "$place/work"
  [ "$("$runexp" hello)" = hello ]
  [[ $("$runexp" describe cube) == *'x³.'* ]]
  "$runexp" run all.exp --reports reports --quiet
  grep -qF 'SOMETHING NEW' reports/all-1/report.md
  [ -s reports/all-1/figures/losses-net.png ]
)
echo "Every recipe of CONTRIBUTING is one file and at most one line elsewhere."
