#!/usr/bin/env python3
"""Times a training step of the Fashion-MNIST classifier (784-300-100-10, SGD) through `runexp`, as a user runs it:
shuffling, accuracy, progress and logging included. Beside it, in turn, the same step in other frameworks.

The time of a step is the difference between a training of 5 epochs and one of 1, by the run's own log, so that reading
data and compiling the program do not count; both are printed apart.

Usage: bench-mlp.py [--rounds N] [--backends jax-scan,keras-tf]
Environment: RUNEXP_PEERS_PYTHON (python3), RUNEXP_PEERS (../shared/bench/peers)
"""
import argparse
import glob
import json
import os
import pathlib
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = ROOT / ".build/release/runexp"
EXPERIMENT = """
experiment: bench
params: {epochs: 1, batch: 32}
cells:
  - data: fashion
    source: fashion-mnist
    scale: $(1 / 255)
    split: {validation: 5000}
  - model: mlp
    input: [28, 28]
    layers:
      - Flatten
      - Dense: {units: 300, activation: relu}
      - Dense: {units: 100, activation: relu}
      - Dense: {units: 10, activation: softmax}
  - train: mlp
    data: fashion
    validation: false
    loss: sparse_categorical_crossentropy
    optimizer: {SGD: {learning_rate: 0.01}}
    metrics: [accuracy]
    epochs: $epochs
    batch_size: $batch
"""


def pinned(threads):
    """The first so many processors, as the peers take them."""
    cpus = sorted(os.sched_getaffinity(0))[:threads]
    return lambda: os.sched_setaffinity(0, cpus)


def ours(batch, threads, epochs):
    """Seconds of the training cell, of the data cell, of the whole command, and its peak memory in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "bench.exp")
        file.write_text(EXPERIMENT)
        before = time.perf_counter()
        process = subprocess.Popen(
            [BINARY, "run", file, "--reports", folder, "--quiet", "--threads", str(threads),
             "-p", f"epochs={epochs}", "-p", f"batch={batch}"], preexec_fn=pinned(threads))
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - before
        if status:
            sys.exit(f"runexp ended with status {status}")
        log = sqlite3.connect(glob.glob(f"{folder}/bench-1/run.sqlite")[0])
        cells = dict(log.execute(
            "SELECT keyword, seconds FROM cell JOIN cell_clock ON cell_clock.run = cell.run AND cell = number"))
    return cells["train"], cells["data"], wall, usage.ru_maxrss / 1024


def peer(backend, batch, threads):
    python = os.environ.get("RUNEXP_PEERS_PYTHON", "python3")
    script = pathlib.Path(os.environ.get("RUNEXP_PEERS", ROOT / "../shared/bench/peers"), "mlp.py")
    if not script.exists():
        return None
    done = subprocess.run(
        [python, script, "--backend", backend, "--threads", str(threads), "--batch", str(batch), "--repeats", "3"],
        capture_output=True, text=True, cwd=script.parent)
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 and done.stdout else None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--backends", default="jax-scan,jax,keras-jax,keras-tf,torch")
    arguments = parser.parse_args()
    for batch in (32, 256):
        steps = -(-55000 // batch)
        for threads in (1, 2):
            times, start, first, memory, peers = [], [], [], [], {}
            for _ in range(arguments.rounds):
                short = ours(batch, threads, 1)
                long = ours(batch, threads, 5)
                times.append((long[0] - short[0]) / (4 * steps) * 1e6)
                start.append(short[2] - short[0] - short[1])
                memory.append(long[3])
                for backend in arguments.backends.split(","):
                    if backend in peers and peers[backend] is None:
                        continue
                    found = peer(backend, batch, threads)
                    peers.setdefault(backend, None if found is None else [])
                    if found:
                        peers[backend].append(found["us_per_step"])
            mine = statistics.median(times)
            print(f"MLP batch {batch}, {threads} thread{'s' if threads > 1 else ''}: runexp {mine:.0f} us a step "
                  f"({min(times):.0f} to {max(times):.0f}), start and end {statistics.median(start):.2f} s, "
                  f"peak memory {statistics.median(memory):.0f} MiB")
            for backend, all in peers.items():
                if all:
                    theirs = statistics.median(all)
                    print(f"    {backend:10} {theirs:6.0f} us ({min(all):.0f} to {max(all):.0f}), ratio {theirs / mine:.2f}")
                else:
                    print(f"    {backend:10} not here")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
