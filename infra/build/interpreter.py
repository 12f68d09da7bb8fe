"""Finding a Python of the version that Lambda will run."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from uv import find_uv_bin

from infra.build.target import ROOT, Target, host_architecture

FETCHED = ROOT / ".local" / "python"
FETCH_TIMEOUT_SECONDS = 300
ASK_TIMEOUT_SECONDS = 30


def nearest() -> tuple[Target, Path]:
    """Return what a layer must be built for to run on this machine, and the Python to run it.

    That is Lambda's Python if it can be had, and else the one that asks.
    """
    wanted = Target(host_architecture())
    path = find(wanted) or fetch(wanted)
    if path is not None:
        return wanted, path
    mine = "{}.{}".format(*sys.version_info)
    return Target(wanted.architecture, mine), Path(sys.executable)


def find(target: Target) -> Path | None:
    """Return a Python on this machine whose bytecode the target's Python takes, or None."""
    return next((path for path in _candidates(target.python) if _fits(path, target)), None)


def fetch(target: Target) -> Path | None:
    """Download such a Python into this project's own folder, or return None if that fails."""
    command = [
        *(find_uv_bin(), "python", "install", "--quiet", "--no-bin"),
        *("--install-dir", str(FETCHED), target.python),
    ]
    try:
        subprocess.run(command, capture_output=True, timeout=FETCH_TIMEOUT_SECONDS, check=True)  # noqa: S603 - our own arguments
    except subprocess.SubprocessError:
        return None
    return find(target)


def _candidates(python: str) -> Iterator[Path]:
    name = f"python{python}"
    yield Path(sys.executable)
    if on_path := shutil.which(name):
        yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob(f"versions/{python}*/bin/{name}"))
    yield from sorted(FETCHED.glob(f"*/bin/{name}"))


def _fits(path: Path, target: Target) -> bool:
    command = [str(path), "-I", "-c", "import sys; print(sys.implementation.cache_tag)"]
    try:
        # what stands for a version manager may be there and yet not run
        answer = subprocess.run(  # noqa: S603 - found above
            command, capture_output=True, text=True, timeout=ASK_TIMEOUT_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return answer.stdout.strip() == target.cache_tag
