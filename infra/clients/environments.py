"""``python -m infra.clients.environments``: an environment for each Python that the client runs on.

A Python that this machine does not have is left out; the tests for it say so.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from uv import find_uv_bin

from infra.build import interpreter
from infra.build.target import Target, host_architecture
from infra.local import ROOT

FOLDER = ROOT / ".venv-client"
LOCK = ROOT / "requirements-client.txt"
# the oldest that the client promises to run on, and Lambda's
PYTHONS = ("3.11", "3.13")


def python_of(version: str) -> Path:
    """Return where the environment's Python is, or would be."""
    return FOLDER / version / "bin" / "python"


def main() -> int:
    """Make the environments anew, and return the exit code."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    for version in PYTHONS:
        found = interpreter.find(Target(host_architecture(), version))
        if found is None:
            sys.stdout.write(f"There is no Python {version} here to try the client on\n")
            continue
        sys.stdout.write(f"Making .venv-client/{version} for the Python client ...\n")
        _uv("venv", "--quiet", "--python", str(found), str(FOLDER / version))
        python = str(python_of(version))
        _uv("pip", "sync", "--quiet", "--require-hashes", "--python", python, str(LOCK))
    return 0


def _uv(*command: str) -> None:
    subprocess.run([find_uv_bin(), *command], check=True)  # noqa: S603 - our own arguments


if __name__ == "__main__":
    sys.exit(main())
