"""Times matrix products of runexp-bench beside those of NumPy and torch, and prints a Markdown table.

In each round every library in turn times all products in a process of its own, on as many processors as it may use.
Taking turns product by product would be fairer to look at, but threads that have slept run badly for a while.
"""

import argparse
import importlib.util
import math
import os
import statistics
import subprocess
import sys
import time

SHAPES = [
    "nn 32 300 784", "nn 32 100 300", "nn 32 10 100", "tn 784 300 32", "tn 300 100 32", "nt 32 300 100",
    "nn 256 300 784", "nn 256 100 300", "tn 784 300 256", "tn 300 100 256", "nt 256 300 100",
    *[f"nn {s} {s} {s}" for s in (64, 128, 192, 256, 384, 512, 768, 1024, 2048)],
    "nn 43264 32 9", "nn 36864 64 288", "tn 288 64 36864", "nt 36864 288 64", "nn 64 128 9216",
    "tn 9216 128 64", "nt 64 9216 128", "nn 1024 384 128", "nn 1024 512 128", "nn 1024 128 512",
    "tn 128 512 1024", "nn 32 256 64", "nn 1600 256 16",
]
# What would make OpenBLAS choose other kernels than it does by itself.
FORCED = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


def product(library, kind, m, n, k):
    """One product of a library, as a function without arguments."""
    import numpy as np

    r = np.random.default_rng(0)
    a = r.uniform(-1, 1, (k, m) if kind == "tn" else (m, k)).astype(np.float32)
    b = r.uniform(-1, 1, (n, k) if kind == "nt" else (k, n)).astype(np.float32)
    a, b = (a.T if kind == "tn" else a), (b.T if kind == "nt" else b)
    c = np.empty((m, n), np.float32)
    if library == "numpy":
        return lambda: np.matmul(a, b, out=c)
    import torch

    a, b, c = torch.from_numpy(a), torch.from_numpy(b), torch.from_numpy(c)
    return lambda: torch.mm(a, b, out=c)


def serve(library, threads, budget):
    """Answers each line "nn 32 300 784" with its microseconds, as `runexp-bench gemm --interactive` does."""
    if library == "torch":
        import torch

        torch.set_num_threads(threads)
        torch.set_grad_enabled(False)
    products = {}
    for line in sys.stdin:
        if line not in products:
            kind, *sizes = line.split()
            products = {line: product(library, kind, *map(int, sizes))}
        f = products[line]
        f()
        start = time.perf_counter()
        f()
        calls = max(1, int(budget / (time.perf_counter() - start)))
        start = time.perf_counter()
        for _ in range(calls):
            f()
        print(line.strip(), round((time.perf_counter() - start) / calls * 1e6, 1), flush=True)


def wait_until_quiet(limit):
    """Waits until the processors have idled for a tenth of a second, or `limit` seconds; says whether they have."""

    def idle():
        with open("/proc/stat") as file:
            values = [int(v) for v in file.readline().split()[1:]]
        return values[3] + values[4], sum(values[:8])

    end = time.monotonic() + limit
    while True:
        free, total = idle()
        time.sleep(0.1)
        now_free, now_total = idle()
        if now_free - free >= 0.9 * (now_total - total):
            return True
        if time.monotonic() > end:
            return False


def time_all(command, shapes, threads):
    """Microseconds of each product, from a process held to the first `threads` processors before it makes a thread."""
    processors = sorted(os.sched_getaffinity(0))[:threads]
    environment = {key: value for key, value in os.environ.items() if key not in FORCED}
    for key in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        environment[key] = str(threads)
    answers = subprocess.run(
        command, input="".join(shape + "\n" for shape in shapes), capture_output=True, text=True, env=environment,
        preexec_fn=lambda: os.sched_setaffinity(0, processors))
    lines = answers.stdout.splitlines()
    if answers.returncode != 0 or len(lines) != len(shapes):
        sys.exit(f"{' '.join(command)} failed:\n{answers.stderr}")
    return [float(line.split()[4]) for line in lines]


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("bench", nargs="?", help="the program runexp-bench")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--isa", help="avx2 or avx512, to time other kernels than the best")
    p.add_argument("--rounds", type=int, default=7)
    p.add_argument("--budget", type=float, default=0.03, help="seconds for one timing")
    p.add_argument("--patience", type=float, default=15, help="seconds to wait before a run for a quiet machine")
    p.add_argument("--only", help="shapes that contain this text")
    p.add_argument("--serve", help=argparse.SUPPRESS)
    o = p.parse_args()
    if o.serve:
        return serve(o.serve, o.threads, o.budget)
    if not o.bench:
        p.error("which runexp-bench?")

    libraries = []
    for name in ("numpy", "torch"):
        if importlib.util.find_spec(name) is None:
            print(f"{name}: skipped, {sys.executable} has no module {name}")
        else:
            libraries.append(name)
    if not libraries:
        print("Nothing to compare with.")
        return

    common = ["--threads", str(o.threads), "--budget", str(o.budget)]
    isa = ["--isa", o.isa] if o.isa else []
    commands = {"runexp": [o.bench, "gemm", "--interactive", *common, *isa]}
    for name in libraries:
        commands[name] = [sys.executable, __file__, "--serve", name, *common]

    shapes = [s for s in SHAPES if not o.only or o.only in s]
    times = {name: {s: [] for s in shapes} for name in commands}
    busy = 0
    for _ in range(o.rounds):
        for name, command in commands.items():
            busy += not wait_until_quiet(o.patience)
            for shape, time_of_one in zip(shapes, time_all(command, shapes, o.threads)):
                times[name][shape].append(time_of_one)
    if busy:
        print(f"The machine was busy before {busy} of {len(commands) * o.rounds} runs: trust the shortest times more.")
    report(shapes, times, o)


def report(shapes, times, options):
    names = list(times)
    threads = f"{options.threads} thread{'s' if options.threads > 1 else ''}"
    print(f"\nGFLOP/s, {threads}, medians of {options.rounds}; ratio: the best library's time / runexp's\n")
    print("| m × n × k | " + " | ".join(names) + " | ratio | of shortest times |")
    print("|---" * (len(names) + 3) + "|")
    logs = {"median": [], "shortest": []}
    for shape in shapes:
        kind, m, n, k = shape.split()
        operations = 2e-3 * int(m) * int(n) * int(k)
        median = {name: statistics.median(times[name][shape]) for name in names}
        shortest = {name: min(times[name][shape]) for name in names}
        ratios = [min(t[name] for name in names[1:]) / t["runexp"] for t in (median, shortest)]
        for key, ratio in zip(logs, ratios):
            logs[key].append(math.log(ratio))
        speeds = " | ".join(f"{operations / median[name]:.0f}" for name in names)
        print(f"| {kind} {m} × {n} × {k} | {speeds} | {ratios[0]:.2f} | {ratios[1]:.2f} |")
    means = [math.exp(statistics.fmean(values)) for values in logs.values()]
    print(f"\nGeometric mean of the ratio: {means[0]:.3f} (shortest times: {means[1]:.3f})\n", flush=True)


if __name__ == "__main__":
    main()
