"""The locked packages, as wheels for another machine than this one."""

import subprocess
import sys
from pathlib import Path

from uv import find_uv_bin

from infra.build.target import Target

# the glibc of Amazon Linux 2023, which Lambda's python3.13 runs on
MANYLINUX = "manylinux_2_34"


class WheelsError(Exception):
    """A locked package cannot be had for the target; the text is the installer's."""


def install(requirements: Path, folder: Path, target: Target) -> None:
    """Install exactly what ``requirements`` locks into ``folder``, as on the target itself.

    Nothing is compiled and nothing of another hash is taken, so any machine gets the same files.

    Raises:
        WheelsError: a package has no wheel for the target, or not the locked one.
    """
    command = [
        *(find_uv_bin(), "pip", "install", "--quiet"),
        *("--python", sys.executable, "--python-version", target.python),
        *("--python-platform", f"{target.machine}-{MANYLINUX}", "--only-binary", ":all:"),
        *("--no-deps", "--require-hashes", "--requirement", str(requirements)),
        # by default files are links into the installer's cache, and trimming would change that
        *("--link-mode", "copy", "--target", str(folder)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
    if done.returncode:
        raise WheelsError(done.stderr.strip())
