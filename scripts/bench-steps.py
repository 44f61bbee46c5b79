#!/usr/bin/env python3
"""Times training steps of five models through `runexp`, as a user runs it: shuffling, metrics, progress and logging
included. Beside it, in turn, the same steps in other frameworks.

The time of a step is the difference between a long training and a short one, by the run's own log, so that reading data
and compiling the program do not count; start and end and the peak memory are given apart. Results go to
.build/bench/steps.csv (workload, threads, framework, us_per_step, low, high) and, of all workloads, into the table of
docs/performance.md; `make performance` draws them.

Usage: bench-steps.py [--rounds N] [--workloads mlp-32,cnn] [--backends jax-scan,keras-tf] [--threads 1,2]
       bench-steps.py --only-table
Environment: RUNEXP_PEERS_PYTHON (python3), RUNEXP_PEERS (../shared/bench/peers)
"""
import argparse
import csv
import dataclasses
import glob
import json
import math
import os
import pathlib
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = ROOT / ".build/release/runexp"
RESULTS = ROOT / ".build/bench/steps.csv"
DOCUMENT = ROOT / "docs/performance.md"
BEGIN, END = "<!-- steps -->\n", "<!-- end of steps -->\n"


@dataclasses.dataclass
class Workload:
    """A model, the peers' script for it, and how long to train."""
    script: str
    batch: int
    samples: int
    """Epochs of the long training; the short one has one."""
    epochs: int
    cells: str
    """Writes what the experiment reads beside it, if anything."""
    write_data: callable = None
    """Steps of a timed repeat of the peers; theirs if not given."""
    peer_steps: int = None

    @property
    def steps(self):
        return -(-self.samples // self.batch)


def write_rows(path, header, rows):
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def wide_deep_data(folder, samples):
    draw = random.Random(0)
    rows = [[round(draw.gauss(0, 1), 5) for _ in range(8)] for _ in range(samples)]
    write_rows(folder / "data.csv", [*"abcdefgh", "y"], [r + [round(r[0] / 2 + math.sin(r[3]), 5)] for r in rows])


def sequence_data(folder, samples):
    draw = random.Random(0)
    rows = [[round(draw.gauss(0, 1), 4) for _ in range(800)] for _ in range(samples)]
    write_rows(folder / "data.csv", [f"x{i}" for i in range(800)] + ["y"], [r + [r[-16]] for r in rows])


def text_data(folder, samples):
    draw = random.Random(0)
    rows = [[draw.randrange(256) for _ in range(65)] for _ in range(samples)]
    header = [f"x{i}" for i in range(64)] + [f"y{i}" for i in range(64)]
    write_rows(folder / "data.csv", header, [r[:-1] + r[1:] for r in rows])


MLP = """
  - data: data
    source: fashion-mnist
    scale: $(1 / 255)
    split: {validation: 5000}
  - model: model
    input: [28, 28]
    layers:
      - Flatten
      - Dense: {units: 300, activation: relu}
      - Dense: {units: 100, activation: relu}
      - Dense: {units: 10, activation: softmax}
  - train: model
    loss: sparse_categorical_crossentropy
    optimizer: {SGD: {learning_rate: 0.01}}
    metrics: [accuracy]
"""
WIDE_DEEP = """
  - data: data
    csv: data.csv
    features: {wide: [a, b, c, d, e], deep: [c, d, e, f, g, h]}
    target: y
  - model: model
    inputs: {wide: [5], deep: [6]}
    layers:
      first: {Dense: {units: 30, activation: relu}, from: deep}
      second: {Dense: {units: 30, activation: relu}, from: first}
      both: {Concatenate: {}, from: [wide, second]}
      output: {Dense: {units: 1}, from: both}
    outputs: output
  - train: model
    loss: mse
    optimizer: {SGD: {learning_rate: 0.001}}
"""
CNN = """
  - data: data
    source: fashion-mnist
    scale: $(1 / 255)
    split: {validation: 55200}
  - model: model
    input: [28, 28]
    layers:
      - Reshape: {target_shape: [28, 28, 1]}
      - Conv2D: {filters: 32, kernel_size: 3, activation: relu}
      - Conv2D: {filters: 64, kernel_size: 3, activation: relu}
      - MaxPooling2D
      - Flatten
      - Dense: {units: 128, activation: relu}
      - Dropout: {rate: 0.5}
      - Dense: {units: 10, activation: softmax}
  - train: model
    loss: sparse_categorical_crossentropy
    optimizer: adam
    metrics: [accuracy]
"""
LSTM = """
  - data: data
    csv: data.csv
    target: y
    shape: [50, 16]
  - model: model
    input: [50, 16]
    layers:
      - LSTM: {units: 64, return_sequences: true}
      - LSTM: {units: 64}
      - Dense: {units: 1}
  - train: model
    loss: mse
    optimizer: adam
"""
TRANSFORMER = """
  - data: data
    csv: data.csv
    features: [%s]
    target: {next: [%s]}
    shape: [64]
  - layer: block
    layers:
      look_norm: {LayerNormalization: {epsilon: 1.0e-5}}
      look: {MultiHeadAttention: {num_heads: 4, key_dim: 32}}
      think_norm: {LayerNormalization: {epsilon: 1.0e-5}}
      wide: {Dense: {units: 512, activation: relu}}
      narrow: {Dense: {units: 128}}
    call: |
      z = look_norm(inputs)
      x = inputs + look(query=z, value=z, use_causal_mask=True)
      return x + narrow(wide(think_norm(x)))
  - model: model
    input: [64]
    layers:
      tokens: {Embedding: {input_dim: 256, output_dim: 128}}
      places: {Embedding: {input_dim: 64, output_dim: 128}}
      blocks: {block: {}, repeat: 2}
      norm: {LayerNormalization: {epsilon: 1.0e-5}}
      next: {Dense: {units: 256}}
    call: |
      x = tokens(inputs) + places(arange(64))
      for block in blocks:
          x = block(x)
      return next(norm(x))
  - train: model
    loss: {SparseCategoricalCrossentropy: {from_logits: true}}
    optimizer: adam
""" % (", ".join(f"x{i}" for i in range(64)), ", ".join(f"y{i}" for i in range(64)))

WORKLOADS = {
    "mlp-32": Workload("mlp", 32, 55000, 4, MLP),
    "mlp-256": Workload("mlp", 256, 55000, 4, MLP),
    "wide-deep": Workload("wide_deep", 32, 115200, 20, WIDE_DEEP, wide_deep_data, peer_steps=3600),
    "cnn": Workload("cnn", 64, 4800, 3, CNN),
    "lstm": Workload("lstm", 32, 2560, 5, LSTM, sequence_data, peer_steps=80),
    "transformer": Workload("transformer", 16, 640, 4, TRANSFORMER, text_data, peer_steps=40),
}
BACKENDS = "jax-scan,jax,keras-jax,keras-tf,torch"


def pinned(threads):
    """The first so many processors, as the peers take them."""
    cpus = sorted(os.sched_getaffinity(0))[:threads]
    return lambda: os.sched_setaffinity(0, cpus)


def ours(workload, folder, threads, epochs):
    """Seconds of the training cell, of the data cell, of the whole command, and its peak memory in MiB."""
    with tempfile.TemporaryDirectory() as reports:
        before = time.perf_counter()
        process = subprocess.Popen(
            [BINARY, "run", folder / "bench.exp", "--reports", reports, "--quiet", "--threads", str(threads),
             "-p", f"epochs={epochs}"], preexec_fn=pinned(threads))
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - before
        if status:
            sys.exit(f"runexp ended with status {status}")
        log = sqlite3.connect(glob.glob(f"{reports}/bench-1/run.sqlite")[0])
        cells = dict(log.execute(
            "SELECT keyword, seconds FROM cell JOIN cell_clock ON cell_clock.run = cell.run AND cell = number"))
    return cells["train"], cells["data"], wall, usage.ru_maxrss / 1024


def peer(workload, backend, threads):
    python = os.environ.get("RUNEXP_PEERS_PYTHON", "python3")
    script = pathlib.Path(os.environ.get("RUNEXP_PEERS", ROOT / "../shared/bench/peers"), workload.script + ".py")
    if not script.exists():
        return None
    steps = ["--steps", str(workload.peer_steps)] if workload.peer_steps else []
    done = subprocess.run(
        [python, script.resolve(), "--backend", backend, "--threads", str(threads), "--batch", str(workload.batch),
         "--repeats", "3", *steps], capture_output=True, text=True, cwd=script.parent)
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 and done.stdout else None


def measure(name, workload, folder, threads, arguments):
    times, start, memory, peers = [], [], [], {}
    for _ in range(arguments.rounds):
        short = ours(workload, folder, threads, 1)
        long = ours(workload, folder, threads, 1 + workload.epochs)
        times.append((long[0] - short[0]) / (workload.epochs * workload.steps) * 1e6)
        start.append(short[2] - short[0] - short[1])
        memory.append(long[3])
        for backend in filter(None, arguments.backends.split(",")):
            # A scan of convolutions takes XLA minutes.
            if backend == "jax-scan" and name == "cnn" or peers.get(backend, True) is None:
                continue
            found = peer(workload, backend, threads)
            peers.setdefault(backend, None if found is None else [])
            if found:
                peers[backend].append(found["us_per_step"])
    mine = statistics.median(times)
    print(f"{name}, {threads} thread{'s' if threads > 1 else ''}: runexp {mine:.1f} us a step "
          f"({min(times):.1f} to {max(times):.1f}), start and end {statistics.median(start):.2f} s, "
          f"peak memory {statistics.median(memory):.0f} MiB")
    for backend, all in peers.items():
        if all:
            theirs = statistics.median(all)
            print(f"    {backend:10} {theirs:8.1f} us ({min(all):.1f} to {max(all):.1f}), ratio {theirs / mine:.2f}")
        else:
            print(f"    {backend:10} not here")
    sys.stdout.flush()
    return [[name, threads, framework, round(statistics.median(all), 2), round(min(all), 2), round(max(all), 2)]
            for framework, all in [("runexp", times), *peers.items()] if all]


def duration(us):
    return f"{us:.3g} us" if us < 1000 else f"{us / 1000:.3g} ms"


def write_table():
    """Puts what was measured between the marks in docs/performance.md."""
    with open(RESULTS, newline="") as file:
        rows = list(csv.DictReader(file))
    frameworks = list(dict.fromkeys(r["framework"] for r in rows))
    found = {(r["workload"], r["threads"], r["framework"]): r for r in rows}
    lines = [f"| workload, threads | {' | '.join(frameworks)} |", "|---" * (len(frameworks) + 1) + "|"]
    for key in dict.fromkeys((r["workload"], r["threads"]) for r in rows):
        mine = float(found[*key, "runexp"]["us_per_step"])
        cells = []
        for framework in frameworks:
            row = found.get((*key, framework))
            if row is None:
                cells.append("–")
                continue
            us, low, high = (float(row[k]) for k in ("us_per_step", "low", "high"))
            spread = f"{(high - low) / us:.0%}"
            cells.append(f"**{duration(us)}** ({spread})" if framework == "runexp"
                         else f"{duration(us)} ({spread}), **{us / mine:.2f}**")
        lines.append(f"| {', '.join(key)} | {' | '.join(cells)} |")
    text = DOCUMENT.read_text()
    before, rest = text.split(BEGIN)
    DOCUMENT.write_text(before + BEGIN + "\n" + "\n".join(lines) + "\n\n" + END + rest.split(END)[1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--backends", default=BACKENDS)
    parser.add_argument("--workloads", default=",".join(WORKLOADS))
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--only-table", action="store_true", help="write the table of what was measured last")
    arguments = parser.parse_args()
    if arguments.only_table:
        return write_table()
    rows = []
    for name in arguments.workloads.split(","):
        workload = WORKLOADS[name]
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            fit = f"    data: data\n    validation: false\n    epochs: $epochs\n    batch_size: {workload.batch}\n"
            (folder / "bench.exp").write_text(
                "experiment: bench\nparams: {epochs: 1}\ncells:" + workload.cells + fit)
            if workload.write_data:
                workload.write_data(folder, workload.samples)
            for threads in map(int, arguments.threads.split(",")):
                rows += measure(name, workload, folder, threads, arguments)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    write_rows(RESULTS, ["workload", "threads", "framework", "us_per_step", "low", "high"], rows)
    if arguments.workloads == ",".join(WORKLOADS):
        write_table()


if __name__ == "__main__":
    main()
