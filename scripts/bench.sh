#!/usr/bin/env bash
# Times matrix products beside NumPy (and torch, where it is), then the training steps of other frameworks.
#
# RUNEXP_PEERS_PYTHON: the interpreter that has them (python3). RUNEXP_PEERS: a folder with their training scripts.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${RUNEXP_PEERS_PYTHON:-python3}
peers=${RUNEXP_PEERS:-../shared/bench/peers}

if ! command -v "$python" >/dev/null; then
  echo "Nothing to compare with: there is no '$python'. Set RUNEXP_PEERS_PYTHON. Own times:"
  exec .build/release/runexp-bench gemm
fi

for threads in 1 2; do
  "$python" scripts/bench-peers.py --threads "$threads" .build/release/runexp-bench
done

if [ ! -d "$peers" ]; then
  echo "No training scripts of other frameworks in '$peers': set RUNEXP_PEERS."
  exit 0
fi
for batch in 32 256; do
  for threads in 1 2; do
    for backend in jax-scan:jax jax:jax torch:torch; do
      if "$python" -c "import ${backend#*:}" 2>/dev/null; then
        "$python" "$peers/mlp.py" --backend "${backend%:*}" --threads "$threads" --batch "$batch"
      else
        echo "mlp, ${backend%:*}: skipped, $python has no module ${backend#*:}"
      fi
    done
  done
done
