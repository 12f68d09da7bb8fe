"""Lambda's own runtime, put together on this machine without Docker.

AWS's runtime interface emulator comes inside the SAM command line, its Python client from PyPI.
"""

import platform
from dataclasses import dataclass
from pathlib import Path

from infra.build import wheels
from infra.build.target import Target
from infra.local import ROOT

SAM = ROOT / ".venv-sam"
CLIENT = ROOT / "requirements-runtime.txt"


class RuntimeUnavailableError(Exception):
    """Lambda's runtime cannot be had on this machine; the text says why."""


@dataclass(frozen=True)
class Runtime:
    """What functions run on: the emulator, a Python, AWS's client for it, and the built layer.

    ``client`` and ``packages`` are folders of Python packages.
    """

    emulator: Path
    python: Path
    client: Path
    packages: Path


def runtime(packages: Path, target: Target, python: Path, folder: Path) -> Runtime:
    """Return the runtime for a layer's ``packages``, with its client installed in ``folder``.

    ``python`` must be a Python of the target's version.

    Raises:
        RuntimeUnavailableError: it is not for this machine's system, or `make build` never ran.
        WheelsError: the client cannot be had.
    """
    if platform.system() != "Linux":
        raise RuntimeUnavailableError("The runtime interface emulator runs on Linux only")
    name = f"aws-lambda-rie-{target.architecture}"
    emulators = list(SAM.glob(f"lib/python3*/site-packages/samcli/local/rapid/{name}"))
    if not emulators:
        raise RuntimeUnavailableError(f"No {name} in {SAM.name}; `make build` makes it")
    wheels.install(CLIENT, folder, target)
    return Runtime(emulators[0], python, folder, packages)
