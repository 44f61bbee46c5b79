#!/usr/bin/env python3
"""Converts model files with runexp and has real Keras judge what came out.

Every model file of the collection (../shared/keras/fixtures/models, else the files committed with the tests) is
converted to Keras 3 .h5, Keras 2 .h5 and .keras, and loaded in the Keras it was written for, which must predict,
evaluate and train on as the collection's data says; of the stateful models committed with the tests it must predict
twice as before. Every file is accounted for:

  ok        Keras agrees in every check
  known     Keras disagrees, and runexp's warning said so, or it is a fault of Keras's own: one listed below, or what the
            same Keras says to the digit of the file that was converted (rounding differs from processor to processor)
  unread    runexp does not read the file yet: its classes are counted
  FAILED    anything else; the exit status is 1

Exit status 69: Keras is not here and cannot be installed.

usage: interop.py [--only TEXT] [--sample N] [--keep FOLDER]
Python with Keras: RUNEXP_KERAS_PYTHON, else a virtual environment is made in .build/keras.
The program: RUNEXP, else .build/release/runexp.
"""
import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from interop_python import python_with

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared/keras"
PACKAGES = {
    "keras": "keras==3.15.1", "tensorflow": "tensorflow-cpu==2.21.0", "tf_keras": "tf-keras==2.21.0", "h5py": "h5py==3.14.0"
}
KINDS = [("keras3", ".h5"), ("keras2", ".h5"), ("keras3", ".keras")]

# Failures that are not the file's fault: (format, pattern of the file, pattern of the failed checks or of those with
# their details, why).
KNOWN = [
    (
        "keras[23]",
        "_func_norms[.]",
        r"weights-final 14 arrays, max abs diff 0\.00\d+ bad at \[8, 10\]",
        "a bias before batch normalization has a gradient of rounding alone, which Adam makes as large as any: in these "
        "two variables Keras 2 and 3 differ from each other as much",
    ),
    (
        "keras[23]",
        "_text_rnn[.]",
        "train-losses|weights-final|optimizer-final",
        "Keras 3 on TensorFlow trains an embedding by sparse gradients, whose squares Adam adds up use by use",
    ),
    (
        "keras[23]",
        r"_(opt_sgd|opt_sgd_(expdecay|invtime)|seq_(mlp|regression|regularized|loss_\w+)|func_merges)[.]",
        "optimizer-(vs-sidecar|final)",
        "descent without momentum: Keras 2 keeps the last step, which nothing reads; Keras 3 keeps nothing",
    ),
    (
        "keras[23]",
        "_seq_compiled_untrained[.]",
        "optimizer-vs-sidecar",
        "an optimizer that was not used yet is saved with the slots it starts with; Keras saves none",
    ),
    (
        "keras[23]",
        "^k2_seq_compiled_untrained[.]|^k3_seq_compiled_untrained[.]",
        "optimizer-vs-sidecar|evaluate|train-losses",
        "Keras 2 takes the accuracy of a model that was never trained for another one",
    ),
    (
        "keras3",
        "^k2_func_(aux_dict|aux_list|three_heads|nested_out|nested_out_seq)[.]",
        "evaluate|train-losses",
        "Keras 3 logs losses of single outputs unweighted by batch, and only one of two outputs of one name",
    ),
    (
        "keras2",
        "^k3_func_(aux_dict|aux_list|three_heads|nested_out|nested_out_seq)[.]",
        "evaluate|train-losses",
        "Keras 3 logs losses of single outputs unweighted by batch, and only one of two outputs of one name",
    ),
    (
        "keras2",
        "^masks_(decoder|transformer)[.]",
        "predictions",
        "attention of Keras 3 takes the masks of its inputs away where it runs, and that of Keras 2 passes them on",
    ),
    ("keras2", "^masks_given[.]", "predictions", "a mask that is given to a layer of Keras 2 must be of truth values"),
]

