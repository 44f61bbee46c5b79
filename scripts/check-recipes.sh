#!/usr/bin/env bash
# Makes the changes that CONTRIBUTING describes in a copy of the sources, builds it, and uses what is new: each is one
# file, and at most one line elsewhere.
set -euo pipefail
cd "$(dirname "$0")/.."
recipes=$PWD/scripts/recipes
copy=$PWD/.build/recipes/sources

rm -rf "$copy"
mkdir -p "$copy"
# Times are kept, so that the next check builds only what has changed.
git ls-files -z --cached --others --exclude-standard -- Package.swift Sources Tests | xargs -0 cp -a --parents -t "$copy"
cd "$copy"

# recipe FILE FOLDER: a new file.
recipe() { cp -a "$recipes/$1" "$2/$1"; }

# line FILE MARK TEXT: one line, behind the line that MARK is in.
line() {
  [ "$(grep -cF "$2" "$1")" -eq 1 ] || { echo "$1: not one line with '$2'" >&2; exit 1; }
  MARK=$2 TEXT=$3 awk '{ print } index($0, ENVIRON["MARK"]) { print ENVIRON["TEXT"] }' "$1" >"$1.new"
  mv "$1.new" "$1"
}

recipe RemarkCell.swift Sources/Experiments/Cells
line Sources/Experiments/Cell.swift 'CellEntry(TextCell.self),' '    CellEntry(RemarkCell.self),'

recipe TSVSource.swift Sources/Datasets/Formats
line Sources/Datasets/DataFormat.swift '    CSVSource.format,' '    TSVSource.format,'

recipe LossesPlot.swift Sources/Experiments/Plots
line Sources/Experiments/Plots/PlotKind.swift 'static let all: [PlotKind] = [' '    losses,'

recipe Hello.swift Sources/RunexpCommands
line Sources/RunexpCommands/Runexp.swift '    subcommands: [' '      Hello.self,'

line Sources/Layers/ActivationList.swift 'let composed: [Definition] = [' '    Definition("cube", means: "x³.") { x, _ in try x * x * x },'

swift build --scratch-path ../build --product runexp
runexp=$PWD/../build/debug/runexp

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cp "$recipes/experiment.yaml" "$place/all.exp"
printf 'a\tb\ty\n1\t2\t3\n2\t1\t4\n0\t1\t1\n' >"$place/points.tsv"
cd "$place"
export RUNEXP_CACHE=$place/cache
[ "$("$runexp" hello)" = hello ]
"$runexp" describe cube | grep -qF 'x³.'
"$runexp" run all.exp --reports reports --quiet
grep -qF 'SOMETHING NEW' reports/all-1/report.md
[ -s reports/all-1/figures/losses-net.png ]
echo "Every recipe of CONTRIBUTING is one file and at most one line elsewhere."
