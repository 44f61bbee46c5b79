#!/usr/bin/env python3
"""Writes archives with runexp and has the public validators judge them.

Archives of a run, of one that failed, of several, and a bag are checked against RO-Crate 1.1 and the profiles Process,
Workflow and Provenance Run Crate 0.5 (roc-validator), the bag by bagit. Every issue is accounted for:

  REQUIRED      a failure; the exit status is 1
  RECOMMENDED   a failure, unless it is listed below as one that cannot be followed
  control       a crate that was broken on purpose must fail, or nothing was checked

Exit status 69: the validators are not here and cannot be installed.

The JSON-LD contexts come from Tests/ArchivesTests/Contexts: no network is needed once the validators are installed.
Python: RUNEXP_KERAS_PYTHON, else the virtual environment in .build/keras. The program: RUNEXP, else
.build/release/runexp.
"""
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

from interop_python import python_with

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGES = {"rocrate_validator": "roc-validator==0.13.0", "bagit": "bagit==1.9.0"}
CONTEXTS = {
    "https://w3id.org/ro/crate/1.1/context": ROOT / "Tests/ArchivesTests/Contexts/ro-crate-1.1.jsonld",
    "https://w3id.org/ro/terms/workflow-run/context": ROOT / "Tests/ArchivesTests/Contexts/workflow-run.json",
}
RUN_PROFILES = ["process-run-crate-0.5", "workflow-run-crate-0.5", "provenance-run-crate-0.5", "workflow-ro-crate-1.0"]
# Checks whose own way to fetch a context is the network.
NETWORK = ["ro-crate-1.1_3.1", "ro-crate-1.1_3.2"]

# Recommendations that are not followed: (check, pattern of the entity, why).
KNOWN = [
    ("process-run-crate-0.5_5.1", "", "the validator takes the classes of programs for their ids, which are absolute"),
    ("process-run-crate-0.5_11.1", "#cell-", "a cell of prose, data or a model makes no file and measures nothing"),
    ("ro-crate-1.1_28.1", "", "data that are not in the archive are named by their hash, which is no place"),
    ("ro-crate-1.1_30.4|ro-crate-1.1_31", "", "the URL of an organisation is not in CITATION.cff"),
]

EXPERIMENT = """
title: Small digits
seed: 7
params: {rate: 0.01, words: "it's two"}
cells:
  - text: Rate {{ rate }}
  - data: digits
    source: digits
    split: {validation: 200, test: 300}
  - model: m
    input: [8, 8]
    layers: [Flatten, {Dense: {units: 10, activation: softmax}}]
  - train: m
    data: digits
    loss: sparse_categorical_crossentropy
    optimizer: {Adam: {learning_rate: $rate}}
    metrics: [accuracy]
    epochs: 2
  - plot: learning_curves
    of: m
  - evaluate: m
    data: digits.test
  - check: [CHECK]
  - save: m
"""
CITATION = """
cff-version: 1.2.0
title: Small digits
license: CC-BY-4.0
authors:
  - {family-names: Lovelace, given-names: Ada, orcid: "https://orcid.org/0000-0002-1825-0097", affiliation: Analytical Engines}
"""


def without_network():
    """Hands the contexts to whoever wants to fetch them; everything else is not found."""
    import rdflib.plugins.parsers.jsonld as parser
    import rdflib.plugins.shared.jsonld.context as context
    import rdflib.plugins.shared.jsonld.util as util
    import requests
    from rocrate_validator.utils.http import HttpRequester

    original = util.source_to_json

    def source_to_json(source, *arguments, **named):
        path = CONTEXTS.get(str(source))
        return (json.loads(path.read_text()), None) if path else original(source, *arguments, **named)

    for module in (util, context, parser):
        if hasattr(module, "source_to_json"):
            module.source_to_json = source_to_json

    def get(self, url, **_):
        response = requests.Response()
        path = CONTEXTS.get(str(url))
        response.status_code = 200 if path else 404
        response._content = path.read_bytes() if path else b""
        response.headers["Content-Type"] = "application/ld+json"
        return response

    HttpRequester.get = HttpRequester.head = get


