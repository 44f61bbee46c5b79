#!/usr/bin/env bash
# Times matrix products beside NumPy (and torch, where it is), then the training steps of other frameworks.
#
# RUNEXP_PEERS_PYTHON: the interpreter that has them (python3). RUNEXP_PEERS: a folder with their training scripts.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${RUNEXP_PEERS_PYTHON:-python3}

if ! command -v "$python" >/dev/null; then
  echo "Nothing to compare with: there is no '$python'. Set RUNEXP_PEERS_PYTHON. Own times:"
  exec .build/release/runexp-bench gemm
fi

for threads in 1 2; do
  "$python" scripts/bench-peers.py --threads "$threads" .build/release/runexp-bench
done

# Five models through `runexp`, beside the same trainings in other frameworks.
"$python" scripts/bench-steps.py

# Writing and reading of a large model, beside h5py and Keras.
.build/release/runexp-bench files
"$python" scripts/bench-files.py

# Ten thousand runs in one folder.
.build/release/runexp-bench log

# Checking of experiments, and of a table of two million rows.
.build/release/runexp-bench analysis experiments/*.exp
