"""The Python that the interop scripts ask other people's programs with.

RUNEXP_KERAS_PYTHON names an interpreter that has everything; otherwise a virtual environment in .build/keras gets what a
script asks for. Exit status 69 (EX_UNAVAILABLE): it cannot be installed, so there is nobody to ask.
"""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
UNAVAILABLE = 69


def python_with(packages):
    """The interpreter that has these packages, written as for pip: {module: "package==version"}."""
    named = os.environ.get("RUNEXP_KERAS_PYTHON")
    folder = ROOT / ".build/keras"
    python = named or str(folder / "bin/python")
    if not named and not pathlib.Path(python).exists():
        if subprocess.run([sys.executable, "-m", "venv", folder]).returncode:
            give_up("a virtual environment could not be made")
    find = "import importlib.util as i, sys; sys.exit(any(i.find_spec(m) is None for m in sys.argv[1:]))"
    lacking = [wanted for module, wanted in packages.items() if subprocess.run([python, "-c", find, module]).returncode]
    if lacking and named:
        give_up(f"{python} lacks {', '.join(lacking)}")
    if lacking and subprocess.run([python, "-m", "pip", "install", "--quiet", *lacking]).returncode:
        give_up(f"{', '.join(lacking)} could not be installed")
    return python


def give_up(why):
    print(f"NOTHING WAS COMPARED by {pathlib.Path(sys.argv[0]).name}: {why}", file=sys.stderr)
    sys.exit(UNAVAILABLE)