# Loads files before and after and compares predictions, where there is no collection with a judge of its own.
JUDGE = """
import json, sys
import numpy as np
def model(path, api):
    if api == "2":
        import tf_keras as k
    else:
        import keras as k
    return k.models.load_model(path, compile=False)
def batch(rng, shape, dtype):
    x = rng.integers(1, 5, shape) if "int" in dtype else rng.random(shape)
    if len(shape) > 1:
        x[1, shape[1] // 2:] = 0
    return x.astype("int32" if "int" in dtype else "float32")
def predictions(m):
    rng = np.random.default_rng(0)
    x = [batch(rng, [4] + [n or 6 for n in i.shape[1:]], str(i.dtype)) for i in m.inputs]
    # Twice: layers may keep states.
    both = [m.predict(x if len(x) > 1 else x[0], verbose=0) for _ in range(2)]
    return [part for y in both for part in (y if isinstance(y, list) else [y])]
def judge(source, own, target, other):
    before, after = predictions(model(source, own)), predictions(model(target, other))
    assert len(before) == len(after)
    for a, b in zip(before, after):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
for pair in json.load(sys.stdin):
    try:
        judge(*pair)
        said = ""
    except Exception as error:
        said = f"{type(error).__name__}: {error}"[-300:]
    print(json.dumps(["judged", pair[2], said]), flush=True)
"""


def convert(source, target, form):
    """What runexp says to a conversion: (whether it was done, codes of its diagnostics, its words)."""
    program = os.environ.get("RUNEXP", str(ROOT / ".build/release/runexp"))
    command = [program, "convert", str(source), str(target), "--format", form, "--force", "--color", "never"]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode == 0, set(re.findall(r"\[(E\d+)\]", done.stderr)), done.stderr.strip()


def known_fault(form, name, failed):
    for form_, names, checks, why in KNOWN:
        told = all(re.fullmatch(checks, c) or re.fullmatch(checks, f"{c} {detail}") for c, detail in failed.items())
        if re.fullmatch(form_, form) and re.search(names, name) and told:
            if all(check != "evaluate" or only_side_losses(detail) for check, detail in failed.items()):
                return why
    return None


def only_side_losses(detail):
    """Whether all but the losses of single outputs and accuracies are as expected."""
    pairs = re.findall(r"'(\w+)': \(([-\d.e]+), ([-\d.e]+)\)", detail)
    wrong = [name for name, a, b in pairs if abs(float(a) - float(b)) > 1e-4 * max(1, abs(float(a)))]
    return all(re.search("_loss$|accuracy$", name) for name in wrong)


def judge_all(python, form, files, environment):
    """The failed checks of each file, by Keras of the format."""
    if not files:
        return {}
    report = pathlib.Path(files[0]).parent / "report.json"
    results = {}
    # A crash of Keras must not take the rest with it.
    for start in range(0, len(files), 25):
        part = files[start : start + 25]
        report.unlink(missing_ok=True)
        flags = ["--tf-keras"] if form == "keras2" else []
        command = [python, str(SHARED / "check_in_keras.py"), "--auto-data", "--quiet", "--json", str(report)]
        done = subprocess.run(command + flags + part, capture_output=True, text=True, env=environment)
        found = json.loads(report.read_text()) if report.exists() else []
        for path, result in zip(part, found):
            results[path] = {n: c["detail"] for n, c in result["checks"].items() if not c["ok"]}
        for path in part[len(found) :]:
            results[path] = {"judge": done.stderr.strip()[-300:]}
    return results


def own_faults(python, form, results, folder, environment):
    """What Keras says here of the files it wrote itself, where further training alone went another way."""
    trained = {"train-losses", "weights-final", "optimizer-final"}
    doubted = [source for source, failed in results.items() if failed and failed.keys() <= trained]
    links = {}
    for source in doubted:
        place = folder / f"{form}-own{source.suffix}"
        place.mkdir(parents=True, exist_ok=True)
        data = source.stem + ".data.h5"
        for name in (source.name, data):
            if not (place / name).exists():
                (place / name).symlink_to(source.parent / name)
        links[source] = str(place / source.name)
    found = judge_all(python, form, list(links.values()), environment)
    return {source: found.get(link) for source, link in links.items()}


