#!/usr/bin/env python3
"""Has the readers of other programs judge what runexp exports of a run.

A small experiment is run, exported to every format, and read by TensorBoard's event accumulator, by MLflow after its own
migration of the file store, by nbformat's validator and by Python's csv and json. Every logged value has to come out
as it is in the CSV file; a count is printed for each kind, and the exit status is 1 if anything differs.

usage: interop-reports.py [--keep FOLDER]
Python with the packages: RUNEXP_KERAS_PYTHON, else the virtual environment .build/keras, which gets what it lacks.
The program: RUNEXP, else .build/release/runexp.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

from interop_python import python_with

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGES = {"nbformat": "nbformat==5.11.1", "tensorboard": "tensorboard==2.21.0", "sqlalchemy": "mlflow==3.17.2"}
EXPERIMENT = """
experiment: interop
title: "Small: it's for \\"other\\" programs"
seed: 3
params: {rate: 0.02, words: "two words", layers: [8, 4]}
cells:
  - text: |
      # Prose with *markup*
      Rate {{ rate }}.
  - data: iris
    source: iris
    standardize: true
    shuffle: true
    split: {validation: 0.2, test: 0.2}
  - model: m
    input: [4]
    layers:
      - Dense: {units: 8, activation: relu}
      - Dense: {units: 3, activation: softmax}
  - train: m
    data: iris
    loss: sparse_categorical_crossentropy
    optimizer: {Adam: {learning_rate: $rate}}
    metrics: [accuracy]
    epochs: 4
  - plot: gradient_norms
    of: m
    format: svg
  - evaluate: m
    data: iris
  - check: [test.accuracy > 0.1]
  - save: m
"""


def make(folder):
    """Runs the experiment in a folder and exports it."""
    program = os.environ.get("RUNEXP", str(ROOT / ".build/release/runexp"))
    (folder / "interop.exp").write_text(EXPERIMENT)

    def runexp(*arguments):
        done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"runexp {' '.join(arguments)}: exit status {done.returncode}\n{done.stderr}")

    runexp("interop.exp", "-q", "--tensorboard")
    runexp("report", "interop-1", "--format", "ipynb")
    for form in ["tensorboard", "mlflow", "ipynb"]:
        runexp("export", "interop-1", "--to", form)
    for form in ["csv", "jsonl"]:
        runexp("export", "interop-1", "--to", form, "-o", f"points.{form}")


def judge(folder):
    """Reads everything with the other programs; runs in the Python that has them."""
    import csv
    import json
    import struct

    points = list(csv.DictReader(open(folder / "points.csv", newline="")))
    counts, failures = {}, []

    def expect(kind, found, wanted, what):
        counts[kind] = counts.get(kind, 0) + 1
        if found != wanted:
            failures.append(f"{kind}: {what} is {found!r}, not {wanted!r}")

    def single(value):
        return struct.unpack("f", struct.pack("f", float(value)))[0]

    lines = [json.loads(line) for line in open(folder / "points.jsonl")]
    expect("jsonl", len(lines), len(points), "the number of lines")
    for line, point in zip(lines, points):
        epoch = int(point["epoch"]) if point["epoch"] else None
        wanted = dict(point, epoch=epoch, step=int(point["step"]), value=float(point["value"]))
        expect("jsonl", line, wanted, "a line")

    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    for root in [folder / "tensorboard/interop-1", folder / "reports/interop-1/tensorboard"]:
        loaded = {}
        for point in points:
            held_out = point["metric"].startswith("val_")
            part = {"m": "m/validation" if held_out else "m/train"}.get(point["series"], point["series"])
            if part not in loaded:
                loaded[part] = EventAccumulator(str(root / part))
                loaded[part].Reload()
            tag = point["metric"].removeprefix("val_")
            step = int(point["epoch"] or point["step"])
            values = [event.value for event in loaded[part].Scalars(tag) if event.step == step]
            expect("tensorboard", values, [single(point["value"])], f"{part}/{tag} at {step}")

    subprocess.run(
        [str(pathlib.Path(sys.executable).parent / "mlflow"), "migrate-filestore", "--source", str(folder),
         "--target", f"sqlite:///{folder}/mlflow.db"], check=True, capture_output=True)
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
    client = mlflow.MlflowClient()
    experiment = client.get_experiment_by_name("interop")
    runs = client.search_runs([experiment.experiment_id])
    expect("mlflow", len(runs), 1, "the number of runs")
    run = runs[0]
    expect("mlflow", run.info.run_name, "interop-1", "the name")
    expect("mlflow", run.info.status, "FINISHED", "the status")
    expect("mlflow", run.data.params, {"rate": "0.02", "words": "two words", "layers": "[8, 4]"}, "the parameters")
    expect("mlflow", run.data.tags["runexp.title"], "Small: it's for \"other\" programs", "the title")
    for point in points:
        name = f"{point['series']}.{point['metric']}"
        step = int(point["epoch"] or point["step"])
        values = [metric.value for metric in client.get_metric_history(run.info.run_id, name) if metric.step == step]
        expect("mlflow", values, [float(point["value"])], f"{name} at {step}")

    import nbformat

    for path in [folder / "interop-1.ipynb", folder / "reports/interop-1/report.ipynb"]:
        notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
        expect("ipynb", (notebook.nbformat, notebook.nbformat_minor), (4, 5), "the version")
        try:
            nbformat.validate(notebook)
            expect("ipynb", True, True, "validity")
        except nbformat.ValidationError as error:
            expect("ipynb", str(error), "", "validity")
        kinds = [cell.cell_type for cell in notebook.cells]
        expect("ipynb", kinds, ["markdown"] * 2 + ["code"] * 7 + ["markdown"], "the cells")
        pictures = [o for cell in notebook.cells for o in cell.get("outputs", []) if "image/png" in o.data]
        expect("ipynb", len(pictures), 1, "the number of pictures")

    for kind, count in counts.items():
        print(f"{kind:12} {count:4} checks")
    for failure in failures:
        print("FAILED", failure)
    return 1 if failures or len(counts) < 4 else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", metavar="FOLDER", type=pathlib.Path, help="where to leave what was made")
    parser.add_argument("--judge", metavar="FOLDER", type=pathlib.Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.judge:
        return judge(options.judge)
    python = python_with(PACKAGES)
    with tempfile.TemporaryDirectory() as scratch:
        folder = (options.keep or pathlib.Path(scratch)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        make(folder)
        environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", MLFLOW_DISABLE_TELEMETRY="true")
        return subprocess.run([python, __file__, "--judge", str(folder)], env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