def issues(crate, profile):
    """What the validator has to say: (check, severity, entity, message)."""
    from rocrate_validator import models, services

    settings = models.ValidationSettings(
        rocrate_uri=models.URI(str(crate)),
        profile_identifier=profile,
        requirement_severity=models.Severity.RECOMMENDED,
        skip_checks=NETWORK,
    )
    for issue in services.validate(settings).get_issues():
        entity = str(getattr(issue, "violatingEntity", "") or "")
        yield issue.check.identifier, issue.severity.name, entity, issue.message or ""


def known(check, entity):
    return next((why for checks, entities, why in KNOWN if re.match(checks, check) and re.search(entities, entity)), None)


def make_archives(place):
    """Archives to judge, by name."""
    program = os.environ.get("RUNEXP", str(ROOT / ".build/release/runexp"))

    def runexp(*arguments, status=0):
        done = subprocess.run([program, *arguments], cwd=place, capture_output=True, text=True)
        if done.returncode != status:
            sys.exit(f"runexp {' '.join(arguments)}: {done.returncode}\n{done.stderr}")

    (place / "CITATION.cff").write_text(CITATION)
    (place / "good.exp").write_text(EXPERIMENT.replace("CHECK", "test.accuracy > 0.1"))
    (place / "failed.exp").write_text(EXPERIMENT.replace("CHECK", "test.accuracy > 2"))
    runexp("good.exp", "-q")
    runexp("good.exp", "-q", "-p", "rate=0.1")
    runexp("failed.exp", "-q", status=2)
    runexp("archive", "good-1", "-o", "run.zip")
    runexp("archive", "failed-1", "-o", "failed.zip")
    runexp("archive", "good-1", "-o", "named-data.zip", "--include-data-up-to", "0")
    runexp("archive", "good-1", "good-2", "-o", "several.zip")
    runexp("archive", "good-1", "-o", "bag.zip", "--bag")


def broken(archive, target):
    """The crate without a licence of its own, and with a time that is none."""
    shutil.rmtree(target, ignore_errors=True)
    zipfile.ZipFile(archive).extractall(target)
    path = target / "ro-crate-metadata.json"
    graph = json.loads(path.read_text())
    for entity in graph["@graph"]:
        if entity["@id"] == "./":
            del entity["datePublished"]
        if entity["@id"] == "#control-2":
            del entity["object"]
    path.write_text(json.dumps(graph))


def judge(place):
    counts, failures, followed = collections.Counter(), [], collections.Counter()
    whole = [("run.zip", RUN_PROFILES), ("failed.zip", RUN_PROFILES), ("named-data.zip", RUN_PROFILES)]
    zipfile.ZipFile(place / "several.zip").extractall(place / "several")
    whole += [("several.zip", ["ro-crate-1.1"]), ("several/good-2", RUN_PROFILES)]
    for crate, profiles in whole:
        for profile in profiles:
            counts["checked"] += 1
            for check, severity, entity, message in issues(place / crate, profile):
                why = known(check, entity) if severity == "RECOMMENDED" else None
                if why:
                    followed[f"{check}: {why}"] += 1
                else:
                    failures.append(f"{crate}, {profile}: {severity} {check} {entity}: {message}")
    zipfile.ZipFile(place / "bag.zip").extractall(place / "bag")
    done = subprocess.run([sys.executable, "-m", "bagit", "--validate", str(place / "bag/good-1")], capture_output=True, text=True)
    counts["checked"] += 1
    if done.returncode:
        failures.append(f"bag.zip: {done.stderr.strip()[-300:]}")
    broken(place / "run.zip", place / "broken")
    for profile in ("process-run-crate-0.5", "provenance-run-crate-0.5"):
        counts["controls"] += 1
        if not any(severity == "REQUIRED" for _, severity, _, _ in issues(place / "broken", profile)):
            failures.append(f"control, {profile}: a broken crate passes")
    print(f"archives: {counts['checked']} checked, {counts['controls']} controls, {len(failures)} FAILED")
    for words, count in sorted(followed.items()):
        print(f"known   {count} × {words}")
    for line in failures:
        print(f"FAILED  {line}")
    sys.exit(1 if failures else 0)


def main():
    try:
        import bagit, rocrate_validator  # noqa: F401, E401
    except ImportError:
        if "--inside" in sys.argv:
            unavailable()
        python = python_with(PACKAGES)
        os.execv(python, [python, __file__, "--inside"])
    without_network()
    with tempfile.TemporaryDirectory() as temporary:
        place = pathlib.Path(temporary)
        make_archives(place)
        judge(place)


main()