def judge_pairs(python, pairs, form, environment):
    """What is wrong with each target, made of a source that is no part of the collection."""
    tasks = [[str(source), "2" if "keras2" in source.name else "3", target, form[-1]] for source, target in pairs]
    done = subprocess.run(
        [python, "-c", JUDGE], input=json.dumps(tasks), capture_output=True, text=True, env=environment
    )
    said = [json.loads(line)[1:] for line in done.stdout.splitlines() if line.startswith('["judged"')]
    found = {target: {"predictions": words} if words else {} for target, words in said}
    unjudged = {"predictions": f"not judged: {done.stderr.strip()[-300:]}"}
    return {target: found.get(target, unjudged) for _, target in pairs}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--only", default="", help="files whose name contains this")
    arguments.add_argument("--sample", type=int, default=1, help="one file of so many, others for each kind of file")
    arguments.add_argument("--keep", help="where the converted files go and stay")
    arguments = arguments.parse_args()
    models = SHARED / "fixtures/models"
    has_collection = models.is_dir() and (SHARED / "check_in_keras.py").exists()
    committed = ROOT / "Tests/KerasFilesTests/Fixtures"
    own = [*committed.glob("keras[23]_stateful_*"), *committed.glob("masks_*")]
    # Keras does not read its own .h5 of recorded masks; the same model is there as a .keras file.
    unreadable = re.compile("masks_bad|masks_features.h5")
    sources = sorted(p for p in own if p.suffix in (".h5", ".keras") and not unreadable.match(p.name))
    if has_collection:
        sources += sorted(p for p in models.iterdir() if p.suffix in (".h5", ".keras") and ".data." not in p.name)
    else:
        sources += [committed / "keras2.h5", committed / "keras3.h5"]
    sources = [s for s in sources if arguments.only in s.name]
    python = python_with(PACKAGES)
    environment = dict(os.environ, KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")
    unread, failures, known = collections.Counter(), [], []
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(arguments.keep or temporary)
        for first, (form, ending) in enumerate(KINDS):
            counts = collections.Counter()
            warned, origin = {}, {}
            for source in sources[first % arguments.sample :: arguments.sample]:
                place = folder / f"{form}{ending}-from{source.suffix}"
                place.mkdir(parents=True, exist_ok=True)
                target = place / (source.stem + ending)
                done, codes, words = convert(source, target, form)
                if not done:
                    counts["unread"] += 1
                    unread[words.splitlines()[0] if words else "no words"] += 1
                    if not codes:
                        failures.append(f"{source.name}: runexp crashed: {words[-300:]}")
                    continue
                warned[str(target)], origin[str(target)] = (codes & {"E0622", "E0627", "E0628", "E0629", "E0630"}, words), source
                data = place / (source.stem + ".data.h5")
                if source.parent == models and not data.exists():
                    data.symlink_to(models / data.name)
            results = {}
            collected = [t for t in warned if origin[t].parent == models]
            for place in sorted({os.path.dirname(t) for t in collected}):
                files = [t for t in collected if os.path.dirname(t) == place]
                results.update(judge_all(python, form, files, environment))
            others = [(origin[target], target) for target in warned if target not in collected]
            results.update(judge_pairs(python, others, form, environment))
            faults = own_faults(python, form, {origin[t]: f for t, f in results.items() if t in collected}, folder, environment)
            for target, failed in results.items():
                name = f"{origin[target].name} as {form} {ending}"
                if not failed:
                    counts["ok"] += 1
                    continue
                why = known_fault(form, origin[target].name, failed)
                if not why and failed and failed == faults.get(origin[target]):
                    why = "Keras trains its own file on to the same other numbers on this machine"
                codes, words = warned[target]
                text = "; ".join(f"{check}: {detail[:200]}" for check, detail in failed.items())
                if why or codes:
                    counts["known"] += 1
                    known.append(f"{name}: {why or words.splitlines()[0]} ({', '.join(failed)})")
                else:
                    counts["FAILED"] += 1
                    failures.append(f"{name}: {text}")
            print(f"{form} {ending}: " + ", ".join(f"{counts[k]} {k}" for k in ("ok", "known", "unread", "FAILED")), flush=True)
    for title, lines in (("known", sorted(known)), ("FAILED", failures)):
        for line in lines:
            print(f"{title}  {line}")
    for words, count in sorted(unread.items()):
        print(f"unread  {count} × {words}")
    sys.exit(1 if failures else 0)


main()
